import { dateMilliseconds, isPlainObject, kindOf, typedArrayName } from "./js-value.js";
import { JsonDouble } from "./json-number.js";
import { TYPED_ARRAY_NAMES, TYPED_ARRAYS } from "./typed-arrays.js";

/**
 * Values as every runtime writes and reads them: the clones of `node:v8` are those of one engine. It is JSON with bytes behind it:
 *
 *   8 bytes   `MAGIC`
 *   8 bytes   how long the JSON is, little-endian
 *             the JSON; spaces behind it up to a multiple of eight
 *             bytes of typed arrays, each beginning at a multiple of eight
 *
 * What JSON has no word for is an object with the key `$`, which names it; so is an object that has a key `$` itself.
 */
const MAGIC = "elanus\0\x01";
const HEADER_BYTES = 16;
const MARK = "$";
/** Where the numbers of any type may begin. */
const ALIGNMENT = 8;

type Marked =
  | { readonly [MARK]: "undefined" | "hole" }
  | { readonly [MARK]: "number" | "bigint" | "date"; readonly text: string }
  /** A number that was written with a fraction. */
  | { readonly [MARK]: "double"; readonly text: string }
  | { readonly [MARK]: "bytes"; readonly type: string; readonly at: number; readonly length: number }
  | { readonly [MARK]: "object"; readonly entries: readonly (readonly [string, unknown])[] };

/** @throws TypeError for what is no data, RangeError for what is nested too deeply */
export function writeCommon(value: unknown): Buffer {
  const writer = new Writer();
  const text = Buffer.from(JSON.stringify(writer.json(value)));
  const start = aligned(HEADER_BYTES + text.length);
  const form = Buffer.alloc(start + writer.size, " ", "latin1");
  form.write(MAGIC, "latin1");
  form.writeBigUInt64LE(BigInt(text.length), MAGIC.length);
  form.set(text, HEADER_BYTES);
  for (const { at, bytes } of writer.parts) form.set(bytes, start + at);
  return form;
}

export function isCommon(form: Uint8Array): boolean {
  return form.length >= HEADER_BYTES && latin1(form, 0, MAGIC.length) === MAGIC;
}

/** What `writeCommon` has written; typed arrays are views on it where they may be. @throws for anything else */
export function readCommon(form: Uint8Array): unknown {
  if (!isCommon(form)) throw new TypeError("not in the common form");
  const buffer = Buffer.from(form.buffer, form.byteOffset, form.byteLength);
  const end = HEADER_BYTES + Number(buffer.readBigUInt64LE(MAGIC.length));
  const json: unknown = JSON.parse(cut(buffer, HEADER_BYTES, end).toString("utf8"));
  return readValue(json, form.subarray(aligned(end)));
}

function cut<Bytes extends Uint8Array>(bytes: Bytes, from: number, to: number): Bytes {
  if (to > bytes.length) throw new RangeError(`${to} bytes wanted of ${bytes.length}`);
  return bytes.subarray(from, to) as Bytes;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return String.fromCharCode(...bytes.subarray(from, to));
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

class Writer {
  readonly parts: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  size = 0;

  /** The value in words that JSON has; itself where it is of such already. */
  json(value: unknown): unknown {
    switch (typeof value) {
      case "string":
      case "boolean":
        return value;
      case "number":
        return Number.isFinite(value) && !Object.is(value, -0) ? value : numberText("number", value);
      case "undefined":
        return { [MARK]: "undefined" } satisfies Marked;
      case "bigint":
        return { [MARK]: "bigint", text: String(value) } satisfies Marked;
      case "object":
        return value === null ? null : this.#compound(value);
      default:
        throw new TypeError(`${kindOf(value)} is no data`);
    }
  }

  #compound(value: object): unknown {
    if (Array.isArray(value)) {
      return Array.from(value, (item, i) => (item === undefined && !(i in value) ? HOLE : this.json(item)));
    }
    if (ArrayBuffer.isView(value)) return this.#bytes(value);
    const date = dateMilliseconds(value);
    if (date !== undefined) return numberText("date", date);
    if (value instanceof JsonDouble) return numberText("double", Number(value));
    if (!isPlainObject(value)) throw new TypeError(`${kindOf(value)} is no data`);
    const entries = Object.entries(value).map(([key, item]) => [key, this.json(item)] as const);
    const marked: Marked = { [MARK]: "object", entries };
    return Object.hasOwn(value, MARK) ? marked : Object.fromEntries(entries);
  }

  #bytes(view: ArrayBufferView): Marked {
    const { buffer, byteOffset, byteLength } = view;
    const type = typedArrayName(view) ?? "DataView";
    if (type !== "DataView" && !TYPED_ARRAY_NAMES.includes(type)) throw new TypeError(`${kindOf(view)} is no data`);
    const at = this.size;
    this.parts.push({ at, bytes: new Uint8Array(buffer, byteOffset, byteLength) });
    this.size = aligned(at + byteLength);
    return { [MARK]: "bytes", type, at, length: byteLength };
  }
}

const HOLE: Marked = { [MARK]: "hole" };

function numberText(kind: "number" | "date" | "double", value: number): Marked {
  return { [MARK]: kind, text: Object.is(value, -0) ? "-0" : String(value) };
}

function readValue(json: unknown, bytes: Uint8Array): unknown {
  if (typeof json !== "object" || json === null) return json;
  if (Array.isArray(json)) {
    const list: unknown[] = new Array(json.length);
    for (const [i, item] of json.entries()) if (!isHole(item)) list[i] = readValue(item, bytes);
    return list;
  }
  if (Object.hasOwn(json, MARK)) return readMarked(json as Marked, bytes);
  return readEntries(Object.entries(json), bytes);
}

function isHole(item: unknown): boolean {
  return typeof item === "object" && item !== null && (item as Marked)[MARK] === "hole";
}

/** Not by assignment: `__proto__` is a key like any other. */
function readEntries(entries: readonly (readonly [string, unknown])[], bytes: Uint8Array): object {
  return Object.fromEntries(entries.map(([key, item]) => [key, readValue(item, bytes)]));
}

function readMarked(marked: Marked, bytes: Uint8Array): unknown {
  switch (marked[MARK]) {
    case "undefined":
    case "hole":
      return undefined;
    case "number":
      return Number(marked.text);
    case "bigint":
      return BigInt(marked.text);
    case "date":
      return new Date(Number(marked.text));
    case "double":
      return Object(Number(marked.text));
    case "bytes":
      return readBytes(marked.type, cut(bytes, marked.at, marked.at + marked.length));
    case "object":
      return readEntries(marked.entries, bytes);
  }
}

function readBytes(type: string, part: Uint8Array): ArrayBufferView {
  const bytes = part.byteOffset % ALIGNMENT === 0 ? part : Uint8Array.prototype.slice.call(part);
  const buffer = bytes.buffer as ArrayBuffer;
  if (type === "DataView") return new DataView(buffer, bytes.byteOffset, bytes.byteLength);
  const View = TYPED_ARRAYS[TYPED_ARRAY_NAMES.indexOf(type)];
  if (View === undefined) throw new TypeError(`no typed array ${type}`);
  return new View(buffer, bytes.byteOffset, bytes.byteLength / View.BYTES_PER_ELEMENT);
}
