import { createHash } from "node:crypto";
import { mersenneTwister64 } from "../values/mersenne-twister-64.js";
import { highHalf } from "../values/word64.js";
import { xxh3 } from "../values/xxh3.js";
import type { Analyzer } from "./analyzer.js";

/** How the signature of a text is made. */
export interface MinHashParams {
  /** Values of the signature. */
  readonly hashes: number;
  /** Tokens that are looked at together. */
  readonly shingle: number;
  readonly hash: "xxhash" | "sha1";
  readonly tokens: "word" | "char";
  readonly seed: bigint;
}

/** What a value is where there is nothing to hash. */
const NOTHING = 0xffff_ffff;
/** Everything is computed modulo 2^61 - 1. */
const PRIME = (1n << 61n) - 1n;
const PRIME_HIGH = 0x1fff_ffff;

/** Signatures of texts: the more values of two of them are equal, the more the texts have in common. */
export class MinHash {
  readonly #params: MinHashParams;
  /** Of value i: high and low half of the factor, and of what is added, at 4i. */
  readonly #permutations: Uint32Array;

  constructor(params: MinHashParams) {
    this.#params = params;
    this.#permutations = permutations(params);
  }

  /** Values of 32 bits, the lowest byte first. @param text null: nothing */
  signature(text: string | null, analyzer: Analyzer): Uint8Array {
    const { hashes } = this.#params;
    const least = new Uint32Array(hashes).fill(NOTHING);
    for (const shingle of this.#shingles(text, analyzer)) this.#lower(least, this.#baseHash(shingle));
    const bytes = new DataView(new ArrayBuffer(4 * hashes));
    for (const [i, value] of least.entries()) bytes.setUint32(4 * i, value, true);
    return new Uint8Array(bytes.buffer);
  }

  /** Tokens that stand side by side, without anything between them; of fewer tokens, all. */
  *#shingles(text: string | null, analyzer: Analyzer): Generator<Uint8Array> {
    const { shingle, tokens } = this.#params;
    if (text === null) return;
    const parts = tokens === "word" ? analyzer.words(text).map((word) => Buffer.from(word)) : undefined;
    const bytes = Buffer.from(text);
    const count = parts?.length ?? bytes.length;
    if (count === 0) return;
    for (let i = 0; i === 0 || i + shingle <= count; i++) {
      const end = Math.min(i + shingle, count);
      yield parts === undefined ? bytes.subarray(i, end) : Buffer.concat(parts.slice(i, end));
    }
  }

  #baseHash(shingle: Uint8Array): number {
    if (this.#params.hash === "xxhash") return Number(xxh3(shingle) & 0xffff_ffffn);
    return createHash("sha1").update(shingle).digest().readUInt32LE(0);
  }

  /** Puts in the permutations of a hash where they are less. */
  #lower(least: Uint32Array, hash: number): void {
    const permutations = this.#permutations;
    // The server takes 32 bits of SHA-1 as a signed integer when it widens them.
    const negative = this.#params.hash === "sha1" && hash > 0x7fff_ffff;
    for (let i = 0; i < least.length; i++) {
      const factorHigh = permutations[4 * i] as number;
      const factorLow = permutations[4 * i + 1] as number;
      const low = (Math.imul(factorLow, hash) >>> 0) + (permutations[4 * i + 3] as number);
      const cross = Math.imul(factorHigh, hash) - (negative ? factorLow : 0);
      const carry = low > 0xffff_ffff ? 1 : 0;
      const high = (highHalf(factorLow, hash) + cross + (permutations[4 * i + 2] as number) + carry) >>> 0;
      const value = modulo(high, low >>> 0);
      if (value < (least[i] as number)) least[i] = value;
    }
  }
}

/** The lower half of an integer of 64 bits modulo the prime, as the server comes to it: what lies above is added once. */
function modulo(high: number, low: number): number {
  const sum = low + (high >>> 29);
  const rest = (high & PRIME_HIGH) + (sum > 0xffff_ffff ? 1 : 0);
  const lowest = sum >>> 0;
  const reaches = rest > PRIME_HIGH || (rest === PRIME_HIGH && lowest === 0xffff_ffff);
  return reaches ? (lowest + 1) >>> 0 : lowest;
}

function permutations({ hashes, seed }: MinHashParams): Uint32Array {
  const random = mersenneTwister64(seed);
  const halves = new Uint32Array(4 * hashes);
  for (let i = 0; i < hashes; i++) {
    const factor = (random.next().value % (PRIME - 1n)) + 1n;
    const added = random.next().value % PRIME;
    halves.set([Number(factor >> 32n), Number(factor & 0xffff_ffffn)], 4 * i);
    halves.set([Number(added >> 32n), Number(added & 0xffff_ffffn)], 4 * i + 2);
  }
  return halves;
}
