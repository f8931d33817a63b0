import { refuseFutureFields } from "./engine/contract/future-fields.js";
import type { RequestField } from "./engine/contract/row.js";
import { contract, type OperationPath } from "./engine/contract/table.js";
import { failure, isElanusError } from "./errors.js";
import { isList, isPlainObject, kindOf, MAX_ITEMS } from "./values/js-value.js";
import { nearestName } from "./values/nearest-name.js";
import { shownText, thrownText } from "./values/shown-text.js";

type Shape = Readonly<Record<string, RequestField>>;

/**
 * The request of a typed call. Whoever calls it has documentation, so nothing is guessed and nothing ignored: every key must be
 * one of the contract (in any case), every value of its kind; `null` and `undefined` are absent.
 *
 * @throws InvalidParameter for an unknown key, naming the nearest known one, and for a value of the wrong kind;
 * MissingParameters; Unsupported for a field of a newer Milvus
 */
export function typedRequest(path: OperationPath, request: unknown): Record<string, unknown> {
  try {
    if (!isObject(request)) throw refusal(`${path} takes an object, not ${shown(request)}`);
    refuseFutureFields(path, request);
    return decodeObject(path, contract[path].request, request, "");
  } catch (error) {
    if (isElanusError(error)) throw error;
    // A getter or a proxy of the caller's.
    throw failure("InvalidParameter", { text: `the request of ${path} cannot be read: ${thrownText(error)}` }, error);
  }
}

const FEWER = `of at most ${MAX_ITEMS} items`;

/** What is known of a shape, worked out once. */
interface KnownShape {
  readonly keys: readonly string[];
  /** Key by its spelling in lower case. */
  readonly byLowerCase: ReadonlyMap<string, string>;
  readonly required: readonly string[];
}

const knownShapes = new WeakMap<Shape, KnownShape>();

function known(shape: Shape): KnownShape {
  let found = knownShapes.get(shape);
  if (found === undefined) {
    const keys = Object.keys(shape);
    found = {
      keys,
      byLowerCase: new Map(keys.map((key) => [key.toLowerCase(), key])),
      required: keys.filter((key) => shape[key]?.required === true),
    };
    knownShapes.set(shape, found);
  }
  return found;
}

/** @param at where the object stands: `schema.fields[0].`, or `""` for the request itself */
function decodeObject(path: OperationPath, shape: Shape, object: object, at: string): Record<string, unknown> {
  const { keys, byLowerCase, required } = known(shape);
  const decoded: Record<string, unknown> = {};
  for (const given of Object.keys(object)) {
    const key = Object.hasOwn(shape, given) ? given : byLowerCase.get(given.toLowerCase());
    if (key === undefined) throw unknownKey(path, `${at}${given}`, given, keys);
    const value: unknown = (object as Record<string, unknown>)[given];
    if (value === null || value === undefined) continue;
    decoded[key] = decodeValue(path, shape[key] as RequestField, value, at === "" ? key : `${at}${key}`);
  }
  const missing = required.filter((key) => {
    const unless = shape[key]?.unless;
    if (unless !== undefined && decoded[unless] !== undefined) return false;
    return decoded[key] === undefined || decoded[key] === "";
  });
  // Items of a list are the operation's to complain about: it has texts of its own for each.
  if (missing.length > 0 && !at.includes("[")) {
    throw failure("MissingParameters", { detail: `${path} needs ${missing.map((key) => at + key).join(", ")}` });
  }
  return decoded;
}

function decodeValue(path: OperationPath, field: RequestField, value: unknown, at: string): unknown {
  const wrongAt = (place: string, found: unknown, expected: string) =>
    refusal(`${JSON.stringify(place)} of ${path} must be ${expected}, not ${shown(found)}`);
  const wrong = (expected: string) => wrongAt(at, value, expected);
  switch (field.kind) {
    case "any":
      return value;
    case "string":
      if (typeof value !== "string") throw wrong("a text");
      return value;
    case "bool":
      if (typeof value !== "boolean") throw wrong("true or false");
      return value;
    case "int":
      if (field.unbounded === true && value === Number.POSITIVE_INFINITY) return value;
      if ((typeof value !== "number" && typeof value !== "bigint") || !Number.isSafeInteger(Number(value))) {
        throw wrong("an integer");
      }
      return Number(value);
    case "strings":
      if (!Array.isArray(value)) throw wrong("an array of texts");
      if (value.length > MAX_ITEMS) throw wrong(FEWER);
      return Array.from(value, (item: unknown, i) => {
        if (typeof item !== "string") throw wrongAt(`${at}[${i}]`, item, "a text");
        return item;
      });
    case "object":
      if (!isObject(value)) throw wrong("an object");
      if (field.shape !== undefined) return decodeObject(path, field.shape, value, `${at}.`);
      if (field.values !== undefined) return decodeValues(path, field.values, value, at);
      if (field.keys !== undefined && !isFree(field, value)) checkKeys(path, field.keys, value, at);
      return value;
    case "rows":
      if (!isList(value) && !isObject(value)) throw wrong("an object or an array of objects");
      if (isList(value) && value.length > MAX_ITEMS) throw wrong(FEWER);
      return value;
    case "columns":
      // What stands in the columns is for those to check who know the types.
      if (!isObject(value)) throw wrong("{ rowCount, columns }");
      return value;
    case "array": {
      if (!Array.isArray(value) && !ArrayBuffer.isView(value)) throw wrong("an array");
      if (isList(value) && value.length > MAX_ITEMS) throw wrong(FEWER);
      const { shape } = field;
      if (shape === undefined) return value;
      return Array.from(value as unknown[], (item, i) => {
        if (!isObject(item)) throw wrongAt(`${at}[${i}]`, item, "an object");
        return decodeObject(path, shape, item, `${at}[${i}].`);
      });
    }
  }
}

/** An object whose keys are names: what each of them stands for has known keys. */
function decodeValues(path: OperationPath, shape: Shape, object: object, at: string): Record<string, unknown> {
  const decoded = Object.entries(object).map(([name, value]: [string, unknown]) => {
    const place = `${at}.${name}`;
    return [name, isObject(value) ? decodeObject(path, shape, value, `${place}.`) : value];
  });
  return Object.fromEntries(decoded) as Record<string, unknown>;
}

function isFree({ freeWith }: RequestField, object: object): boolean {
  if (freeWith === undefined) return false;
  const { key, value } = freeWith;
  return Object.entries(object).some(
    ([given, held]) => given.toLowerCase() === key && String(held).toLowerCase() === value,
  );
}

function checkKeys(path: OperationPath, known: readonly string[], object: object, at: string): void {
  for (const [key, value] of Object.entries(object)) {
    if (!known.includes(key) && !known.includes(key.toLowerCase())) throw unknownKey(path, `${at}.${key}`, key, known);
    if (key === "params" && isObject(value)) checkKeys(path, known, value, `${at}.params`);
  }
}

function unknownKey(path: OperationPath, place: string, key: string, known: readonly string[]): Error {
  const nearest = nearestName(key, known);
  const help =
    nearest !== undefined
      ? `did you mean ${JSON.stringify(nearest)}?`
      : known.length === 0
        ? "it takes none"
        : `it knows ${known.join(", ")}`;
  return refusal(`${path} has no key ${JSON.stringify(place)}: ${help}`);
}

function refusal(text: string): Error {
  return failure("InvalidParameter", { text });
}

/** Keys and values; no array, Map, Date or vector. */
function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value) && isPlainObject(value);
}

const MAX_SHOWN = 60;

/** A value as a message shows it: a short one itself, else what it is. */
function shown(value: unknown): string {
  if (typeof value === "string")
    return JSON.stringify(value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}...` : value);
  if (typeof value === "object" && value !== null) return kindOf(value);
  return shownText(value, MAX_SHOWN);
}
