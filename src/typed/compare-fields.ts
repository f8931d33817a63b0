import type { CollectionDescription, FunctionDescription } from "../engine/contract/collections.js";
import type { FieldDefinition, FieldDescription } from "../engine/contract/fields.js";
import type { Namespaces } from "../namespaces.js";
import { parameterText } from "../values/parameter-text.js";
import { definitionOf, functionOf, indexOf, type OneField } from "./schema.js";

/** In what a collection is not as its schema says. */
export interface SchemaDifference {
  /** The field it is about; undefined: the collection. */
  readonly field?: string;
  /** In words, with the name in front. */
  readonly text: string;
  /** Whether `ensure({ add: true })` makes it so. */
  readonly addable: boolean;
}

export type Calls = Pick<Namespaces, "collections" | "indexes">;

/** Which collection it is, as requests say it. */
export interface Named {
  readonly collectionName: string;
  readonly dbName?: string;
}

/** A difference, and what takes it away. */
export interface Found extends SchemaDifference {
  readonly add?: (db: Calls, named: Named) => Promise<unknown>;
}

/** What a collection has in place of one field of its schema. */
export function differentField(
  name: string,
  field: OneField,
  there: FieldDescription,
  stored: CollectionDescription,
  indexTypes: ReadonlyMap<string, string>,
): Found[] {
  return [
    ...differentForm(name, field, there),
    ...differentFunction(name, field, stored.functions),
    ...differentIndex(name, field, stored, indexTypes),
  ];
}

function differentForm(name: string, field: OneField, stored: FieldDescription): Found[] {
  const definition = definitionOf(name, field);
  const asked = formOf(definition);
  const there = formOf(definitionFrom(stored));
  if (asked.type !== there.type) {
    return [{ field: name, text: `${name} is ${there.type}, not ${asked.type}`, addable: false }];
  }
  return Object.entries(asked.traits).flatMap(([trait, wanted]) => {
    const known = there.traits[trait];
    if (known === wanted) return [];
    const shown = (value: string | undefined): string => (value === undefined ? "none" : value);
    const text = `${trait} of ${name} is ${shown(known)}, not ${shown(wanted)}`;
    const longer = LENGTHS.has(trait) && Number(wanted) > Number(known);
    const add = (db: Calls, named: Named): Promise<unknown> =>
      db.collections.fields.alterProperties({ ...named, fieldName: name, fieldParams: { [trait]: wanted } });
    return [{ field: name, text, addable: longer, ...(longer && { add }) }];
  });
}

/** Rows that are there stay what they are when these grow. */
const LENGTHS: ReadonlySet<string> = new Set(["max_length", "max_capacity"]);

/** What makes a field what it is, each as a text. */
interface FieldForm {
  readonly type: string;
  readonly traits: Readonly<Record<string, string | undefined>>;
}

function formOf(field: FieldDefinition): FieldForm {
  const { dataType = "", elementDataType, elementTypeParams: params = {}, defaultValue } = field;
  const param = (key: string): string | undefined => {
    const value = (params as Readonly<Record<string, unknown>>)[key];
    return value === undefined ? undefined : parameterText(value);
  };
  const dimension = param("dim");
  const of = elementDataType === undefined ? "" : ` of ${elementDataType}`;
  return {
    type: `${dataType}${dimension === undefined ? "" : `(${dimension})`}${of}`,
    traits: {
      max_length: param("max_length"),
      max_capacity: param("max_capacity"),
      isPrimary: String(field.isPrimary ?? false),
      autoID: String(field.autoID ?? false),
      isPartitionKey: String(field.isPartitionKey ?? false),
      nullable: String(field.nullable ?? false),
      defaultValue: defaultValue === undefined ? undefined : parameterText(defaultValue),
      enable_match: param("enable_match") ?? "false",
      enable_analyzer: param("enable_analyzer") ?? "false",
      analyzer_params: param("analyzer_params"),
    },
  };
}

function definitionFrom(field: FieldDescription): FieldDefinition {
  const { Data: data } = field.defaultValue ?? {};
  const [defaultValue] = Object.values(data ?? {});
  return {
    dataType: field.type,
    ...(field.elementType !== undefined && { elementDataType: field.elementType }),
    ...(defaultValue !== undefined && { defaultValue }),
    isPrimary: field.primaryKey,
    autoID: field.autoId,
    isPartitionKey: field.partitionKey,
    nullable: field.nullable,
    elementTypeParams: Object.fromEntries((field.params ?? []).map(({ key, value }) => [key, value])),
  };
}

/** As in the wire protocol. */
const FUNCTION_NAMES: Readonly<Record<number, string>> = { 1: "BM25", 2: "TextEmbedding", 4: "MinHash" };

function differentFunction(name: string, field: OneField, functions: readonly FunctionDescription[]): Found[] {
  const wanted = functionOf(name, field);
  const stored = functions.find(({ outputFieldNames }) => outputFieldNames.includes(name));
  const different = (text: string): Found[] => [{ field: name, text, addable: false }];
  if (wanted === undefined && stored === undefined) return [];
  const of = (type: string, inputs: readonly string[]): string => `made by ${type} of ${inputs.join(", ")}`;
  const asked = wanted === undefined ? "given by rows" : of(wanted.type ?? "", wanted.inputFieldNames ?? []);
  const there =
    stored === undefined
      ? "given by rows"
      : of(FUNCTION_NAMES[stored.type] ?? String(stored.type), stored.inputFieldNames);
  if (asked !== there) return different(`${name} is ${there}, not ${asked}`);
  const model = wanted?.params?.["model_name"];
  const known = stored?.params.find(({ key }) => key === "model_name")?.value;
  if (model === undefined || String(model) === known) return [];
  return different(`${name} is made by the model ${known ?? "none"}, not ${String(model)}`);
}

function differentIndex(
  name: string,
  field: OneField,
  stored: CollectionDescription,
  indexTypes: ReadonlyMap<string, string>,
): Found[] {
  const wanted = indexOf(name, field);
  if (wanted === undefined) return [];
  const index = stored.indexes.find(({ fieldName }) => fieldName === name);
  if (index === undefined) {
    const add = (db: Calls, named: Named): Promise<unknown> => db.indexes.create({ ...named, indexParams: [wanted] });
    return [{ field: name, text: `${name} has no index`, addable: true, add }];
  }
  const differences: Found[] = [];
  const metric = wanted.metricType?.toUpperCase();
  if (metric !== undefined && metric !== index.metricType) {
    differences.push({
      field: name,
      text: `the metric of ${name} is ${index.metricType}, not ${metric}`,
      addable: false,
    });
  }
  const type = indexTypes.get(name);
  if (field.parts.index?.type !== undefined && type !== undefined && type !== wanted.indexType) {
    differences.push({ field: name, text: `the index of ${name} is ${type}, not ${wanted.indexType}`, addable: false });
  }
  return differences;
}
