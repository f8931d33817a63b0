import { failure } from "../../errors.js";
import type { IndexDescription } from "./collection.js";
import { isVectorType } from "./data-type.js";
import {
  type BuildParameter,
  type IndexParameters,
  isForeignIndexType,
  JSON_CAST_TYPES,
  JSON_PATH_CASTS,
  type ParameterRule,
  SCALAR_INDEX_TYPES,
  VECTOR_INDEX_TYPES,
} from "./index-types.js";
import { SIGNATURE_BITS } from "./minhash-params.js";
import { parameterTexts } from "./parameter-texts.js";
import { dimensionOf, type FieldSchema } from "./schema.js";
import type { ServerTraits } from "./server-version.js";
import { structOf } from "./structs.js";
import type { Comparison } from "./types/field-type.js";
import { readBoolean, readInteger } from "./types/parameters.js";
import { comparisonOf, FIELD_TYPES } from "./types/table.js";
import { checkIndexName } from "./validate-names.js";
import { checkWarmup, WARMUP_PROPERTY } from "./validate-properties.js";

/** What an index of any type may be given. */
export const PLAIN_INDEX_PARAMS = [
  "index_type",
  "metric_type",
  "json_path",
  "json_cast_type",
  "json_cast_function",
] as const;

type IndexParam =
  | (typeof PLAIN_INDEX_PARAMS)[number]
  | (typeof settings)[number]
  | typeof LIST_STRATEGY
  | BuildParameter;

export type IndexParams = { readonly [Name in IndexParam]?: unknown };

/** One entry of `indexParams` as a request gives it. */
export interface IndexDefinition {
  readonly fieldName?: string;
  /** Default: the name of the field. */
  readonly indexName?: string;
  readonly metricType?: string;
  /** `params.index_type` is the same thing and wins. */
  readonly indexType?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A checked index without its id. */
export type NewIndex = Omit<IndexDescription, "id">;

const AUTOINDEX = "AUTOINDEX";
const MINHASH_INDEX = "MINHASH_LSH";
const MINHASH_METRIC = "MHJACCARD";
const MMAP = "mmap.enabled";
const CAST_TYPE = "json_cast_type";
const OFFSET_CACHE = "indexoffsetcache.enabled";
const settings = [MMAP, OFFSET_CACHE, WARMUP_PROPERTY] as const;
/** Settings of storage: any index may carry them, and only they can be changed later. */
export const ALTERABLE_INDEX_PARAMS: readonly string[] = settings;
/** How servers look for lists of vectors that are near; here they are compared exactly. */
export const LIST_STRATEGY = "emb_list_strategy";
const invalidParams = { expected: "valid index params", actual: "invalid index params" } as const;

function badParams(text: string): Error {
  return failure("ParameterMismatch", { text, ...invalidParams });
}

/**
 * Checks an index definition against the field it is for and fills in name, type and metric.
 *
 * @param ofWords the field is made by a BM25 function
 * @throws IndexNameInvalid, AutoIndexParameters, MetricOfOtherIndex, ParameterMismatch, Unsupported
 */
export function readIndex(definition: IndexDefinition, field: FieldSchema, ofWords = false): NewIndex {
  const given = (definition.indexName ?? "").trim();
  const name = given === "" ? field.name : checkIndexName(given);
  const { index_type, metric_type, ...rest } = parameterTexts(definition.params);
  const asked = index_type || definition.indexType || AUTOINDEX;
  // The server describes what it has chosen for a Geometry field.
  const indexType = asked === AUTOINDEX && field.type === "Geometry" ? "RTREE" : asked;
  const metric = (definition.metricType || metric_type || "").toUpperCase();
  const type = FIELD_TYPES[field.type];
  checkIndexType(indexType);
  const metricType = type.family === "scalar" ? "" : readMetric(field, indexType, metric, ofWords);
  if (type.family === "scalar") checkScalarIndex(indexType, field, rest);
  else checkVectorIndex(indexType, field, rest);
  checkIndexSettings(indexType, rest);
  return { name, fieldId: field.id, fieldName: field.name, indexType, metricType, params: rest };
}

/**
 * Checks settings of storage, which are kept and have no effect.
 *
 * @throws InvalidParameter
 */
export function checkIndexSettings(indexType: string, settings: Readonly<Record<string, string>>): void {
  for (const key of [MMAP, OFFSET_CACHE]) {
    const value = settings[key];
    if (value !== undefined && readBoolean(value) === undefined) {
      throw failure("InvalidParameter", { text: `invalid ${key} value: ${value}, expected: true, false` });
    }
  }
  if (readBoolean(settings[OFFSET_CACHE] ?? "") === true && indexType !== "BITMAP") {
    throw failure("InvalidParameter", { text: `only bitmap index support ${OFFSET_CACHE} now` });
  }
  checkWarmup(settings);
}

/**
 * Checks what not every version of a server takes.
 *
 * @throws ParameterMismatch for an index that JSON paths have since 3.0, InvalidParameter for more bytes of parameters than are
 * taken for one index
 */
export function checkIndexVersion(definition: IndexDefinition, field: FieldSchema, server: ServerTraits): void {
  const { jsonPathIndexes, maxIndexParamBytes: most } = server;
  const type = String(definition.params?.["index_type"] || definition.indexType);
  if (!jsonPathIndexes && field.type === "JSON" && Object.hasOwn(JSON_PATH_CASTS, type)) throw unfit(field, type);
  if (most === undefined) return;
  let bytes = 0;
  for (const [key, value] of Object.entries(parameterTexts(definition.params))) {
    bytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (bytes > most) {
    throw failure("InvalidParameter", {
      text: `the size of index params should be limited to ${most}, but got ${bytes}`,
    });
  }
}

/** True when both describe the same index; ids are not compared. */
export function sameIndex(a: NewIndex, b: NewIndex): boolean {
  const keys = Object.keys(a.params);
  return (
    a.name === b.name &&
    a.fieldId === b.fieldId &&
    a.indexType === b.indexType &&
    a.metricType === b.metricType &&
    keys.length === Object.keys(b.params).length &&
    keys.every(
      (key) => a.params[key] === b.params[key] || (key === CAST_TYPE && sameText(a.params[key], b.params[key])),
    )
  );
}

function sameText(a = "", b = ""): boolean {
  return a.toUpperCase() === b.toUpperCase();
}

function checkIndexType(indexType: string): void {
  if (indexType === AUTOINDEX) return;
  if (Object.hasOwn(VECTOR_INDEX_TYPES, indexType) || Object.hasOwn(SCALAR_INDEX_TYPES, indexType)) return;
  if (isForeignIndexType(indexType)) {
    throw failure("Unsupported", { what: `index type ${indexType} is not supported by the embedded engine` });
  }
  throw failure("ParameterMismatch", { expected: "valid index", actual: `invalid index type: ${indexType}` });
}

function readMetric(field: FieldSchema, indexType: string, metric: string, ofWords: boolean): string {
  if (ofWords) return readWordMetric(indexType, metric);
  const type: Comparison = comparisonOf(field);
  if (metric === "BM25" && field.type === "SparseFloatVector") {
    throw badParams("only BM25 Function output field support BM25 metric type");
  }
  const allowed: readonly string[] = type.metrics;
  if (metric === "") {
    if (indexType === AUTOINDEX) return type.metrics[0];
    throw badParams("metric type not set for vector index");
  }
  if (allowed.includes(metric)) return checkSignatureIndex(indexType, metric, type);
  if (type.foreignMetrics.includes(metric)) {
    // Only the exact index of bits has them on a server, which says so in these words.
    if (indexType === "BIN_IVF_FLAT") throw failure("MetricOfOtherIndex", { metric, metrics: ofNoSignatures(type) });
    throw failure("Unsupported", { what: `metric type ${metric} is not supported by the embedded engine` });
  }
  throw badParams(type.refuseMetric(metric));
}

/** Signatures are compared by a metric of their own, and by an index of their own or exactly. */
function checkSignatureIndex(indexType: string, metric: string, type: Comparison): string {
  if (indexType === MINHASH_INDEX && metric !== MINHASH_METRIC) {
    throw failure("MetricOfOtherIndex", { metric, metrics: [MINHASH_METRIC] });
  }
  if (metric === MINHASH_METRIC && ["BIN_IVF_FLAT", "HNSW"].includes(indexType)) {
    throw failure("MetricOfOtherIndex", { metric, metrics: ofNoSignatures(type) });
  }
  return metric;
}

function ofNoSignatures({ metrics }: Comparison): readonly string[] {
  return metrics.filter((metric) => metric !== MINHASH_METRIC);
}

/** Words have one metric, which an explicit index type implies. */
function readWordMetric(indexType: string, metric: string): string {
  const asked = metric !== "" ? metric : indexType === AUTOINDEX ? "IP" : "BM25";
  if (asked === "BM25") return asked;
  throw failure("InvalidParameter", {
    text: `index metric type of BM25 function output field must be BM25, got ${asked}`,
  });
}

function checkVectorIndex(indexType: string, field: FieldSchema, params: Readonly<Record<string, string>>): void {
  if (indexType === AUTOINDEX) {
    const known = field.type === "ArrayOfVector" ? [...ALTERABLE_INDEX_PARAMS, LIST_STRATEGY] : ALTERABLE_INDEX_PARAMS;
    if (Object.keys(params).some((key) => !known.includes(key))) {
      throw failure("AutoIndexParameters");
    }
    return;
  }
  checkParams(fitting(VECTOR_INDEX_TYPES[indexType], indexType, field), field, params);
  const width = Number(params["mh_element_bit_width"] ?? SIGNATURE_BITS);
  if (indexType === MINHASH_INDEX && dimensionOf(field) % width !== 0) {
    throw badParams(`the dimension ${dimensionOf(field)} is no multiple of mh_element_bit_width ${width}`);
  }
}

function fitting(rules: IndexParameters | undefined, indexType: string, field: FieldSchema): IndexParameters {
  const { indexTypes } = isVectorType(field.type) ? comparisonOf(field) : FIELD_TYPES[field.type];
  if (rules === undefined || !(indexTypes.includes(indexType) || isSortOfElements(indexType, field))) {
    throw unfit(field, indexType);
  }
  return rules;
}

/** Lists in structs can have what only single values have elsewhere. */
function isSortOfElements(indexType: string, field: FieldSchema): boolean {
  if (indexType !== "STL_SORT" || field.elementType === undefined || structOf(field) === undefined) return false;
  return FIELD_TYPES[field.elementType].indexTypes.includes(indexType);
}

function unfit(field: FieldSchema, indexType: string): Error {
  return badParams(`data type ${field.type} can't build with this index ${indexType}`);
}

function checkScalarIndex(indexType: string, field: FieldSchema, params: Readonly<Record<string, string>>): void {
  if (field.type === "Text") throw badParams("TEXT field does not support user-created scalar index");
  if (field.type === "JSON") checkJsonPath(indexType, params);
  if (indexType === AUTOINDEX) return;
  if (indexType === "BITMAP" && field.primaryKey) {
    throw badParams("create bitmap index on primary key not supported");
  }
  if (indexType === "BITMAP" && (field.elementType === "Float" || field.elementType === "Double")) {
    throw badParams("bitmap index are only supported on bool, int, string and array field");
  }
  checkParams(fitting(SCALAR_INDEX_TYPES[indexType], indexType, field), field, params);
  if (indexType === "NGRAM") checkGrams(params);
}

/** `json_path` defaults to the whole field; `json_cast_type` must be given where a typed index is asked for. */
function checkJsonPath(indexType: string, params: Readonly<Record<string, string>>): void {
  const cast = params[CAST_TYPE];
  const casts = JSON_PATH_CASTS[indexType];
  if (casts !== undefined) {
    if (!params["json_path"]) throw failure("MissingParameter", { text: "json index must specify json path" });
    if (!cast) throw failure("MissingParameter", { text: "json index must specify cast type" });
    if (casts.includes(cast.toUpperCase())) return;
    throw failure("InvalidParameter", { text: `json_cast_type ${cast} is not supported for ${indexType} index` });
  }
  if (cast === undefined) {
    if (indexType === "INVERTED" || indexType === "NGRAM") throw badParams("json index must specify cast type");
    return;
  }
  if (!JSON_CAST_TYPES.includes(cast.toUpperCase())) throw badParams(`json_cast_type ${cast} is not supported`);
}

function checkGrams(params: Readonly<Record<string, string>>): void {
  const min = params["min_gram"];
  const max = params["max_gram"];
  if (min === undefined || max === undefined) throw badParams("Ngram index must specify both min_gram and max_gram");
  if (Number(min) > Number(max)) throw badParams(`invalid min_gram or max_gram value for Ngram index, ${min}, ${max}`);
}

function checkParams(rules: IndexParameters, field: FieldSchema, params: Readonly<Record<string, string>>): void {
  for (const [key, check] of Object.entries(rules)) {
    const value = params[key];
    if (check.kind === "required" && !value) throw badParams(`param '${key}' is required`);
    if (value !== undefined) checkParam(key, value, check, field);
  }
}

function checkParam(key: string, value: string, rule: ParameterRule, field: FieldSchema): void {
  switch (rule.kind) {
    case "integer":
    case "number": {
      const number = rule.kind === "integer" ? readInteger(value) : readNumber(value);
      if (number === undefined)
        throw badParams(`invalid value in json: param '${key}' (${value}) should be ${article(rule.kind)}`);
      if (number < rule.min || number > rule.max) {
        throw badParams(
          `Out of range in json: param '${key}' (${value}) should be in range [${rule.min}, ${rule.max}]`,
        );
      }
      return;
    }
    case "required":
      return;
    case "algorithm":
      if (rule.values.includes(value)) return;
      throw badParams(
        `sparse inverted index algo ${value} not found or not supported, supported: [${rule.values.join(" ")}]`,
      );
    case "choice":
      if (!rule.values.includes(value.toUpperCase())) {
        throw badParams(
          `invalid value in json: param '${key}' (${value}) should be one of [${rule.values.join(", ")}]`,
        );
      }
      return;
    case "form":
      if (!rule.values.includes(value.toUpperCase())) throw badParams(`invalid refine type : ${value}`);
      return;
    case "share": {
      const number = readNumber(value);
      if (number !== undefined && number >= 0 && number < 1) return;
      throw badParams(`Out of range in json: param '${key}' (${value}) should be in range [0.000000, 1.000000)`);
    }
    case "bool":
      if (!/^(true|false)$/i.test(value)) {
        throw badParams(`invalid value in json: param '${key}' (${value}) should be a boolean`);
      }
      return;
    case "divisor": {
      const number = readInteger(value);
      const dimension = Number(field.params["dim"]);
      if (number === undefined || number < 1 || dimension % number !== 0) {
        throw badParams(
          `The dimension of the vector (dim) should be a multiple of the number of subquantizers (m). Dimension:${dimension}, m:${value}`,
        );
      }
    }
  }
}

function article(kind: "integer" | "number"): string {
  return kind === "integer" ? "an integer" : "a number";
}

function readNumber(text: string): number | undefined {
  const value = Number(text);
  return text.trim() === "" || !Number.isFinite(value) ? undefined : value;
}
