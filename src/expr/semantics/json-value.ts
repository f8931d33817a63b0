import { isInt64 } from "../../values/int64.js";

/** A JSON reader that keeps what filters look at: integers are exact, `1.0` is no integer, the first of equal keys counts. */

export type JsonValue =
  | { readonly kind: "null" }
  | { readonly kind: "bool"; readonly value: boolean }
  /** Written without point and exponent. Beyond int64 a double, as in SQLite. */
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "array"; readonly elements: readonly JsonValue[]; readonly text: string }
  | { readonly kind: "object"; readonly members: ReadonlyMap<string, JsonValue>; readonly text: string };

const NULL: JsonValue = { kind: "null" };

/** Reads JSON text; undefined when it is not valid or nested deeper than 1000 levels (the limit of SQLite). */
export function readJson(text: string): JsonValue | undefined {
  const reader = { text, at: 0 };
  try {
    const value = readValue(reader, 0);
    skipSpace(reader);
    return reader.at === text.length ? value : undefined;
  } catch {
    return undefined;
  }
}

interface Reader {
  readonly text: string;
  at: number;
}

class MalformedJson extends Error {}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const STRING = /"[^"\\]*"/y;

function skipSpace(reader: Reader): void {
  SPACE.lastIndex = reader.at;
  SPACE.exec(reader.text);
  reader.at = SPACE.lastIndex;
}

function readValue(reader: Reader, depth: number): JsonValue {
  if (depth > 1000) throw new MalformedJson();
  skipSpace(reader);
  const { text } = reader;
  switch (text[reader.at]) {
    case "{":
      return readObject(reader, depth);
    case "[":
      return readArray(reader, depth);
    case '"':
      return { kind: "string", value: readString(reader) };
    case "t":
      return readWord(reader, "true", { kind: "bool", value: true });
    case "f":
      return readWord(reader, "false", { kind: "bool", value: false });
    case "n":
      return readWord(reader, "null", NULL);
    default:
      return readNumber(reader);
  }
}

function readWord(reader: Reader, word: string, value: JsonValue): JsonValue {
  if (!reader.text.startsWith(word, reader.at)) throw new MalformedJson();
  reader.at += word.length;
  return value;
}

function readNumber(reader: Reader): JsonValue {
  NUMBER.lastIndex = reader.at;
  const match = NUMBER.exec(reader.text);
  if (match === null) throw new MalformedJson();
  reader.at = NUMBER.lastIndex;
  const [image, fraction, exponent] = match;
  if (fraction === undefined && exponent === undefined && image.length <= 20) {
    const value = BigInt(image);
    if (isInt64(value)) return { kind: "int", value };
  }
  return { kind: "float", value: Number(image) };
}

function readString(reader: Reader): string {
  STRING.lastIndex = reader.at;
  const simple = STRING.exec(reader.text);
  if (simple !== null) {
    reader.at = STRING.lastIndex;
    return simple[0].slice(1, -1);
  }
  let end = reader.at + 1;
  while (end < reader.text.length && reader.text[end] !== '"') end += reader.text[end] === "\\" ? 2 : 1;
  const value: unknown = JSON.parse(reader.text.slice(reader.at, end + 1));
  reader.at = end + 1;
  return value as string;
}

function readArray(reader: Reader, depth: number): JsonValue {
  const start = reader.at;
  const elements: JsonValue[] = [];
  reader.at += 1;
  skipSpace(reader);
  if (reader.text[reader.at] === "]") {
    reader.at += 1;
  } else {
    for (let open = true; open; ) {
      elements.push(readValue(reader, depth + 1));
      open = readSeparator(reader, "]");
    }
  }
  return { kind: "array", elements, text: reader.text.slice(start, reader.at) };
}

function readObject(reader: Reader, depth: number): JsonValue {
  const start = reader.at;
  const members = new Map<string, JsonValue>();
  reader.at += 1;
  skipSpace(reader);
  if (reader.text[reader.at] === "}") {
    reader.at += 1;
  } else {
    for (let open = true; open; ) {
      skipSpace(reader);
      if (reader.text[reader.at] !== '"') throw new MalformedJson();
      const key = readString(reader);
      skipSpace(reader);
      if (reader.text[reader.at] !== ":") throw new MalformedJson();
      reader.at += 1;
      const value = readValue(reader, depth + 1);
      if (!members.has(key)) members.set(key, value);
      open = readSeparator(reader, "}");
    }
  }
  return { kind: "object", members, text: reader.text.slice(start, reader.at) };
}

/** True after a comma, false after the closing bracket. */
function readSeparator(reader: Reader, close: string): boolean {
  skipSpace(reader);
  const char = reader.text[reader.at];
  reader.at += 1;
  if (char === ",") return true;
  if (char === close) return false;
  throw new MalformedJson();
}

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

/** The value at a path: keys of objects, indexes of arrays; undefined when there is none. */
export function valueAt(root: JsonValue, path: readonly string[]): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of path) {
    if (value?.kind === "object") value = value.members.get(step);
    else if (value?.kind === "array" && INDEX.test(step)) value = value.elements[Number(step)];
    else return undefined;
  }
  return value;
}

/** JSON text of a value that was read. */
export function writeJson(value: JsonValue): string {
  switch (value.kind) {
    case "null":
      return "null";
    case "bool":
    case "int":
      return String(value.value);
    case "float":
      return Number.isFinite(value.value) ? JSON.stringify(value.value) : value.value > 0 ? "9e999" : "-9e999";
    case "string":
      return JSON.stringify(value.value);
    case "array":
    case "object":
      return value.text;
  }
}

/** Does the value hold anything besides null, empty containers and containers of such? */
export function holdsAnything(value: JsonValue): boolean {
  if (value.kind === "array") return value.elements.some(holdsAnything);
  if (value.kind === "object") return [...value.members.values()].some(holdsAnything);
  return value.kind !== "null";
}
