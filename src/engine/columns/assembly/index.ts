// Scans of columns: a test of one column over the rows of a chunk, 32 rows to a word of bits, which goes into the words of the
// whole filter. The caller says how: `flip` is all ones for the opposite of a test, `valid` the address of bits that are set where
// the column has a value (0: in all rows), `how` is 0 to set the words, 1 for AND, 2 for OR.

// @ts-ignore
@inline function put(out: usize, word: u32, how: i32): void {
  if (how == 0) store<u32>(out, word);
  else if (how == 1) store<u32>(out, load<u32>(out) & word);
  else store<u32>(out, load<u32>(out) | word);
}
// @ts-ignore
@inline function valued(word: u32, flip: u32, valid: usize, at: u32): u32 {
  let result = word ^ flip;
  return valid == 0 ? result : result & load<u32>(valid + (at << 2));
}
/** Four registers of four lanes, each all ones or none, as 16 bits. */
// @ts-ignore
@inline function bitsOf16(a: v128, b: v128, c: v128, d: v128): u32 {
  return i8x16.bitmask(i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d)));
}
/** The halves of lanes of 64 bits: what is all ones stays so. */
// @ts-ignore
@inline function halves(a: v128, b: v128): v128 {
  return v128.shuffle<i32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore
@inline function inI32(p: usize, low: v128, span: v128): v128 {
  return i32x4.le_u(i32x4.sub(v128.load(p), low), span);
}
/** Integers from `low` to `high`, both of them included. */
export function betweenI32(values: usize, words: u32, low: i32, high: i32, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = i32x4.splat(low), span = i32x4.splat(high - low);
  for (let at: u32 = 0; at < words; at++, values += 128, out += 4) {
    let first = bitsOf16(inI32(values, from, span), inI32(values + 16, from, span), inI32(values + 32, from, span), inI32(values + 48, from, span));
    let second = bitsOf16(inI32(values + 64, from, span), inI32(values + 80, from, span), inI32(values + 96, from, span), inI32(values + 112, from, span));
    put(out, valued(first | (second << 16), flip, valid, at), how);
  }
}

// @ts-ignore
@inline function inI64(p: usize, low: v128, high: v128): v128 {
  let a = v128.load(p), b = v128.load(p, 16);
  return halves(v128.and(i64x2.ge_s(a, low), i64x2.le_s(a, high)), v128.and(i64x2.ge_s(b, low), i64x2.le_s(b, high)));
}
export function betweenI64(values: usize, words: u32, low: i64, high: i64, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = i64x2.splat(low), to = i64x2.splat(high);
  for (let at: u32 = 0; at < words; at++, values += 256, out += 4) {
    let first = bitsOf16(inI64(values, from, to), inI64(values + 32, from, to), inI64(values + 64, from, to), inI64(values + 96, from, to));
    let second = bitsOf16(inI64(values + 128, from, to), inI64(values + 160, from, to), inI64(values + 192, from, to), inI64(values + 224, from, to));
    put(out, valued(first | (second << 16), flip, valid, at), how);
  }
}

// @ts-ignore
@inline function inF32(p: usize, low: v128, high: v128): v128 {
  let a = v128.load(p);
  return v128.and(f32x4.ge(a, low), f32x4.le(a, high));
}
export function betweenF32(values: usize, words: u32, low: f32, high: f32, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = f32x4.splat(low), to = f32x4.splat(high);
  for (let at: u32 = 0; at < words; at++, values += 128, out += 4) {
    let first = bitsOf16(inF32(values, from, to), inF32(values + 16, from, to), inF32(values + 32, from, to), inF32(values + 48, from, to));
    let second = bitsOf16(inF32(values + 64, from, to), inF32(values + 80, from, to), inF32(values + 96, from, to), inF32(values + 112, from, to));
    put(out, valued(first | (second << 16), flip, valid, at), how);
  }
}

// @ts-ignore
@inline function inF64(p: usize, low: v128, high: v128): v128 {
  let a = v128.load(p), b = v128.load(p, 16);
  return halves(v128.and(f64x2.ge(a, low), f64x2.le(a, high)), v128.and(f64x2.ge(b, low), f64x2.le(b, high)));
}
export function betweenF64(values: usize, words: u32, low: f64, high: f64, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = f64x2.splat(low), to = f64x2.splat(high);
  for (let at: u32 = 0; at < words; at++, values += 256, out += 4) {
    let first = bitsOf16(inF64(values, from, to), inF64(values + 32, from, to), inF64(values + 64, from, to), inF64(values + 96, from, to));
    let second = bitsOf16(inF64(values + 128, from, to), inF64(values + 160, from, to), inF64(values + 192, from, to), inF64(values + 224, from, to));
    put(out, valued(first | (second << 16), flip, valid, at), how);
  }
}

// Tables of integers from a base on. A place is the distance of a value from there; those that are none lie behind the last.

// @ts-ignore
@inline function placesI32(p: usize, base: v128, size: v128): v128 {
  return i32x4.min_u(i32x4.sub(v128.load(p), base), size);
}
// @ts-ignore
@inline function placesI64(p: usize, base: v128, size: v128): v128 {
  let a = i64x2.sub(v128.load(p), base), b = i64x2.sub(v128.load(p, 16), base);
  let isFar = i32x4.ne(v128.shuffle<i32>(a, b, 1, 3, 5, 7), i32x4.splat(0));
  return i32x4.min_u(v128.or(halves(a, b), isFar), size);
}
// @ts-ignore
@inline function listed(table: usize, places: v128): u32 {
  let a = <u64>i64x2.extract_lane(places, 0), b = <u64>i64x2.extract_lane(places, 1);
  return <u32>load<u8>(table + <u32>a) | (<u32>load<u8>(table + <u32>(a >> 32)) << 1) | (<u32>load<u8>(table + <u32>b) << 2) | (<u32>load<u8>(table + <u32>(b >> 32)) << 3);
}
/** Integers `base + i` for which byte `i` of a table of `size` bytes is 1; the byte behind them is 0. */
export function listedI32(values: usize, words: u32, base: i32, table: usize, size: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = i32x4.splat(base), end = i32x4.splat(size);
  for (let at: u32 = 0; at < words; at++, values += 128, out += 4) {
    let first = listed(table, placesI32(values, from, end)) | (listed(table, placesI32(values + 16, from, end)) << 4) | (listed(table, placesI32(values + 32, from, end)) << 8) | (listed(table, placesI32(values + 48, from, end)) << 12);
    let second = listed(table, placesI32(values + 64, from, end)) | (listed(table, placesI32(values + 80, from, end)) << 4) | (listed(table, placesI32(values + 96, from, end)) << 8) | (listed(table, placesI32(values + 112, from, end)) << 12);
    put(out, valued(first | (second << 16), flip, valid, at), how);
  }
}
export function listedI64(values: usize, words: u32, base: i64, table: usize, size: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = i64x2.splat(base), end = i32x4.splat(size);
  for (let at: u32 = 0; at < words; at++, values += 256, out += 4) {
    let first = listed(table, placesI64(values, from, end)) | (listed(table, placesI64(values + 32, from, end)) << 4) | (listed(table, placesI64(values + 64, from, end)) << 8) | (listed(table, placesI64(values + 96, from, end)) << 12);
    let second = listed(table, placesI64(values + 128, from, end)) | (listed(table, placesI64(values + 160, from, end)) << 4) | (listed(table, placesI64(values + 192, from, end)) << 8) | (listed(table, placesI64(values + 224, from, end)) << 12);
    put(out, valued(first | (second << 16), flip, valid, at), how);
  }
}

// @ts-ignore
@inline function markAt(table: usize, i: u32): u32 {
  return (load<u32>(table + ((i >>> 5) << 2)) >>> (i & 31)) & 1;
}
// @ts-ignore
@inline function marked(table: usize, places: v128): u32 {
  return (
    markAt(table, i32x4.extract_lane(places, 0)) |
    (markAt(table, i32x4.extract_lane(places, 1)) << 1) |
    (markAt(table, i32x4.extract_lane(places, 2)) << 2) |
    (markAt(table, i32x4.extract_lane(places, 3)) << 3)
  );
}
/** Integers `base + i` for which bit `i` of a table of `size` bits is set; the one behind them is not. */
export function markedI32(values: usize, words: u32, base: i32, table: usize, size: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = i32x4.splat(base), end = i32x4.splat(size);
  for (let at: u32 = 0; at < words; at++, out += 4) {
    let word: u32 = 0;
    for (let last = values + 128; values < last; values += 16) word = (word >>> 4) | (marked(table, placesI32(values, from, end)) << 28);
    put(out, valued(word, flip, valid, at), how);
  }
}
export function markedI64(values: usize, words: u32, base: i64, table: usize, size: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  let from = i64x2.splat(base), end = i32x4.splat(size);
  for (let at: u32 = 0; at < words; at++, out += 4) {
    let word: u32 = 0;
    for (let last = values + 256; values < last; values += 32) word = (word >>> 4) | (marked(table, placesI64(values, from, end)) << 28);
    put(out, valued(word, flip, valid, at), how);
  }
}

// Sets of 64-bit words, by open addressing: integers as they are, numbers as doubles. Behind the slots stand eight bytes for each, of
// which those are 1 that a value falls on: most rows are told by them, without a look at a slot.

/** What a slot holds that is free; the set itself cannot have it, and says so apart. */
const FREE: i64 = -0x6b5fca5f3d1c7b21;
/** How the values of a column lie in memory. */
const KIND_I32 = 0, KIND_I64 = 1, KIND_F32 = 2, KIND_F64 = 3, KIND_WHOLE_F64 = 4;

/** Bytes for each slot, as a power of two. */
const MARKS = 3;

// @ts-ignore
@inline function hashed(value: i64, shift: u32): usize {
  return <usize>(<u64>(value * -0x61c8864680b583eb) >> shift);
}
/** 1 where a value may be in the set. */
// @ts-ignore
@inline function mayHave(marks: usize, shift: u32, value: i64): u32 {
  return load<u8>(marks + hashed(value, shift - MARKS));
}
/** Zeros of both signs are one number. */
// @ts-ignore
@inline function wordAt(p: usize, i: u32, kind: i32): i64 {
  if (kind == KIND_I32) return <i64>load<i32>(p + (i << 2));
  if (kind == KIND_I64) return load<i64>(p + (i << 3));
  if (kind == KIND_WHOLE_F64) return <i64>load<f64>(p + (i << 3));
  if (kind == KIND_F32) return reinterpret<i64>(<f64>load<f32>(p + (i << 2)) + 0);
  return reinterpret<i64>(load<f64>(p + (i << 3)) + 0);
}
/** Puts values into a set of `1 << bits` slots, more than there are values. Returns 1 when `FREE` is among them. */
export function fillSet(set: usize, bits: u32, values: usize, count: u32, kind: i32): u32 {
  let mask = (<usize>1 << bits) - 1, shift = 64 - bits, hasFree: u32 = 0;
  let marks = set + (<usize>8 << bits);
  for (let i: usize = 0; i <= mask; i++) {
    store<i64>(set + (i << 3), FREE);
    store<u64>(marks + (i << MARKS), 0);
  }
  for (let i: u32 = 0; i < count; i++) {
    let word = wordAt(values, i, kind);
    store<u8>(marks + hashed(word, shift - MARKS), 1);
    if (word == FREE) { hasFree = 1; continue; }
    let slot = hashed(word, shift);
    for (;;) {
      let there = load<i64>(set + (slot << 3));
      if (there == word) break;
      if (there == FREE) { store<i64>(set + (slot << 3), word); break; }
      slot = (slot + 1) & mask;
    }
  }
  return hasFree;
}
// @ts-ignore
@inline function has(set: usize, mask: usize, shift: u32, hasFree: u32, word: i64): u32 {
  if (word == FREE) return hasFree;
  let slot = hashed(word, shift), there = load<i64>(set + (slot << 3));
  while (there != word && there != FREE) {
    slot = (slot + 1) & mask;
    there = load<i64>(set + (slot << 3));
  }
  return u32(there == word);
}
// @ts-ignore
@inline function inSet(values: usize, words: u32, set: usize, bits: u32, hasFree: u32, kind: i32, flip: u32, valid: usize, out: usize, how: i32): void {
  let mask = (<usize>1 << bits) - 1, shift = 64 - bits, marks = set + (<usize>8 << bits);
  for (let at: u32 = 0; at < words; at++, out += 4) {
    let word: u32 = 0;
    for (let i = at << 5, end = i + 32; i < end; i += 4) {
      let four = mayHave(marks, shift, wordAt(values, i, kind)) | (mayHave(marks, shift, wordAt(values, i + 1, kind)) << 1) | (mayHave(marks, shift, wordAt(values, i + 2, kind)) << 2) | (mayHave(marks, shift, wordAt(values, i + 3, kind)) << 3);
      word = (word >>> 4) | (four << 28);
    }
    for (let left = word; left != 0; left &= left - 1) {
      let i = ctz<u32>(left);
      if (has(set, mask, shift, hasFree, wordAt(values, (at << 5) + i, kind)) == 0) word ^= <u32>1 << i;
    }
    put(out, valued(word, flip, valid, at), how);
  }
}
export function inSetI32(values: usize, words: u32, set: usize, bits: u32, hasFree: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  inSet(values, words, set, bits, hasFree, KIND_I32, flip, valid, out, how);
}
export function inSetI64(values: usize, words: u32, set: usize, bits: u32, hasFree: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  inSet(values, words, set, bits, hasFree, KIND_I64, flip, valid, out, how);
}
export function inSetF32(values: usize, words: u32, set: usize, bits: u32, hasFree: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  inSet(values, words, set, bits, hasFree, KIND_F32, flip, valid, out, how);
}
export function inSetF64(values: usize, words: u32, set: usize, bits: u32, hasFree: u32, flip: u32, valid: usize, out: usize, how: i32): void {
  inSet(values, words, set, bits, hasFree, KIND_F64, flip, valid, out, how);
}

/** The same word for all rows, of those with a value. */
export function constant(words: u32, word: u32, valid: usize, out: usize, how: i32): void {
  for (let at: u32 = 0; at < words; at++, out += 4) put(out, valued(word, 0, valid, at), how);
}
/** Bits that are there, or their opposite. */
export function copied(bits: usize, words: u32, flip: u32, out: usize, how: i32): void {
  for (let at: u32 = 0; at < words; at++, bits += 4, out += 4) put(out, load<u32>(bits) ^ flip, how);
}
/** Bits that are set. */
export function count(bits: usize, words: u32): u32 {
  let n: u32 = 0;
  for (let end = bits + (<usize>words << 2); bits < end; bits += 4) n += popcnt<u32>(load<u32>(bits));
  return n;
}
/** Bytes of a table that is to be filled. */
export function clear(table: usize, bytes: usize): void {
  memory.fill(table, 0, bytes);
}
/** Makes the memory reach so many bytes. Returns 0 when there is no more. */
export function reach(bytes: f64): u32 {
  let pages = <i32>ceil(bytes / 65536) - memory.size();
  return pages <= 0 || memory.grow(pages) >= 0 ? 1 : 0;
}
