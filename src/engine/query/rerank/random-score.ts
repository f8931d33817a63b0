import { rotateLeft64 } from "../../../values/int64.js";

const MASK = (1n << 64n) - 1n;
const C1 = 0x87c37b91114253d5n;
const C2 = 0x4cf5ad432745937fn;

function mix(value: bigint): bigint {
  let k = value;
  k ^= k >> 33n;
  k = (k * 0xff51afd7ed558ccdn) & MASK;
  k ^= k >> 33n;
  k = (k * 0xc4ceb9fe1a85ec53n) & MASK;
  return k ^ (k >> 33n);
}

/**
 * A number in [0, 1) that depends on a key and a seed alone: the 128-bit Murmur3 hash of the pair, as a Milvus
 * server computes it for `random_score`.
 */
export function randomScore(key: bigint, seed: bigint): number {
  const k = BigInt.asUintN(64, key);
  const s = BigInt.asUintN(64, seed);
  let h1 = k ^ s;
  let h2 = s;
  h1 ^= (rotateLeft64((k * C1) & MASK, 31n) * C2) & MASK;
  h1 = ((rotateLeft64(h1, 27n) + h2) * 5n + 0x52dce729n) & MASK;
  h2 ^= (rotateLeft64((s * C2) & MASK, 33n) * C1) & MASK;
  h2 = ((rotateLeft64(h2, 31n) + h1) * 5n + 0x38495ab5n) & MASK;
  h1 ^= 16n;
  h2 ^= 16n;
  h1 = (h1 + h2) & MASK;
  h2 = (h2 + h1) & MASK;
  h1 = mix(h1);
  h2 = mix(h2);
  h1 = (h1 + h2) & MASK;
  return Number(h1 & ((1n << 52n) - 1n)) / 2 ** 52;
}
