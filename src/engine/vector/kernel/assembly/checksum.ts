// 64-bit checksum over 16-byte blocks, after the accumulate step of XXH3: each block is added and multiplied in, so
// that a changed bit always changes the sum. Streamed: call it piece by piece, each a multiple of 512 bytes.

const STATE_BYTES: u32 = 64;
const K0: u64 = 0x9e3779b185ebca87;
const K1: u64 = 0xc2b2ae3d27d4eb4f;
const K2: u64 = 0x165667b19e3779f9;
const K3: u64 = 0x85ebca77c2b2ae63;

/** Readies the 64 bytes at `state`. */
export function checksumBegin(state: usize): void {
  for (let i: u32 = 0; i < STATE_BYTES; i += 8) store<u64>(state + i, K0 * <u64>(i + 1));
}

// @ts-ignore
@inline function mix(acc: v128, data: v128, secret: v128): v128 {
  let d = v128.xor(data, secret);
  let low = v128.shuffle<u32>(d, d, 0, 2, 0, 2);
  let high = v128.shuffle<u32>(d, d, 1, 3, 1, 3);
  let swapped = v128.shuffle<u64>(data, data, 1, 0);
  return i64x2.add(i64x2.add(acc, swapped), i64x2.extmul_low_i32x4_u(low, high));
}
// @ts-ignore
@inline function turn(acc: v128): v128 {
  let x = v128.xor(acc, i64x2.shr_u(acc, 47));
  return i64x2.mul(x, i64x2.splat(K2));
}

/** Adds `bytes` bytes (a multiple of 512) at `p`. */
export function checksumAdd(state: usize, p: usize, bytes: u32): void {
  let a = v128.load(state), b = v128.load(state, 16), c = v128.load(state, 32), d = v128.load(state, 48);
  let s0 = i64x2(K0, K1), s1 = i64x2(K1, K2), s2 = i64x2(K2, K3), s3 = i64x2(K3, K0);
  let end = p + bytes;
  let step = i64x2(K3, K0);
  let n: u32 = 0;
  while (p < end) {
    a = mix(a, v128.load(p), s0);
    b = mix(b, v128.load(p, 16), s1);
    c = mix(c, v128.load(p, 32), s2);
    d = mix(d, v128.load(p, 48), s3);
    p += 64;
    // Every position gets its own weight: secrets that change, and a stir after each step of 512 bytes.
    s0 = i64x2.add(s0, step);
    s1 = i64x2.add(s1, step);
    s2 = i64x2.add(s2, step);
    s3 = i64x2.add(s3, step);
    if ((++n & 7) == 0) {
      a = turn(a);
      b = turn(b);
      c = turn(c);
      d = turn(d);
      s0 = i64x2(K0, K1);
      s1 = i64x2(K1, K2);
      s2 = i64x2(K2, K3);
      s3 = i64x2(K3, K0);
    }
  }
  v128.store(state, a);
  v128.store(state, b, 16);
  v128.store(state, c, 32);
  v128.store(state, d, 48);
}

/** The sum of all pieces, `length` bytes in all. */
export function checksumEnd(state: usize, length: f64): u64 {
  let h: u64 = <u64>length * K1;
  for (let i: u32 = 0; i < STATE_BYTES; i += 8) {
    h = rotl<u64>(h ^ (load<u64>(state + i) * K2), 31) * K0 + K3;
  }
  h ^= h >> 33;
  h *= K1;
  h ^= h >> 29;
  h *= K2;
  return h ^ (h >> 32);
}
