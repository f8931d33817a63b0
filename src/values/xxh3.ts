/**
 * XXH3 of 64 bits with seed 0 and the standard secret.
 *
 * @see https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
 */

import { rotateLeft64 } from "./int64.js";

const MASK = (1n << 64n) - 1n;
const LOW = (1n << 32n) - 1n;

const PRIME32_1 = 0x9e3779b1n;
const PRIME32_2 = 0x85ebca77n;
const PRIME32_3 = 0xc2b2ae3dn;
const PRIME64_1 = 0x9e3779b185ebca87n;
const PRIME64_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME64_3 = 0x165667b19e3779f9n;
const PRIME64_4 = 0x85ebca77c2b2ae63n;
const PRIME64_5 = 0x27d4eb2f165667c5n;
const MIX_1 = 0x165667919e3779f9n;
const MIX_2 = 0x9fb21c651e98df25n;

const SECRET = Buffer.from(
  "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671fcb79e64eccc0e578825ad07dccff7221" +
    "b8084674f743248ee03590e6813a264c3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8a8" +
    "fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364eac5ac8334d3ebc3c581a0fffa1363eb17" +
    "0ddd51b7f0da49d316552629d4689e2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e",
  "hex",
);

const secret64 = (at: number): bigint => SECRET.readBigUInt64LE(at);

export function xxh3(bytes: Uint8Array): bigint {
  const input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = input;
  if (length === 0) return avalanche64(secret64(56) ^ secret64(64));
  if (length <= 3) return upTo3(input);
  if (length <= 8) return upTo8(input);
  if (length <= 16) return upTo16(input);
  if (length <= 128) return upTo128(input);
  return length <= 240 ? upTo240(input) : long(input);
}

function upTo3(input: Buffer): bigint {
  const { length } = input;
  const [first = 0, middle = 0, last = 0] = [input[0], input[length >> 1], input[length - 1]];
  const combined = BigInt(((first << 16) | (middle << 24) | last | (length << 8)) >>> 0);
  const flip = BigInt((SECRET.readUInt32LE(0) ^ SECRET.readUInt32LE(4)) >>> 0);
  return avalanche64(combined ^ flip);
}

function upTo8(input: Buffer): bigint {
  const first = BigInt(input.readUInt32LE(0));
  const last = BigInt(input.readUInt32LE(input.length - 4));
  let hash = (last + (first << 32n)) ^ secret64(8) ^ secret64(16);
  hash ^= rotateLeft64(hash, 49n) ^ rotateLeft64(hash, 24n);
  hash = (hash * MIX_2) & MASK;
  hash ^= (hash >> 35n) + BigInt(input.length);
  hash = (hash * MIX_2) & MASK;
  return hash ^ (hash >> 28n);
}

function upTo16(input: Buffer): bigint {
  const low = input.readBigUInt64LE(0) ^ secret64(24) ^ secret64(32);
  const high = input.readBigUInt64LE(input.length - 8) ^ secret64(40) ^ secret64(48);
  return avalanche(BigInt(input.length) + swapped(low) + high + folded(low, high));
}

function upTo128(input: Buffer): bigint {
  const { length } = input;
  let sum = BigInt(length) * PRIME64_1;
  for (let i = (length - 1) >> 5; i >= 0; i--) {
    sum += mixed(input, 16 * i, 32 * i) + mixed(input, length - 16 * (i + 1), 32 * i + 16);
  }
  return avalanche(sum);
}

function upTo240(input: Buffer): bigint {
  const { length } = input;
  let sum = BigInt(length) * PRIME64_1;
  for (let i = 0; i < 8; i++) sum += mixed(input, 16 * i, 16 * i);
  sum = avalanche(sum);
  for (let i = 8; i < length >> 4; i++) sum += mixed(input, 16 * i, 16 * (i - 8) + 3);
  return avalanche(sum + mixed(input, length - 16, 136 - 17));
}

const STRIPE = 64;
/** The secret moves on by eight bytes from stripe to stripe; a block ends where it does. */
const STRIPES = (SECRET.length - STRIPE) / 8;
const BLOCK = STRIPE * STRIPES;

function long(input: Buffer): bigint {
  const { length } = input;
  const sums = [PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1];
  const blocks = Math.floor((length - 1) / BLOCK);
  for (let block = 0; block < blocks; block++) {
    for (let n = 0; n < STRIPES; n++) accumulate(sums, input, block * BLOCK + n * STRIPE, 8 * n);
    scramble(sums);
  }
  const rest = Math.floor((length - 1 - blocks * BLOCK) / STRIPE);
  for (let n = 0; n < rest; n++) accumulate(sums, input, blocks * BLOCK + n * STRIPE, 8 * n);
  accumulate(sums, input, length - STRIPE, SECRET.length - STRIPE - 7);
  let hash = BigInt(length) * PRIME64_1;
  for (let i = 0; i < 8; i += 2) {
    hash += folded(sumAt(sums, i) ^ secret64(11 + 8 * i), sumAt(sums, i + 1) ^ secret64(19 + 8 * i));
  }
  return avalanche(hash);
}

function sumAt(sums: readonly bigint[], i: number): bigint {
  return sums[i] as bigint;
}

function accumulate(sums: bigint[], input: Buffer, at: number, secretAt: number): void {
  for (let i = 0; i < 8; i++) {
    const value = input.readBigUInt64LE(at + 8 * i);
    const key = value ^ secret64(secretAt + 8 * i);
    sums[i ^ 1] = (sumAt(sums, i ^ 1) + value) & MASK;
    sums[i] = (sumAt(sums, i) + (key & LOW) * (key >> 32n)) & MASK;
  }
}

function scramble(sums: bigint[]): void {
  for (let i = 0; i < 8; i++) {
    const sum = sumAt(sums, i);
    sums[i] = ((sum ^ (sum >> 47n) ^ secret64(SECRET.length - STRIPE + 8 * i)) * PRIME32_1) & MASK;
  }
}

function mixed(input: Buffer, at: number, secretAt: number): bigint {
  return folded(input.readBigUInt64LE(at) ^ secret64(secretAt), input.readBigUInt64LE(at + 8) ^ secret64(secretAt + 8));
}

/** The halves of a product of 128 bits, one over the other. */
function folded(a: bigint, b: bigint): bigint {
  const product = a * b;
  return (product & MASK) ^ (product >> 64n);
}

/** The bytes in the other order. */
function swapped(value: bigint): bigint {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes.readBigUInt64BE();
}

function avalanche(given: bigint): bigint {
  let hash = given & MASK;
  hash ^= hash >> 37n;
  hash = (hash * MIX_1) & MASK;
  return hash ^ (hash >> 32n);
}

function avalanche64(given: bigint): bigint {
  let hash = given ^ (given >> 33n);
  hash = (hash * PRIME64_2) & MASK;
  hash ^= hash >> 29n;
  hash = (hash * PRIME64_3) & MASK;
  return hash ^ (hash >> 32n);
}
