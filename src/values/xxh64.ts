import { Word64 } from "./word64.js";

/**
 * XXH64 with seed 0, the hash of Parquet's Bloom filters.
 *
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */

const PRIME_1 = Word64.of(0x9e3779b185ebca87n);
const PRIME_2 = Word64.of(0xc2b2ae3d27d4eb4fn);
const PRIME_3 = Word64.of(0x165667b19e3779f9n);
const PRIME_4 = Word64.of(0x85ebca77c2b2ae63n);
const PRIME_5 = Word64.of(0x27d4eb2f165667c5n);
const STRIPE = 32;

/** What a hash is made with; one that is asked again takes no memory. */
export class Xxh64 {
  readonly #hash = new Word64();
  readonly #lane = new Word64();
  readonly #stripe = [new Word64(), new Word64(), new Word64(), new Word64()] as const;

  /** @returns the hash, which the next call changes */
  ofBytes(bytes: Uint8Array): Readonly<Word64> {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const hash = this.#hash;
    const { length } = bytes;
    let at = 0;
    if (length >= STRIPE) at = this.#stripes(view);
    else hash.copy(PRIME_5);
    hash.add(this.#lane.set(0, length));
    for (; at + 8 <= length; at += 8) this.#eight(view.getUint32(at + 4, true), view.getUint32(at, true));
    if (at + 4 <= length) {
      hash.xor(this.#lane.set(0, view.getUint32(at, true)).multiply(PRIME_1));
      hash.rotateLeft(23).multiply(PRIME_2).add(PRIME_3);
      at += 4;
    }
    for (; at < length; at++) {
      hash.xor(this.#lane.set(0, bytes[at] as number).multiply(PRIME_5));
      hash.rotateLeft(11).multiply(PRIME_1);
    }
    return this.#mixed();
  }

  /** Of the eight bytes of an integer, the lowest first. */
  ofInt64(high: number, low: number): Readonly<Word64> {
    this.#hash.copy(PRIME_5).add(this.#lane.set(0, 8));
    this.#eight(high, low);
    return this.#mixed();
  }

  #eight(high: number, low: number): void {
    this.#hash
      .xor(round(this.#lane.set(0, 0), high, low))
      .rotateLeft(27)
      .multiply(PRIME_1)
      .add(PRIME_4);
  }

  /** All whole stripes. @returns where the rest begins */
  #stripes(view: DataView): number {
    const [a, b, c, d] = this.#stripe;
    a.copy(PRIME_1).add(PRIME_2);
    b.copy(PRIME_2);
    c.set(0, 0);
    d.set(~PRIME_1.high + (PRIME_1.low === 0 ? 1 : 0), -PRIME_1.low);
    let at = 0;
    for (; at + STRIPE <= view.byteLength; at += STRIPE) {
      this.#stripe.forEach((lane, i) => {
        round(lane, view.getUint32(at + i * 8 + 4, true), view.getUint32(at + i * 8, true));
      });
    }
    const hash = this.#hash.set(0, 0);
    const lane = this.#lane;
    hash.add(lane.copy(a).rotateLeft(1)).add(lane.copy(b).rotateLeft(7));
    hash.add(lane.copy(c).rotateLeft(12)).add(lane.copy(d).rotateLeft(18));
    for (const part of this.#stripe) {
      hash
        .xor(round(lane.set(0, 0), part.high, part.low))
        .multiply(PRIME_1)
        .add(PRIME_4);
    }
    return at;
  }

  #mixed(): Readonly<Word64> {
    return this.#hash.xorShiftRight(33).multiply(PRIME_2).xorShiftRight(29).multiply(PRIME_3).xorShiftRight(32);
  }
}

const input = new Word64();

function round(lane: Word64, high: number, low: number): Word64 {
  return lane.add(input.set(high, low).multiply(PRIME_2)).rotateLeft(31).multiply(PRIME_1);
}
