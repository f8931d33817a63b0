// Where things are in the shared memory of one part, and the allocator.
//
// Rows live in chunks of 2^shift rows, each chunk one block: vectors, nodes, address of upper links, row ids.
// A table of chunk addresses makes growing possible without ever moving a row, so that a builder thread and a
// searching thread can work on the same memory. Nothing is freed: the memory goes as a whole.

/** Control block, shared by all threads (u32 fields). */
export const CONTROL: usize = 64;
export const TOP: usize = 64; // next free byte
export const ROWS: usize = 68; // rows that may be read
export const GRAPH_ROWS: usize = 72; // rows [0, n) the graph has taken over
export const STOP: usize = 76; // non-zero tells the builder to stop
export const ENTRY: usize = 80; // u64: entry row | (highest level + 1) << 32; 0 = no graph
export const TABLE: usize = 88; // address of the chunk table
export const TABLE_CAPACITY: usize = 92;
export const TOMBS: usize = 96; // address of the tombstone bits
export const TOMBS_CAPACITY: usize = 100; // in rows
export const UPPER_NEXT: usize = 104; // free space for upper links
export const UPPER_END: usize = 108;
export const TOMB_COUNT: usize = 112;
export const CHUNKS: usize = 116;
export const CODE_STATE: usize = 160;
export const CODE_INVERSE: usize = 164; // f32
export const CODE_MIDDLE: usize = 168; // f32
export const CODE_CUT: usize = 172; // rows with a number beyond the scale
export const CODE_LONGEST: usize = 176; // f32: length of the longest copy, in its steps; where vectors are not held
// 192 to 255: where the builder's working memory lies (searcher.ts)
const LAST_BYTE: u64 = 0xffff0000;

export const NONE: u32 = 0xffffffff;

// Geometry: constant for the life of a memory, given by `init` to each instance.
export let shift: u32 = 0;
export let rowMask: u32 = 0;
/** Bytes of a vector with padding; the first `body` of them are a multiple of 64. */
export let stride: u32 = 0;
export let body: u32 = 0;
/** Bytes worth touching before a vector is read. */
export let touched: u32 = 0;
export let dimension: u32 = 0;
/** How vectors are stored (`numbers.ts`). */
export let format: u32 = 0;
/** Bytes behind a narrow vector: for cosines they hold 1 / its length, of bits how many are set. */
export let tail: u32 = 0;
/** 0 L2, 1 inner product, 2 cosine (float32: rows and query normalised), 3 Hamming, 4 Jaccard, 5 to 8 equal elements of 8, 16, 32, 64 bits. */
export let metric: u32 = 0;
export let m: u32 = 0;
export let linkBytes: u32 = 0;
/** A row's node: its eight-bit copy and its links, which a walk reads one after the other. */
export let nodeBytes: u32 = 0;
export let offNodes: u32 = 0;
export let offUpper: u32 = 0;
export let offIds: u32 = 0;
/** False: rows are their eight-bit copies alone, the vectors themselves lie elsewhere (`coded-rows.ts`). */
export let holdsVectors: bool = true;
/** Bytes of an eight-bit copy; 0 when there are none. */
export let codeStride: u32 = 0;
/** A float for each copy (`code-distance.ts`), and where vectors are not held another one (`coded-rows.ts`). */
export let offTerms: u32 = 0;
let termBytes: u32 = 0;
export let chunkBytes: u32 = 0;
/** Chunk table as this thread knows it; `refresh` reads it again. */
export let table: usize = 0;

/** Tells this instance the geometry. `links` = 0 for parts that never get a graph. */
export function init(
  dim: u32, formatCode: u32, metricCode: u32, strideBytes: u32, tailBytes: u32, codeBytes: u32, links: u32, rowShift: u32, holds: u32,
): void {
  holdsVectors = holds != 0;
  dimension = dim;
  format = formatCode;
  tail = tailBytes;
  stride = strideBytes;
  body = strideBytes & ~63;
  touched = body < 1024 ? body : 1024;
  metric = metricCode;
  m = links;
  linkBytes = links << 3;
  shift = rowShift;
  let rows: u32 = 1 << rowShift;
  rowMask = rows - 1;
  codeStride = codeBytes;
  nodeBytes = align(codeStride + linkBytes);
  offNodes = holdsVectors ? align(rows * stride) : 0;
  termBytes = codeStride == 0 ? 0 : holdsVectors ? 4 : 8;
  offUpper = offNodes + rows * nodeBytes;
  offTerms = align(offUpper + (links ? rows << 2 : 0));
  offIds = align(offTerms + rows * termBytes);
  // Checksums go in steps of 512 bytes.
  chunkBytes = (offIds + (rows << 3) + 511) & ~511;
  refresh();
}

/** Prepares a fresh memory; once, by the thread that owns it. */
export function create(): void {
  atomic.store<u32>(TOP, max(256, align(<u32>__heap_base)));
}

export function refresh(): void {
  table = atomic.load<u32>(TABLE);
}

// @ts-ignore
@inline export function align(n: u32): u32 {
  return (n + 63) & ~63;
}

/** A zeroed block, 64-byte aligned; 0 when the memory is full. Any thread. */
export function alloc(bytes: u32): usize {
  let old: u32;
  let next: u64;
  do {
    old = atomic.load<u32>(TOP);
    next = <u64>old + ((<u64>bytes + 63) & ~63);
    if (next > LAST_BYTE) return 0;
  } while (atomic.cmpxchg<u32>(TOP, old, <u32>next) != old);
  let pages: i32 = <i32>((next + 0xffff) >> 16);
  while (<i32>memory.size() < pages) {
    let have = <i32>memory.size();
    let spare = min(have >> 3, 512);
    if (have + spare + (pages - have) > 65535) spare = 0;
    if (memory.grow(pages - have + spare) < 0 && memory.grow(pages - have) < 0 && <i32>memory.size() < pages) return 0;
  }
  return old;
}

/** Makes room for `rows` rows in all. False when the memory is full. Owner only. */
export function reserve(rows: u32): bool {
  let bits = load<u32>(TOMBS_CAPACITY);
  if (rows > bits) {
    let larger = (max(max(rows, bits * 2), 1024) + 127) & ~127;
    let t = alloc(larger >> 3);
    if (t == 0) return false;
    memory.copy(t, load<u32>(TOMBS), bits >> 3);
    atomic.store<u32>(TOMBS, <u32>t);
    store<u32>(TOMBS_CAPACITY, larger);
  }
  let want = (rows + rowMask) >> shift;
  let have = load<u32>(CHUNKS);
  if (want <= have) return true;
  let capacity = load<u32>(TABLE_CAPACITY);
  if (want > capacity) {
    let larger = max(max(want, capacity * 2), 16);
    let t = alloc(larger << 2);
    if (t == 0) return false;
    memory.copy(t, load<u32>(TABLE), have << 2);
    atomic.store<u32>(TABLE, <u32>t);
    store<u32>(TABLE_CAPACITY, larger);
  }
  refresh();
  // One block for all new chunks: a part that is read from a file is then one run of bytes.
  let count = want - have;
  let block = alloc(count * chunkBytes);
  if (block == 0) return false;
  for (let i: u32 = 0; i < count; i++) {
    store<u32>(table + (<usize>(have + i) << 2), <u32>block);
    block += chunkBytes;
  }
  store<u32>(CHUNKS, want);
  return true;
}

export function getChunkBytes(): u32 {
  return chunkBytes;
}
export function getOffIds(): u32 {
  return offIds;
}
export function getOffUpper(): u32 {
  return offUpper;
}
export function getOffNodes(): u32 {
  return offNodes;
}
export function getNodeBytes(): u32 {
  return nodeBytes;
}

// @ts-ignore
@inline export function chunkOf(row: u32): usize {
  return <usize>load<u32>(table + (<usize>(row >> shift) << 2));
}
// @ts-ignore
@inline export function vectorOf(row: u32): usize {
  return chunkOf(row) + <usize>(row & rowMask) * stride;
}
// @ts-ignore
@inline export function codeOf(row: u32): usize {
  return chunkOf(row) + offNodes + <usize>(row & rowMask) * nodeBytes;
}
// @ts-ignore
@inline export function linksOf(row: u32): usize {
  return codeOf(row) + codeStride;
}
// @ts-ignore
@inline export function termOf(row: u32): usize {
  return chunkOf(row) + offTerms + <usize>(row & rowMask) * termBytes;
}
/** Address of the field that holds the address of the upper links. */
// @ts-ignore
@inline export function upperOf(row: u32): usize {
  return chunkOf(row) + offUpper + (<usize>(row & rowMask) << 2);
}
// @ts-ignore
@inline export function bit(bits: usize, row: u32): bool {
  return ((load<u32>(bits + (<usize>(row >> 5) << 2)) >> (row & 31)) & 1) != 0;
}

/** Address of a row's vector. */
export function vectorAddress(row: u32): usize {
  return vectorOf(row);
}
/** Address of the chunk in which a row lies. */
export function chunkAddress(row: u32): usize {
  return chunkOf(row);
}
/** Address of a row's eight-bit copy. */
export function codeAddress(row: u32): usize {
  return codeOf(row);
}
/** Address of what lies ready for a row's distances. */
export function termAddress(row: u32): usize {
  return termOf(row);
}

/** Marks a row deleted; false if it was. Owner only. */
export function tombstone(row: u32): bool {
  let p = <usize>load<u32>(TOMBS) + (<usize>(row >> 5) << 2);
  let word = load<u32>(p);
  let flag: u32 = 1 << (row & 31);
  if (word & flag) return false;
  atomic.store<u32>(p, word | flag);
  store<u32>(TOMB_COUNT, load<u32>(TOMB_COUNT) + 1);
  return true;
}

/** Rows deleted among `[0, rows)`. */
export function tombstonesBelow(rows: u32): u32 {
  let p = <usize>load<u32>(TOMBS);
  let n: u32 = 0;
  let words = rows >> 5;
  for (let i: u32 = 0; i < words; i++) n += popcnt<u32>(load<u32>(p + (<usize>i << 2)));
  if (rows & 31) n += popcnt<u32>(load<u32>(p + (<usize>words << 2)) & ((1 << (rows & 31)) - 1));
  return n;
}

/** How many bits of the filter are set and not deleted. */
export function countLive(filter: usize, rows: u32): u32 {
  let p = <usize>load<u32>(TOMBS);
  let n: u32 = 0;
  let words = (rows + 31) >> 5;
  for (let i: u32 = 0; i < words; i++) {
    let o = <usize>i << 2;
    n += popcnt<u32>(load<u32>(filter + o) & ~load<u32>(p + o));
  }
  return n;
}
