const MASK = (1n << 64n) - 1n;
const SIZE = 312;
const HALF = 156;
const UPPER = 0xffffffff80000000n;
const LOWER = 0x7fffffffn;

/** `std::mt19937_64` of C++: the numbers that it gives for a seed, one after the other. */
export function* mersenneTwister64(seed: bigint): Generator<bigint, never, void> {
  const state = [seed & MASK];
  for (let i = 1; i < SIZE; i++) {
    const before = state[i - 1] as bigint;
    state[i] = (6364136223846793005n * (before ^ (before >> 62n)) + BigInt(i)) & MASK;
  }
  while (true) {
    for (let i = 0; i < SIZE; i++) {
      const x = ((state[i] as bigint) & UPPER) | ((state[(i + 1) % SIZE] as bigint) & LOWER);
      const twisted = (x >> 1n) ^ ((x & 1n) === 0n ? 0n : 0xb5026f5aa96619e9n);
      state[i] = (state[(i + HALF) % SIZE] as bigint) ^ twisted;
    }
    for (const value of state) yield tempered(value);
  }
}

function tempered(value: bigint): bigint {
  let x = value;
  x ^= (x >> 29n) & 0x5555555555555555n;
  x ^= (x << 17n) & 0x71d67fffeda60000n;
  x ^= (x << 37n) & 0xfff7eee000000000n;
  return x ^ (x >> 43n);
}
