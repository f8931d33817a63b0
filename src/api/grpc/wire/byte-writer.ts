import { MessageTooLarge } from "./failure.js";
import type { Int64 } from "./field-table.js";

const FIRST_SIZE = 1024;
/** Blocks of this size are not copied: they are sent from where they lie. */
const LARGE_BLOCK = 64 * 1024;
const TWO_32 = 2 ** 32;

/**
 * Writes from the end to the beginning: when the head of a part is written, its length is known, so nothing is measured
 * beforehand and nothing is moved afterwards.
 */
export class ByteWriter {
  #bytes: Buffer;
  /** Where what has been written begins. */
  #start: number;
  /** What comes behind it, the last part first. */
  readonly #behind: Uint8Array[] = [];
  #bytesBehind = 0;
  readonly #maxBytes: number;

  constructor(maxBytes: number = Number.MAX_SAFE_INTEGER) {
    this.#bytes = Buffer.allocUnsafe(FIRST_SIZE);
    this.#start = FIRST_SIZE;
    this.#maxBytes = maxBytes;
  }

  /** Bytes written so far. */
  get size(): number {
    return this.#bytesBehind + this.#bytes.length - this.#start;
  }

  /** What has been written, in parts. Nothing may be written afterwards. @throws MessageTooLarge */
  finish(): readonly Uint8Array[] {
    this.#check(this.size);
    const first = this.#bytes.subarray(this.#start);
    return this.#behind.length === 0 ? [first] : [first, ...this.#behind.reverse()];
  }

  /** Room for `length` bytes before what is there. @returns where it begins */
  #room(length: number): number {
    if (length > this.#start) this.#grow(length);
    this.#start -= length;
    return this.#start;
  }

  #grow(length: number): void {
    this.#check(this.size + length);
    const size = this.#bytes.length - this.#start;
    const bytes = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, size + length + FIRST_SIZE));
    this.#bytes.copy(bytes, bytes.length - size, this.#start);
    this.#start = bytes.length - size;
    this.#bytes = bytes;
  }

  #check(size: number): void {
    if (size > this.#maxBytes) throw new MessageTooLarge(`the reply is longer than ${this.#maxBytes} bytes`);
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  /** @param value 0 to 2^32 - 1 */
  uint32(value: number): void {
    let left = value;
    let at = this.#room(left < 0x80 ? 1 : left < 0x4000 ? 2 : left < 0x200000 ? 3 : left < 0x10000000 ? 4 : 5);
    const bytes = this.#bytes;
    while (left >= 0x80) {
      bytes[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    bytes[at] = left;
  }

  /** Negative numbers take ten bytes. @param value -2^63 to 2^64 - 1 */
  int64(value: Int64): void {
    if (typeof value === "number") {
      if (value >= 0 && value < TWO_32) this.uint32(value);
      else this.#halves(value >>> 0, Math.floor(value / TWO_32) >>> 0);
    } else {
      this.#halves(Number(value & 0xffffffffn), Number((value >> 32n) & 0xffffffffn));
    }
  }

  #halves(low: number, high: number): void {
    if (high === 0) {
      this.uint32(low);
      return;
    }
    const upper = high >>> 3;
    const length =
      upper === 0 ? 5 : upper < 0x80 ? 6 : upper < 0x4000 ? 7 : upper < 0x200000 ? 8 : upper < 0x10000000 ? 9 : 10;
    let at = this.#room(length);
    const bytes = this.#bytes;
    let left = low;
    for (let i = 0; i < 4; i++) {
      bytes[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    const middle = (left & 0x0f) | ((high & 7) << 4);
    bytes[at++] = upper === 0 ? middle : middle | 0x80;
    if (upper === 0) return;
    left = upper;
    while (left >= 0x80) {
      bytes[at++] = (left & 0x7f) | 0x80;
      left >>>= 7;
    }
    bytes[at] = left;
  }

  /** In front of a whole message: that it is not compressed, and its length. */
  frameHead(): void {
    const { size } = this;
    const at = this.#room(5);
    this.#bytes[at] = 0;
    this.#bytes.writeUInt32BE(size, at + 1);
  }

  float(value: number): void {
    const at = this.#room(4);
    this.#bytes.writeFloatLE(value, at);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  /** Bytes as they are; large ones must stay as they are until the message is sent. */
  block(bytes: Uint8Array): void {
    if (bytes.byteLength >= LARGE_BLOCK) {
      this.#setBehind(bytes);
      return;
    }
    const at = this.#room(bytes.byteLength);
    this.#bytes.set(bytes, at);
  }

  #setBehind(bytes: Uint8Array): void {
    this.#check(this.size + bytes.byteLength);
    const written = this.#bytes.subarray(this.#start);
    this.#behind.push(written, bytes);
    this.#bytesBehind += written.length + bytes.byteLength;
    this.#bytes = Buffer.allocUnsafe(FIRST_SIZE);
    this.#start = FIRST_SIZE;
  }

  /** @returns its length in bytes */
  text(value: string): number {
    const length = Buffer.byteLength(value);
    const at = this.#room(length);
    this.#bytes.write(value, at, length);
    return length;
  }
}
