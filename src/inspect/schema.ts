/** A collection as REST v2 describes it, as far as people look at it. */
export interface Collection {
  readonly collectionName: string;
  readonly description: string;
  readonly autoId: boolean;
  readonly enableDynamicField: boolean;
  readonly consistencyLevel: string;
  readonly load: string;
  readonly aliases: readonly string[];
  readonly properties: readonly KeyValue[];
  readonly functions: readonly FieldFunction[];
  readonly fields: readonly Field[];
  readonly structFields?: readonly StructField[];
  readonly indexes: readonly IndexName[];
}

export interface KeyValue {
  readonly key: string;
  readonly value: string;
}

export interface Field {
  readonly name: string;
  readonly type: string;
  readonly elementType?: string;
  readonly params?: readonly KeyValue[];
  readonly primaryKey: boolean;
  readonly partitionKey: boolean;
  readonly clusteringKey: boolean;
  readonly autoId: boolean;
  readonly nullable: boolean;
  readonly description: string;
  readonly defaultValue?: unknown;
}

/** A list of records. */
export interface StructField {
  readonly name: string;
  readonly fields: readonly Field[];
}

export interface FieldFunction {
  readonly name: string;
  /** 1: BM25; 2: a model of the application. */
  readonly type: number;
  readonly inputFieldNames: readonly string[];
  readonly outputFieldNames: readonly string[];
}

export interface IndexName {
  readonly fieldName: string;
  readonly indexName: string;
  readonly metricType: string;
}

export function isVector({ type, elementType }: Field): boolean {
  return type.endsWith("Vector") || elementType?.endsWith("Vector") === true;
}

/** All fields, those of structs by their whole names: `items[price]`. */
export function allFields({ fields, structFields = [] }: Collection): readonly Field[] {
  return [...fields, ...structFields.flatMap(fieldsInside)];
}

function fieldsInside({ name, fields }: StructField): readonly Field[] {
  return fields.map((field) => ({ ...field, name: `${name}[${field.name}]` }));
}

export function keyField(collection: Collection): Field {
  return collection.fields.find(({ primaryKey }) => primaryKey) as Field;
}

/** A vector field that can be searched, with the metric of its index. */
export interface SearchedField {
  readonly field: Field;
  readonly metric: string;
}

export function searchedFields({ fields, indexes }: Collection): readonly SearchedField[] {
  return fields.filter(isVector).flatMap((field) => {
    const index = indexes.find(({ fieldName }) => fieldName === field.name);
    return index === undefined ? [] : [{ field, metric: index.metricType }];
  });
}

/** The fields whose vectors are made of texts. */
export function textFields({ functions }: Collection): ReadonlySet<string> {
  const made = functions.filter(({ type }) => type === 1 || type === 2);
  return new Set(made.flatMap(({ outputFieldNames }) => outputFieldNames));
}

/** The key of a row as a request takes it: digits that a number could not hold stay a text, which is taken as well. */
export function keyValue(key: unknown, field: Field): unknown {
  if (field.type === "VarChar") return String(key);
  const text = String(key).trim();
  const number = Number(text);
  return text !== "" && Number.isSafeInteger(number) ? number : text;
}

/** The key of a row as a filter writes it. */
export function keyText(key: unknown, field: Field): string {
  return field.type === "VarChar" ? JSON.stringify(String(key)) : String(key);
}

const MAPPED: ReadonlySet<string> = new Set([
  "FloatVector",
  "Float16Vector",
  "BFloat16Vector",
  "Int8Vector",
  "BinaryVector",
]);

/** Vectors that all have the same numbers of dimensions, which a map can be made of. */
export function isMapped({ type }: Field): boolean {
  return MAPPED.has(type);
}

/** The output fields that are all but the vectors, which are long; `$meta` is all that rows have beside the schema. */
export function plainFields({ fields, structFields = [], enableDynamicField }: Collection): readonly string[] {
  return [...namesWithoutVectors(fields), ...structFields.flatMap(plainPart), ...(enableDynamicField ? ["$meta"] : [])];
}

/** The output fields that a name means where no vectors are to be shown: of one itself none. */
export function plainFieldsOf(collection: Collection, name: string): readonly string[] {
  if (name === "*") return plainFields(collection);
  const struct = collection.structFields?.find((one) => one.name === name);
  if (struct !== undefined) return plainPart(struct);
  return allFields(collection).some((field) => field.name === name && isVector(field)) ? [] : [name];
}

/** A struct as a whole, or of one with vectors what else it has. */
function plainPart(struct: StructField): readonly string[] {
  const inside = fieldsInside(struct);
  return inside.some(isVector) ? namesWithoutVectors(inside) : [struct.name];
}

function namesWithoutVectors(fields: readonly Field[]): readonly string[] {
  return fields.filter((field) => !isVector(field)).map(({ name }) => name);
}

/** `Array<VarChar> (max_length 10, max_capacity 5)` */
export function typeText({ type, elementType, params = [] }: Field): string {
  const name = elementType === undefined ? type : `${type}<${elementType}>`;
  return params.length === 0 ? name : `${name} (${params.map(({ key, value }) => `${key} ${value}`).join(", ")})`;
}

/** What else is to be said of a field. */
export function traitsOf(field: Field): readonly string[] {
  return [
    ...(field.primaryKey ? ["primary key"] : []),
    ...(field.autoId ? ["drawn"] : []),
    ...(field.partitionKey ? ["partition key"] : []),
    ...(field.clusteringKey ? ["clustering key"] : []),
    ...(field.nullable ? ["nullable"] : []),
    ...(field.defaultValue === undefined ? [] : [`default ${JSON.stringify(field.defaultValue)}`]),
  ];
}
