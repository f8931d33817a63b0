import { invalidParameter } from "../../errors.js";
import { MinHash, type MinHashParams } from "../../text/minhash.js";
import { BoundedMap } from "../../values/bounded-map.js";

/** Bits of one value of a MinHash signature, and of an element of MHJACCARD where an index says nothing else. */
export const SIGNATURE_BITS = 32;

const HASHES: Readonly<Record<string, MinHashParams["hash"]>> = {
  xxhash: "xxhash",
  xxhash64: "xxhash",
  sha1: "sha1",
};
const TOKENS: Readonly<Record<string, MinHashParams["tokens"]>> = { word: "word", char: "char", character: "char" };
const MASK = (1n << 64n) - 1n;

/**
 * The parameters of a MinHash function.
 *
 * @param dimension of the output field, in bits: so many values it has where none are asked for
 * @throws InvalidParameter
 */
export function readMinHashParams(params: Readonly<Record<string, string>>, dimension: number): MinHashParams {
  const given = new Map(Object.entries(params).map(([key, value]) => [key.toLowerCase(), value]));
  const count = (name: string, fallback: number): number => {
    const value = given.get(name);
    if (value === undefined) return fallback;
    if (/^\+?\d+$/.test(value) && Number(value) > 0 && Number.isSafeInteger(Number(value))) return Number(value);
    throw invalidParameter(`minhash function param ${name} should be a positive integer, got ${value}`);
  };
  const hash = (given.get("hash_function") ?? "xxhash").toLowerCase();
  const tokens = (given.get("token_level") ?? "word").toLowerCase();
  const seed = given.get("seed") ?? "1234";
  if (!Object.hasOwn(HASHES, hash))
    throw invalidParameter(`unknown hash function: ${hash} (expected 'xxhash64' or 'sha1')`);
  if (!Object.hasOwn(TOKENS, tokens))
    throw invalidParameter(`unknown token level: ${tokens} (expected 'word' or 'char')`);
  if (!/^[+-]?\d{1,20}$/.test(seed))
    throw invalidParameter(`minhash function param seed should be an integer, got ${seed}`);
  return {
    hashes: count("num_hashes", Math.floor(dimension / SIGNATURE_BITS)),
    shingle: count("shingle_size", 3),
    hash: HASHES[hash] as MinHashParams["hash"],
    tokens: TOKENS[tokens] as MinHashParams["tokens"],
    seed: BigInt(seed) & MASK,
  };
}

/** What makes signatures for a function, whose numbers cost something to draw. */
export function minHashOf(params: Readonly<Record<string, string>>, dimension: number): MinHash {
  return known.getOrMake(
    `${dimension} ${JSON.stringify(params)}`,
    () => new MinHash(readMinHashParams(params, dimension)),
  );
}

const known = new BoundedMap<string, MinHash>({ entries: 32 });
