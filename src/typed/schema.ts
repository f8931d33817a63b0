import type { CreateCollectionRequest, FunctionDefinition } from "../engine/contract/collections.js";
import type { FieldDefinition, StructDefinition } from "../engine/contract/fields.js";
import type { IndexDefinition } from "../engine/contract/indexes.js";
import type { MetricName } from "../engine/model/types/field-type.js";
import type { AnyField, FieldIndex } from "./fields.js";
import { type ElementField, StructArray } from "./struct-arrays.js";

export type Fields = Readonly<Record<string, AnyField | StructArray>>;

/** A field that rows have, or their elements. */
export type OneField = AnyField | ElementField;

export interface SchemaOptions<Dynamic extends boolean = boolean> {
  /** Rows may have other keys, which are kept too and can be filtered by. Default false. */
  readonly dynamic?: Dynamic;
  readonly description?: string;
  /** Properties of a collection that is made: `collection.ttl.seconds`, `timezone`, ... */
  readonly properties?: CreateCollectionRequest["properties"];
}

/** What rows of a collection look like. */
export class Schema<F extends Fields = Fields, Dynamic extends boolean = boolean> {
  readonly fields: F;
  readonly options: SchemaOptions<Dynamic>;

  constructor(fields: F, options: SchemaOptions<Dynamic>) {
    this.fields = fields;
    this.options = options;
  }

  /** By what it holds: the package may be there twice, as an ES module and as CommonJS. */
  static is(value: unknown): value is Schema {
    const { fields, options } = Object(value) as Partial<Schema>;
    return (
      typeof options === "object" && Object.values(Object(fields)).every((field) => Object(field).parts !== undefined)
    );
  }
}

/** What the rows of a collection are made of: its fields by their names. */
export function schema<F extends Fields>(
  fields: F,
  options: SchemaOptions<true> & { readonly dynamic: true },
): Schema<F, true>;
export function schema<F extends Fields>(fields: F, options?: SchemaOptions<false>): Schema<F, false>;
export function schema<F extends Fields>(fields: F, options: SchemaOptions = {}): Schema<F> {
  return new Schema(fields, options);
}

/** The fields of a schema, and those of the elements of its struct arrays as `struct[field]`. */
export function fieldsOf({ fields }: Schema): (readonly [name: string, field: OneField])[] {
  return Object.entries(fields).flatMap<readonly [string, OneField]>(([name, field]) =>
    StructArray.is(field)
      ? Object.entries(field.fields).map(([inner, element]) => [elementName(name, inner), element] as const)
      : [[name, field] as const],
  );
}

/** The name of a field of elements, as filters, indexes and searches have it. */
export function elementName(struct: string, field: string): string {
  return `${struct}[${field}]`;
}

/** The definition of a field with its name. */
export function definitionOf(name: string, { parts }: OneField): FieldDefinition {
  return { ...parts.definition, fieldName: name };
}

export function structDefinitionOf(name: string, { parts, fields }: StructArray): StructDefinition {
  return {
    ...parts.definition,
    fieldName: name,
    dataType: "ArrayOfStruct",
    fields: Object.entries(fields).map(([inner, field]) => definitionOf(inner, field)),
  };
}

/**
 * The index that a field is to have: every vector has one, others where they say so. It is called as the field is; of a field of elements
 * nobody may say so, since the name of an index has no brackets unless it comes from the field. Vectors of elements are searched one by one
 * unless they say another metric, as those beside them are.
 */
export function indexOf(name: string, { parts }: OneField): IndexDefinition | undefined {
  const { dataType } = parts.definition;
  const isVector = dataType.endsWith("Vector");
  if (parts.index === undefined && !isVector) return undefined;
  const isOfElements = name.includes("[");
  const { type = "AUTOINDEX", params, ...index }: FieldIndex = parts.index ?? {};
  const metric = index.metric ?? (isVector && isOfElements ? metricOfOne(dataType) : undefined);
  return {
    fieldName: name,
    ...(!isOfElements && { indexName: name }),
    indexType: type,
    ...(metric !== undefined && { metricType: metric }),
    ...(params !== undefined && { params }),
  };
}

/** What single vectors are compared by where nothing is said; of a struct array a server takes lists for what is meant then. */
function metricOfOne(dataType: string): MetricName {
  return dataType === "BinaryVector" ? "HAMMING" : "COSINE";
}

/** The function that makes a field. */
export function functionOf(name: string, { parts }: OneField): FunctionDefinition | undefined {
  return parts.maker && { ...parts.maker, name: `make_${name}`, outputFieldNames: [name] };
}

/** The request that makes a collection of this schema. */
export function createRequest(collectionName: string, schema: Schema): CreateCollectionRequest {
  const { description, properties, dynamic = false } = schema.options;
  const plain: FieldDefinition[] = [];
  const structFields: StructDefinition[] = [];
  for (const [name, field] of Object.entries(schema.fields)) {
    if (StructArray.is(field)) structFields.push(structDefinitionOf(name, field));
    else plain.push(definitionOf(name, field));
  }
  const all = fieldsOf(schema);
  const functions = all.flatMap(([name, field]) => functionOf(name, field) ?? []);
  return {
    collectionName,
    ...(description !== undefined && { description }),
    ...(properties !== undefined && { properties }),
    schema: {
      enableDynamicField: dynamic,
      fields: plain,
      ...(structFields.length > 0 && { structFields }),
      ...(functions.length > 0 && { functions }),
    },
    indexParams: all.flatMap(([name, field]) => indexOf(name, field) ?? []),
  };
}
