import { FuzzyWords } from "../../text/fuzzy-words.js";
import { knownAnalyzer } from "../../text/known-analyzers.js";
import { countTokens, matchesPhrase, matchesText, type PhraseToken, type TokenCounts } from "../../text/match.js";
import { WordCounts } from "../../text/word-counts.js";
import { type Deadline, NO_DEADLINE } from "../../values/deadline.js";
import { toFloat32 } from "../../values/float32.js";
import { spatialTest } from "../../values/geometry.js";
import { wrapInt64 } from "../../values/int64.js";
import { linearRegex } from "../../values/linear-regex.js";
import type { Members } from "../../values/membership/members.js";
import { shiftTimestamptz } from "../../values/timestamptz.js";
import type { Constant } from "../check/typed.js";
import { equalsArray } from "../semantics/equality.js";
import { readJson, valueAt, writeJson } from "../semantics/json-value.js";
import { LikePattern } from "../semantics/like.js";
import type { SpatialFunction } from "../syntax/ast.js";
import { type Handed, remembered, textOf } from "./constant.js";
import { namedBy } from "./handles.js";
import { type SqlFunction, type SqlFunctionValue, tickFunction } from "./tick.js";
import { decodeArrays } from "./values.js";

/** The functions that compiled filters call; every connection that runs filters needs them. */

type Value = bigint | number | string | null;

const arraysOf = remembered<readonly Constant[]>(decodeArrays);
const patternOf = remembered((pattern) => new LikePattern(pattern));
const regexOf = remembered(linearRegex);
const listOf = remembered<readonly string[]>((text) => JSON.parse(text) as string[]);
const countsOf = remembered<TokenCounts>((text) => countTokens(JSON.parse(text) as string[]));
const fuzzyWordsOf = remembered((text) => {
  const { tokens, distance } = JSON.parse(text) as { readonly tokens: string[]; readonly distance: number };
  return new FuzzyWords(tokens, distance);
});
const phraseOf = remembered<readonly PhraseToken[]>((text) => JSON.parse(text) as PhraseToken[]);

const orderOf = remembered<readonly number[]>((text) => (text === "" ? [] : (JSON.parse(text) as number[])));

function inOrder(tokens: Handed, order: string): readonly PhraseToken[] {
  const phrase = phraseOf(tokens);
  return order === "" ? phrase : orderOf(order).map((i) => phrase[i] as PhraseToken);
}

function truth(value: boolean | null): number | null {
  return value === null ? null : value ? 1 : 0;
}

function define(name: string, fn: (...args: never[]) => SqlFunctionValue, safeIntegers = false): SqlFunction {
  return { name: `elanus_${name}`, deterministic: true, safeIntegers, fn };
}

/**
 * The functions of one connection.
 * @param deadline of the work that runs on it: the functions that take long look at it
 */
export function sqlFunctions(deadline: Deadline = NO_DEADLINE): readonly SqlFunction[] {
  return [
    tickFunction(deadline),
    /** Rounds to float32. */
    define("f32", (value: number | null) => (value === null ? null : Math.fround(value))),
    /** An int64 as float32. */
    define("int_f32", (value: bigint | null) => (value === null ? null : toFloat32(value)), true),
    /** Decimal text to double. */
    define("f64", (value: Value) => (value === null ? null : Number(value))),
    /** int64 product that wraps. */
    define(
      "multiply",
      (a: bigint | null, b: bigint | null) => (a === null || b === null ? null : wrapInt64(a * b)),
      true,
    ),
    /** JSON text of the value at a path. */
    define("json_at", (text: Value, path: Handed) => {
      const root = typeof text === "string" ? readJson(text) : undefined;
      const found = root === undefined ? undefined : valueAt(root, listOf(path));
      return found === undefined ? null : writeJson(found);
    }),
    /** Is a JSON array (as text) equal to one of the arrays of a literal? */
    define("array_in", (text: Value, arrays: Handed, strict: number) => {
      if (text === null) return null;
      const value = readJson(String(text));
      return value !== undefined && arraysOf(arrays).some((array) => equalsArray(value, array, strict === 1)) ? 1 : 0;
    }),
    define("like", (text: Value, pattern: Handed) =>
      text === null ? null : truth(patternOf(pattern).matches(String(text))),
    ),
    define("regex", (text: Value, pattern: Handed) =>
      text === null ? null : truth(regexOf(pattern)?.matches(String(text)) ?? null),
    ),
    define("text_match", (text: Value, tokens: Handed, minimum: number, analyzer: Handed) =>
      text === null
        ? null
        : truth(matchesText(knownAnalyzer(textOf(analyzer)), String(text), countsOf(tokens), minimum)),
    ),
    define("phrase_match", (text: Value, tokens: Handed, slop: number, analyzer: Handed, order: string) =>
      text === null
        ? null
        : truth(matchesPhrase(knownAnalyzer(textOf(analyzer)), String(text), inOrder(tokens, order), slop, deadline)),
    ),
    define("fuzzy_match", (text: Value, query: Handed, analyzer: Handed) =>
      text === null
        ? null
        : truth(fuzzyWordsOf(query).matches(knownAnalyzer(textOf(analyzer)).words(String(text)), deadline)),
    ),
    define("has_integer", (handle: Uint8Array, high: number | null, low: number) =>
      high === null ? null : truth((namedBy(handle) as Members).hasInteger(high, low)),
    ),
    define("has_text", (handle: Uint8Array, text: Value) =>
      text === null ? null : truth((namedBy(handle) as Members).hasText(String(text))),
    ),
    define("spatial", (name: string, stored: Value, wkt: Handed, distance: number) =>
      stored === null
        ? null
        : truth(spatialTest(name as SpatialFunction, String(stored), textOf(wkt), distance, deadline)),
    ),
    /** Microseconds moved by a calendar interval. */
    define(
      "shift",
      (micros: bigint | null, sign: bigint, months: bigint, rest: bigint) =>
        micros === null ? null : shiftTimestamptz(micros, sign < 0n ? -1 : 1, { months: Number(months), micros: rest }),
      true,
    ),
  ];
}

/** A function over all rows of a query. */
export interface SqlAggregate {
  readonly name: string;
  readonly start: () => unknown;
  readonly step: (state: unknown, ...args: unknown[]) => void;
  readonly result: (state: unknown) => unknown;
}

/** The aggregates that compiled filters call. */
export function sqlAggregates(deadline: Deadline = NO_DEADLINE): readonly SqlAggregate[] {
  return [
    /** The tokens of a phrase by how many rows have them, the rarest first: their numbers as JSON. */
    {
      name: "elanus_rarest_first",
      start: () => new WordCounts(),
      step(counts, text, tokens, analyzer) {
        deadline.check();
        const words = text === null ? [] : knownAnalyzer(textOf(analyzer as Handed)).words(String(text));
        (counts as WordCounts).add(phraseOf(tokens as Handed), words);
      },
      result: (counts) => JSON.stringify((counts as WordCounts).rarestFirst()),
    },
  ];
}

/** The part of a better-sqlite3 database that is needed here. */
interface FunctionHost {
  function(
    name: string,
    options: { readonly deterministic?: boolean; readonly safeIntegers?: boolean },
    fn: (...args: never[]) => unknown,
  ): unknown;
  aggregate(name: string, options: Omit<SqlAggregate, "name"> & { readonly deterministic: boolean }): unknown;
}

/**
 * Registers all functions on a connection.
 * @param deadline of the work that runs on it; without one nothing ends before it is done
 */
export function registerSqlFunctions(database: FunctionHost, deadline?: Deadline): void {
  for (const { name, deterministic, safeIntegers, fn } of sqlFunctions(deadline)) {
    database.function(name, { deterministic, safeIntegers }, fn);
  }
  for (const { name, ...steps } of sqlAggregates(deadline)) database.aggregate(name, { ...steps, deterministic: true });
}
