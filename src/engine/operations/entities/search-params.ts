import { failure } from "../../../errors.js";
import { JsonDouble } from "../../../values/json-number.js";
import { shownText } from "../../../values/shown-text.js";
import type { IndexDescription, MetricType } from "../../model/collection.js";
import { smallerIsNearer } from "../../model/types/metrics.js";
import type { SearchTuning } from "../../query/plan-search.js";

/** The search parameters that have an effect here. */
export interface SearchParams extends SearchTuning {
  /** Decimals of the scores; undefined: all. */
  readonly decimals: number | undefined;
}

const NO_PARAMS: SearchParams = {
  ef: undefined,
  radius: undefined,
  rangeFilter: undefined,
  decimals: undefined,
  dropRatio: 0,
};

/**
 * Reads `searchParams`: flat keys, or nested under `params`; the same key in both places must agree.
 *
 * @param index of the searched field; without one nothing is read, for the search will be refused
 * @throws InvalidParameter, MetricTypeMismatch, RoundDecimalOutOfRange
 */
export function decodeSearchParams(
  given: Readonly<Record<string, unknown>> | undefined,
  index: IndexDescription | undefined,
): SearchParams {
  if (given === undefined || index === undefined) return NO_PARAMS;
  const merged = merge(given);
  const metric = merged("metric_type") ?? merged("metricType");
  if (typeof metric === "string" && metric !== "" && metric.toUpperCase() !== index.metricType) {
    throw wrongMetric(index.metricType, metric);
  }
  const radius = bound(merged, "radius");
  const rangeFilter = bound(merged, "range_filter");
  checkRange(index.metricType as MetricType, radius, rangeFilter);
  if (index.indexType.startsWith("SPARSE")) checkMaxScoreRatio(merged);
  return { ef: breadth(merged), radius, rangeFilter, decimals: decimals(merged), dropRatio: dropRatio(merged) };
}

function wrongMetric(expected: string, actual: string): Error {
  if (expected !== "BM25") return failure("MetricTypeMismatch", { expected, actual });
  const text = "must use BM25 metric type when searching against BM25 Function output field";
  return failure("ParameterMismatch", { text, expected, actual });
}

const NOTHING: readonly string[] = [];

/** A list among the parameters, flat or nested: texts between commas, or an array of them. */
export function listParam(given: Readonly<Record<string, unknown>> | undefined, key: string): readonly string[] {
  const nested = given?.["params"];
  const below = typeof nested === "object" && nested !== null ? (nested as Readonly<Record<string, unknown>>)[key] : "";
  const list = given?.[key] ?? below ?? "";
  if (list === "") return NOTHING;
  const texts = Array.isArray(list) ? list.map(String) : String(list).split(",");
  return texts.filter((text) => text.trim() !== "");
}

/** Which of several analyzers cuts the texts of queries: `analyzer_name`, flat or nested. */
export function analyzerName(given: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const nested = given?.["params"] as Readonly<Record<string, unknown>> | undefined;
  const name = given?.["analyzer_name"] ?? nested?.["analyzer_name"];
  return name === undefined || name === null || name === "" ? undefined : shownText(name);
}

/** The value of a parameter, flat or nested; undefined where it is not given. */
type Params = (name: string) => unknown;

function merge(given: Readonly<Record<string, unknown>>): Params {
  const nested = given["params"];
  const flat: Params = (name) => (name !== "params" && Object.hasOwn(given, name) ? given[name] : undefined);
  if (nested === undefined || nested === null) return flat;
  if (typeof nested !== "object" || Array.isArray(nested)) {
    throw failure("InvalidParameter", { text: "searchParams.params must be a dict" });
  }
  const below = nested as Readonly<Record<string, unknown>>;
  for (const key of Object.keys(below)) {
    if (key === "params" || !Object.hasOwn(given, key)) continue;
    if (shownText(given[key], 10_000) !== shownText(below[key], 10_000)) {
      throw failure("InvalidParameter", {
        text: `ambiguous parameter: ${key}, in search_param: ${shownText(given[key])}, in search_param.params: ${shownText(below[key])}`,
      });
    }
  }
  return (name) => (Object.hasOwn(below, name) ? below[name] : flat(name));
}

function numberOf(value: unknown): number | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? value : undefined;
  if (typeof value === "bigint") return Number(value);
  if (value instanceof JsonDouble) return Number(value);
  return undefined;
}

/** A number, also as a decimal string. */
function decimalOf(value: unknown): number | undefined {
  return typeof value === "string" && value.trim() !== "" ? Number(value) : numberOf(value);
}

function bound(params: Params, name: string): number | undefined {
  const value = params(name);
  if (value === undefined) return undefined;
  if (value === null) throw failure("InvalidParameter", { text: `pass invalid type for ${name}` });
  const number = numberOf(value);
  if (number === undefined) throw failure("InvalidParameter", { text: `must pass numpy type for ${name}` });
  return number;
}

function checkRange(metric: MetricType, radius: number | undefined, rangeFilter: number | undefined): void {
  if (rangeFilter === undefined) return;
  if (radius === undefined) throw failure("InvalidParameter", { text: "range_filter requires radius" });
  const values = `range_filter:${rangeFilter.toFixed(6)}, radius:${radius.toFixed(6)}`;
  if (smallerIsNearer(metric)) {
    if (rangeFilter < radius) return;
    throw failure("InvalidParameter", {
      text: `range_filter must be less than radius for L2/HAMMING/JACCARD, ${values}`,
    });
  }
  if (rangeFilter <= radius) {
    throw failure("InvalidParameter", { text: `range_filter must be greater than radius for IP/COSINE, ${values}` });
  }
}

/** `ef`, also as a decimal string; the search takes at least the number of hits wanted. */
function breadth(params: Params): number | undefined {
  const value = params("ef");
  if (value === undefined || value === null) return undefined;
  const number = decimalOf(value);
  if (number === undefined || !Number.isInteger(number) || number < 1 || number > 2147483647) {
    throw failure("InvalidParameter", {
      text: `Out of range in json: param 'ef' (${shownText(value)}) should be in range [1, 2147483647]`,
    });
  }
  return number;
}

/** `drop_ratio_search`, also as text: at least 0 and below 1. */
function dropRatio(params: Params): number {
  const value = params("drop_ratio_search");
  if (value === undefined || value === null) return 0;
  const number = decimalOf(value);
  if (number === undefined || !(number >= 0 && number < 1)) {
    throw failure("InvalidParameter", {
      text: `Out of range in json: param 'drop_ratio_search' (${shownText(value)}) should be in range [0.000000, 1.000000)`,
    });
  }
  return number;
}

/** `dim_max_score_ratio` has no effect here, but bounds. */
function checkMaxScoreRatio(params: Params): void {
  const value = params("dim_max_score_ratio");
  if (value === undefined || value === null) return;
  const number = decimalOf(value);
  if (number !== undefined && number >= 0.5 && number <= 1.3) return;
  throw failure("InvalidParameter", {
    text: `Out of range in json: param 'dim_max_score_ratio' (${shownText(value)}) should be in range [0.500000, 1.300000]`,
  });
}

/** `round_decimal`, also as a decimal string; -1 is none. */
function decimals(params: Params): number | undefined {
  const value = params("round_decimal");
  if (value === undefined || value === null) return undefined;
  const number = decimalOf(value);
  if (number === undefined || !Number.isInteger(number) || number < -1 || number > 6) {
    throw failure("RoundDecimalOutOfRange", { value: shownText(value) });
  }
  return number === -1 ? undefined : number;
}
