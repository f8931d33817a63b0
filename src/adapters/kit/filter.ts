import { failure, invalidParameter } from "../../errors.js";
import { shownText } from "../../values/shown-text.js";
import { all, any, type Condition, not } from "./condition.js";
import type { Operand } from "./operand.js";
import { among, equal, matches, matchesWith, OPERATORS, refused } from "./operators.js";

/**
 * A filter as frameworks write it: `{ year: { $gt: 1900 }, $or: [{ author: "Joyce" }, { "tags.0": "novel" }] }`. A value stands for itself,
 * a list for one of its values, a path has dots or is an object in an object.
 */
export type Filter = { readonly [key: string]: unknown };

/** What a key of a filter is in the collection. */
export type Fields = (path: readonly [string, ...string[]]) => Operand;

const DEEPEST = 64;

/**
 * The same filter in the language of Milvus, whose values stand in it: older servers take none by name in every call.
 *
 * @param nothing a filter that no row fulfils
 * @returns empty where every row fulfils it
 * @throws InvalidParameter, Unsupported, each with the name of what is wrong
 */
export function translate(filter: unknown, fields: Fields, nothing: string): string {
  if (filter === undefined || filter === null) return "";
  const { holds } = whole(filter, fields, 0);
  if (typeof holds === "string") return holds;
  return holds ? "" : nothing;
}

function whole(filter: unknown, fields: Fields, depth: number): Condition {
  if (depth > DEEPEST) throw invalidParameter(`a filter may be nested ${DEEPEST} times`);
  return all(
    entries(filter, "a filter").map(([key, value]) => {
      if (key === "$not") return not(whole(value, fields, depth + 1));
      if (!key.startsWith("$")) return ofField(fields, steps(key), value, depth + 1);
      const combine = { $and: all, $or: any, $nor: (some: readonly Condition[]) => not(any(some)) }[key];
      if (combine === undefined) throw unknown(key, "stands beside a field");
      if (!Array.isArray(value)) throw refused(key, "a list of filters", value);
      return combine(value.map((each) => whole(each, fields, depth + 1)));
    }),
  );
}

/** What is said of one field. */
function ofField(fields: Fields, path: readonly [string, ...string[]], value: unknown, depth: number): Condition {
  if (depth > DEEPEST) throw invalidParameter(`a filter may be nested ${DEEPEST} times`);
  if (value === undefined) throw invalidParameter(`${path.join(".")} of a filter is undefined`);
  if (Array.isArray(value)) return among(fields(path), value);
  if (value instanceof RegExp) return matches(fields(path), value);
  if (typeof value !== "object" || value === null || value instanceof Date) return equal(fields(path), value);
  const said = entries(value, path.join("."));
  if (said.some(([key]) => key.startsWith("$"))) return operated(fields, path, said, depth);
  return all(said.map(([key, each]) => ofField(fields, [...path, ...steps(key)], each, depth + 1)));
}

function operated(
  fields: Fields,
  path: readonly [string, ...string[]],
  said: readonly (readonly [string, unknown])[],
  depth: number,
): Condition {
  const options = said.find(([key]) => key === "$options");
  if (options !== undefined && !said.some(([key]) => key === "$regex"))
    throw unknown("$options", "stands beside $regex");
  return all(
    said.flatMap(([key, given]) => {
      if (key === "$options") return [];
      if (given === undefined) throw invalidParameter(`${key} of ${path.join(".")} is undefined`);
      if (key === "$not") return not(ofField(fields, path, given, depth + 1));
      const operator = key === "$regex" ? matchesWith(options?.[1]) : OPERATORS.get(key);
      if (operator === undefined) throw unknown(key, "is not there");
      return operator(fields(path), given);
    }),
  );
}

function entries(value: unknown, what: string): readonly (readonly [string, unknown])[] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.entries(value);
  throw invalidParameter(`${what} is an object, not ${shownText(value, 60)}`);
}

function steps(key: string): [string, ...string[]] {
  const path = key.split(".");
  if (path.some((step) => step === "")) throw invalidParameter(`${JSON.stringify(key)} names no field of a filter`);
  return path as [string, ...string[]];
}

function unknown(operator: string, why: string): Error {
  return failure("Unsupported", { what: `${operator} in a filter ${why}` });
}
