/** The kinds of typed arrays that travel between threads. Their order is part of the form in `worker/line`. */
export const TYPED_ARRAYS = [
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

export const TYPED_ARRAY_NAMES: readonly string[] = TYPED_ARRAYS.map(({ name }) => name);
