import { failure } from "../../../errors.js";
import type { Analyzer } from "../../../text/analyzer.js";
import { termVector } from "../../../text/term-vector.js";
import { saidValue } from "../../../values/js-value.js";
import { jsonText } from "../../../values/json-text.js";
import type { Collection } from "../../model/collection.js";
import { isVectorType } from "../../model/data-type.js";
import { functionOf } from "../../model/functions.js";
import { MAX_RESULT_WINDOW } from "../../model/limits.js";
import { minHashOf } from "../../model/minhash-params.js";
import { finishedVectors } from "../../model/next-field.js";
import { dimensionOf, type FieldSchema } from "../../model/schema.js";
import { fieldAnalyzers } from "../../model/text-analyzers.js";
import type { DenseCodec, TypedField } from "../../model/types/field-type.js";
import { elementOfList, vectorType } from "../../model/types/table.js";
import type { EmbeddedField, EmbeddedTexts } from "../../write/embedded-texts.js";
import { checkQueryForm, isListOfLists } from "./list-search.js";

/**
 * The vector field of a search: the named one, or the only one.
 * @throws MalformedRequest (1801)
 */
export function searchedField(collection: Collection, name: string | undefined): FieldSchema {
  if (name === undefined || name === "") {
    const fields = finishedVectors(collection.schema);
    if (fields.length === 1) return fields[0] as FieldSchema;
    throw failure("MalformedRequest", {
      detail: `search without annsField, but already found multiple vector fields: [${fields.map((f) => f.name).join(", ")},,,]`,
    });
  }
  const field = collection.schema.fields.find((f) => f.name === name && isVectorType(f.type));
  if (field === undefined) throw failure("MalformedRequest", { detail: `cannot find a vector field named: ${name}` });
  return field;
}

/**
 * Who cuts the texts of queries into words; undefined where queries are no words.
 *
 * @param name which of several analyzers; default: the one called so
 */
export function queryAnalyzer(collection: Collection, field: FieldSchema, name?: string): Analyzer | undefined {
  return functionOf(collection.schema.functions, field.name)?.type === "BM25"
    ? inputAnalyzer(collection, field, name)
    : undefined;
}

/** The analyzer of the text that a function makes a field of. */
function inputAnalyzer({ schema }: Collection, output: FieldSchema, name?: string): Analyzer | undefined {
  const made = functionOf(schema.functions, output.name);
  const input = schema.fields.find((f) => f.name === made?.inputFieldNames[0]);
  return input === undefined ? undefined : fieldAnalyzers(input).named(name);
}

/** What makes signatures of the texts of queries; undefined where queries are vectors only. */
export function querySignature(collection: Collection, field: FieldSchema): ((text: string) => Uint8Array) | undefined {
  const made = functionOf(collection.schema.functions, field.name);
  const analyzer = made?.type === "MinHash" ? inputAnalyzer(collection, field) : undefined;
  if (made === undefined || analyzer === undefined) return undefined;
  const minHash = minHashOf(made.params, dimensionOf(field));
  return (text) => minHash.signature(text, analyzer);
}

/** Whose model makes vectors of the texts of queries; undefined where queries are vectors only. */
export function queryEmbedding(collection: Collection, field: FieldSchema): EmbeddedField | undefined {
  const made = functionOf(collection.schema.functions, field.name);
  return made?.type === "TextEmbedding" ? { collection, function: made, field } : undefined;
}

/** How the texts of queries become vectors. */
export interface QueryTexts {
  readonly embedded: EmbeddedTexts;
  /** Which of several analyzers; undefined: the default. */
  readonly analyzerName: string | undefined;
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}

/**
 * Query vectors of a field, as the bytes of its type.
 * @throws MalformedRequest (1801) for a wrong shape, InvalidParameter for NaN, QueryVectorCount (65535) for none or too
 *   many, TextsWanted
 */
export function decodeQueryVectors(
  collection: Collection,
  field: FieldSchema,
  data: readonly unknown[],
  { embedded, analyzerName }: QueryTexts,
): readonly Uint8Array[] {
  if (data.length === 0 || data.length > MAX_RESULT_WINDOW) {
    throw failure("QueryVectorCount", { count: data.length, limit: MAX_RESULT_WINDOW });
  }
  // Most fields are made by no function, and most searches have one query.
  const ofTexts =
    functionOf(collection.schema.functions, field.name) === undefined
      ? undefined
      : vectorsOfTexts(collection, field, data, { embedded, analyzerName });
  if (ofTexts !== undefined) return ofTexts;
  const type = vectorType(field.type);
  if (type.family !== "list") return encodeAll(type.codec, data, field);
  const lists = isListOfLists(data[0]);
  checkQueryForm(collection, field, lists);
  if (lists) return encodeAll(type.codec, data, field);
  const element = elementOfList(field);
  return encodeAll(element.codec, data, { ...field, type: element.name });
}

function encodeAll(
  codec: Pick<DenseCodec, "encodeQuery">,
  data: readonly unknown[],
  field: TypedField,
): readonly Uint8Array[] {
  const vectors: Uint8Array[] = [];
  for (let i = 0; i < data.length; i++) vectors.push(codec.encodeQuery(saidValue(data[i]), field));
  return vectors;
}

/** What a function makes of the texts of queries; undefined where they are vectors already. */
function vectorsOfTexts(
  collection: Collection,
  field: FieldSchema,
  data: readonly unknown[],
  { embedded, analyzerName }: QueryTexts,
): readonly Uint8Array[] | undefined {
  const analyzer = queryAnalyzer(collection, field, analyzerName);
  // As the server's REST door has it: whatever stands there is a text.
  if (analyzer !== undefined) return Array.from(data, (text) => termVector(analyzer.words(asText(text))));
  if (typeof data[0] !== "string") return undefined;
  const sign = querySignature(collection, field);
  if (sign !== undefined) return Array.from(data, (text) => sign(asText(text)));
  const embedding = queryEmbedding(collection, field);
  return embedding && embedded.of(embedding, Array.from(data, asText), "search");
}
