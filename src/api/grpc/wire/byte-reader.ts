import { WireType } from "./codec.js";
import { MalformedMessage, MessageTooLarge } from "./failure.js";
import type { Int64 } from "./field-table.js";

const TWO_32 = 2 ** 32;
/** Groups are no longer written by anybody; deeper ones than this are not even skipped. */
const MAX_GROUPS = 32;

/**
 * A message may take this many times its size in memory, and a little more. Two bytes on the wire can become an object of
 * two hundred: without a bound, 64 MB of them would take all memory there is.
 */
const MEMORY_PER_BYTE = 8;
const MEMORY_FLOOR = 64 * 1024 * 1024;

/** Walks over bytes; never past `end`, which the reader of a nested message moves in and out. */
export class ByteReader {
  readonly bytes: Buffer;
  pos = 0;
  end: number;
  #memory: number;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.end = bytes.byteLength;
    this.#memory = MEMORY_FLOOR + bytes.byteLength * MEMORY_PER_BYTE;
  }

  /** Books memory for what is about to be made. @throws MessageTooLarge */
  spend(bytes: number): void {
    this.#memory -= bytes;
    if (this.#memory < 0) throw new MessageTooLarge("the message takes too much memory for its size");
  }

  /** The low 32 bits of a varint, unsigned; the rest of a longer one is read and dropped. */
  uint32(): number {
    const { bytes } = this;
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (this.pos >= this.end) throw truncated();
      const byte = bytes[this.pos++] as number;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw new MalformedMessage("a varint is longer than ten bytes");
  }

  bool(): boolean {
    const start = this.pos;
    const low = this.uint32();
    if (low !== 0) return true;
    // A long varint with nothing in its low bits may still have some above.
    for (let at = start; at < this.pos; at++) if (((this.bytes[at] as number) & 0x7f) !== 0) return true;
    return false;
  }

  int64(): Int64 {
    this.#long();
    const high = this.#high | 0;
    if (high >= -0x200000 && high < 0x200000 && !(high === -0x200000 && this.#low === 0)) {
      return high * TWO_32 + this.#low;
    }
    return (BigInt(high) << 32n) | BigInt(this.#low);
  }

  uint64(): Int64 {
    this.#long();
    const high = this.#high >>> 0;
    return high < 0x200000 ? high * TWO_32 + this.#low : (BigInt(high) << 32n) | BigInt(this.#low);
  }

  #low = 0;
  #high = 0;
  /** Reads 64 bits into two halves. */
  #long(): void {
    const { bytes } = this;
    let low = 0;
    let high = 0;
    for (let index = 0; index < 10; index++) {
      if (this.pos >= this.end) throw truncated();
      const byte = bytes[this.pos++] as number;
      const part = byte & 0x7f;
      if (index < 4) low |= part << (index * 7);
      else if (index === 4) {
        low |= part << 28;
        high = part >>> 4;
      } else high |= part << (index * 7 - 32);
      if (byte < 0x80) {
        this.#low = low >>> 0;
        this.#high = high;
        return;
      }
    }
    throw new MalformedMessage("a varint is longer than ten bytes");
  }

  float(): number {
    return this.bytes.readFloatLE(this.advance(4));
  }

  double(): number {
    return this.bytes.readDoubleLE(this.advance(8));
  }

  /** Length of what follows, which is there in full. */
  length(): number {
    const length = this.uint32();
    if (length > this.end - this.pos) throw truncated();
    return length;
  }

  /** A view: no byte is copied. */
  block(): Uint8Array {
    const length = this.length();
    this.spend(96);
    const start = this.advance(length);
    return new Uint8Array(this.bytes.buffer, this.bytes.byteOffset + start, length);
  }

  /** UTF-8; what is none becomes the replacement character. */
  text(): string {
    const length = this.length();
    if (length === 0) return "";
    this.spend(length + 24);
    const start = this.advance(length);
    return this.bytes.toString("utf8", start, start + length);
  }

  /** Passes over `length` bytes. @returns where they begin */
  advance(length: number): number {
    const start = this.pos;
    if (length > this.end - start) throw truncated();
    this.pos = start + length;
    return start;
  }

  /** Passes over the value of a field that is not known, or has another wire type than it should. */
  skip(wireType: number, field: number): void {
    switch (wireType) {
      case WireType.varint:
        this.uint32();
        break;
      case WireType.fixed64:
        this.advance(8);
        break;
      case WireType.delimited:
        this.advance(this.length());
        break;
      case WireType.groupStart:
        this.#skipGroup(field);
        break;
      case WireType.fixed32:
        this.advance(4);
        break;
      default:
        throw new MalformedMessage(`unexpected wire type ${wireType}`);
    }
  }

  #skipGroup(field: number): void {
    const open = [field];
    while (open.length > 0) {
      const tag = this.uint32();
      const wireType = tag & 7;
      if (wireType === WireType.groupEnd) {
        if (open.pop() !== tag >>> 3) throw new MalformedMessage("a group ends that did not begin");
      } else if (wireType === WireType.groupStart) {
        if (open.length >= MAX_GROUPS) throw new MalformedMessage("groups are nested too deeply");
        open.push(tag >>> 3);
      } else this.skip(wireType, tag >>> 3);
    }
  }
}

function truncated(): Error {
  return new MalformedMessage("the message ends too early");
}
