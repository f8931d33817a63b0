import { TYPED_ARRAYS } from "../../values/typed-arrays.js";
import { TAG } from "./flat-tags.js";

/** Texts longer than this are read by the runtime, shorter ones faster one by one. */
const SHORT = 24;

/** Reads what a `FlatWriter` in another thread has written: all of its messages, in their order. */
export class FlatReader {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #wide: BigInt64Array;
  readonly #units: Uint16Array;
  readonly #bytes: Buffer;
  readonly #keys: string[] = [];
  #at = 0;

  constructor(memory: SharedArrayBuffer | ArrayBuffer) {
    this.#doubles = new Float64Array(memory);
    this.#words = new Int32Array(memory);
    this.#wide = new BigInt64Array(memory);
    this.#units = new Uint16Array(memory);
    this.#bytes = Buffer.from(memory as ArrayBuffer);
  }

  /** The message that begins at a double; what it gives shares nothing with the memory. */
  read(at: number): unknown {
    this.#at = at;
    return this.#value();
  }

  #value(): unknown {
    const at = this.#at++;
    const more = this.#words[2 * at + 1]!;
    const tag = this.#words[2 * at]!;
    switch (tag) {
      case TAG.undefined:
        return undefined;
      case TAG.null:
        return null;
      case TAG.false:
        return false;
      case TAG.true:
        return true;
      case TAG.number:
        return this.#doubles[this.#at++];
      case TAG.bigint:
        return this.#wide[this.#at++];
      case TAG.text:
        return this.#text(more);
      case TAG.numbers:
        return this.#numbers(more);
      case TAG.list: {
        const list: unknown[] = [];
        for (let i = 0; i < more; i++) list.push(this.#value());
        return list;
      }
      case TAG.object:
        return this.#object(more);
      default:
        return this.#view(tag - TAG.view, more);
    }
  }

  #text(length: number): string {
    const from = this.#at * 4;
    this.#at += (length + 3) >>> 2;
    if (length > SHORT) return this.#bytes.toString("utf16le", from * 2, (from + length) * 2);
    let text = "";
    for (let i = from; i < from + length; i++) text += String.fromCharCode(this.#units[i]!);
    return text;
  }

  #numbers(length: number): number[] {
    const from = this.#at;
    this.#at += length;
    const numbers: number[] = [];
    for (let i = from; i < from + length; i++) numbers.push(this.#doubles[i]!);
    return numbers;
  }

  #object(count: number): object {
    const object: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const key = this.#key();
      object[key] = this.#value();
    }
    return object;
  }

  #key(): string {
    const at = this.#at++;
    const more = this.#words[2 * at + 1]!;
    const tag = this.#words[2 * at];
    if (tag === TAG.key) return this.#keys[more]!;
    const key = this.#text(more);
    if (tag === TAG.newKey) this.#keys.push(key);
    return key;
  }

  #view(kind: number, bytes: number): ArrayBufferView {
    const View = TYPED_ARRAYS[kind]!;
    const from = this.#at * 8;
    this.#at += (bytes + 7) >>> 3;
    const copy = new ArrayBuffer(bytes);
    new Uint8Array(copy).set(this.#bytes.subarray(from, from + bytes));
    return new View(copy);
  }
}
