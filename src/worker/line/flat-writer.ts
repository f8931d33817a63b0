import { types } from "node:util";
import { typedArrayName } from "../../values/js-value.js";
import { TYPED_ARRAY_NAMES } from "../../values/typed-arrays.js";
import { MOST_KEYS, TAG } from "./flat-tags.js";

/** A value that has no flat form, or too long a one. */
const NO_FORM = new Error("no flat form");
const MAX_DEPTH = 32;
/** Of a key that is given a number. */
const MOST_KEY_LENGTH = 64;

/**
 * Writes plain values as words and doubles that another thread reads without a parser: objects and lists of them, texts,
 * numbers, typed arrays. Keys of objects are numbered as they come, so writer and reader go through the same messages.
 */
export class FlatWriter {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #wide: BigInt64Array;
  readonly #bytes: Uint8Array;
  readonly #units: Uint16Array;
  readonly #keys = new Map<string, number>();
  /** Keys of the message at hand: if it has no form, they have no number either. */
  #fresh: string[] = [];
  /** In doubles. */
  #at = 0;

  /** @param capacity of a message, in doubles */
  constructor(capacity: number) {
    this.#doubles = new Float64Array(capacity);
    const { buffer } = this.#doubles;
    this.#words = new Int32Array(buffer);
    this.#wide = new BigInt64Array(buffer);
    this.#bytes = new Uint8Array(buffer);
    this.#units = new Uint16Array(buffer);
  }

  /** The message, valid until the next one; undefined for what has no flat form: it must be sent in another way. */
  write(value: unknown): Float64Array | undefined {
    this.#at = 0;
    this.#fresh = [];
    try {
      this.#value(value, 0);
      return this.#doubles.subarray(0, this.#at);
    } catch {
      // Too long, no plain value, or a getter that throws: whoever sends it then finds out.
      for (const key of this.#fresh) this.#keys.delete(key);
      return undefined;
    }
  }

  /** Room for so many doubles behind a tag. */
  #tag(tag: number, more: number, doubles: number): number {
    const at = this.#at;
    this.#at = at + 1 + doubles;
    if (this.#at > this.#doubles.length) throw NO_FORM;
    this.#words[2 * at] = tag;
    this.#words[2 * at + 1] = more;
    return at + 1;
  }

  #value(value: unknown, depth: number): void {
    switch (typeof value) {
      case "undefined":
        this.#tag(TAG.undefined, 0, 0);
        return;
      case "boolean":
        this.#tag(value ? TAG.true : TAG.false, 0, 0);
        return;
      case "number":
        this.#doubles[this.#tag(TAG.number, 0, 1)] = value;
        return;
      case "string":
        this.#text(TAG.text, value);
        return;
      case "bigint":
        if (BigInt.asIntN(64, value) !== value) throw NO_FORM;
        this.#wide[this.#tag(TAG.bigint, 0, 1)] = value;
        return;
      case "object":
        if (value === null) this.#tag(TAG.null, 0, 0);
        else this.#compound(value, depth);
        return;
      default:
        throw NO_FORM;
    }
  }

  #text(tag: number, text: string): void {
    const { length } = text;
    let to = this.#tag(tag, length, (length + 3) >>> 2) * 4;
    for (let i = 0; i < length; i++) this.#units[to++] = text.charCodeAt(i);
  }

  #compound(value: object, depth: number): void {
    if (depth > MAX_DEPTH || types.isProxy(value)) throw NO_FORM;
    if (Array.isArray(value)) this.#list(value, depth);
    else if (ArrayBuffer.isView(value)) this.#view(value);
    else this.#object(value, depth);
  }

  #list(list: readonly unknown[], depth: number): void {
    const { length } = list;
    const start = this.#at;
    if (length > 0 && typeof list[0] === "number") {
      let to = this.#tag(TAG.numbers, length, length);
      let i = 0;
      for (; i < length; i++) {
        const item = list[i];
        if (typeof item !== "number") break;
        this.#doubles[to++] = item;
      }
      if (i === length) return;
      this.#at = start;
    }
    this.#tag(TAG.list, length, 0);
    for (let i = 0; i < length; i++) {
      const item = list[i];
      // A hole is something else than `undefined`.
      if (item === undefined && !(i in list)) throw NO_FORM;
      this.#value(item, depth + 1);
    }
  }

  #view(view: ArrayBufferView): void {
    const kind = TYPED_ARRAY_NAMES.indexOf(typedArrayName(view) ?? "");
    if (kind < 0) throw NO_FORM;
    const to = this.#tag(TAG.view + kind, view.byteLength, (view.byteLength + 7) >>> 3);
    this.#bytes.set(new Uint8Array(view.buffer, view.byteOffset, view.byteLength), to * 8);
  }

  #object(value: object, depth: number): void {
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype !== Object.prototype && prototype !== null) throw NO_FORM;
    const keys = Object.keys(value);
    this.#tag(TAG.object, keys.length, 0);
    for (const key of keys) {
      this.#key(key);
      this.#value((value as Record<string, unknown>)[key], depth + 1);
    }
  }

  #key(key: string): void {
    const known = this.#keys.get(key);
    if (known !== undefined) {
      this.#tag(TAG.key, known, 0);
      return;
    }
    if (key === "__proto__") throw NO_FORM;
    if (this.#keys.size >= MOST_KEYS || key.length > MOST_KEY_LENGTH) {
      this.#text(TAG.text, key);
      return;
    }
    this.#text(TAG.newKey, key);
    this.#keys.set(key, this.#keys.size);
    this.#fresh.push(key);
  }
}
