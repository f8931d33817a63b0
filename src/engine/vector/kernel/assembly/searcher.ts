import { alloc, codeStride, stride } from "./layout";

// Working memory of one thread on one part: query, result heap, candidate heap, visited marks, filter.

/** Entries of the candidate heap; what does not fit is dropped, and a result that ends short is completed by a scan. */
export const CANDIDATES: u32 = 65536;

export let query: usize = 0;
/** The query as integers: of each 16 the upper 7 bits and the lower 7, or all bits of them; 0 until it is asked for. */
export let queryCode: usize = 0;
export let results: usize = 0;
export let resultCapacity: u32 = 0;
export let candidates: usize = 0;
export let scratch: usize = 0;
export let filterArea: usize = 0;
let filterCapacity: u32 = 0;
export let visited: usize = 0;
let visitedCapacity: u32 = 0;
export let tag: u32 = 0;

/** Address of the query vector: `dimension` floats, the padding behind them stays zero. 0 when the memory is full. */
export function queryAddress(): usize {
  if (query == 0) query = alloc(stride);
  return query;
}

/** Address of a result heap for `n` keys; afterwards it holds (row u32, ordered distance u32) pairs, best first. */
export function resultAddress(n: u32): usize {
  if (n > resultCapacity) {
    let larger = max(max(n, resultCapacity * 2), 256);
    let p = alloc(larger << 3);
    if (p == 0) return 0;
    results = p;
    resultCapacity = larger;
  }
  return results;
}

/** Address of the filter: bits or row numbers, at least `bytes` long. */
export function filterAddress(bytes: u32): usize {
  if (bytes > filterCapacity) {
    let larger = max(max(bytes, filterCapacity * 2), 1024);
    let p = alloc(larger);
    if (p == 0) return 0;
    filterArea = p;
    filterCapacity = larger;
  }
  return filterArea;
}

/** Makes room for the query's code. False when the memory is full. */
export function reserveQueryCode(): bool {
  if (queryCode == 0) queryCode = alloc(codeStride << 1);
  return queryCode != 0;
}

// Working memory outlives its thread, since nothing is freed: the next one goes on with it.

/** Notes at `at` (64 bytes) where the working memory lies. Not while a search or a build is under way. */
export function keepWork(at: usize): void {
  store<u32>(at, <u32>results);
  store<u32>(at, resultCapacity, 4);
  store<u32>(at, <u32>candidates, 8);
  store<u32>(at, <u32>scratch, 12);
  store<u32>(at, <u32>visited, 16);
  store<u32>(at, visitedCapacity, 20);
  store<u32>(at, <u32>query, 24);
  store<u32>(at, <u32>queryCode, 28);
  store<u32>(at, <u32>filterArea, 32);
  store<u32>(at, filterCapacity, 36);
}

/** Takes over the working memory that was noted at `at`, whatever its thread has done since. */
export function takeWork(at: usize): void {
  results = load<u32>(at);
  resultCapacity = load<u32>(at, 4);
  candidates = load<u32>(at, 8);
  scratch = load<u32>(at, 12);
  visited = load<u32>(at, 16);
  visitedCapacity = load<u32>(at, 20);
  query = load<u32>(at, 24);
  queryCode = load<u32>(at, 28);
  filterArea = load<u32>(at, 32);
  filterCapacity = load<u32>(at, 36);
  // The next walk clears the marks.
  tag = 65535;
}

/** Address of `CANDIDATES * 8` bytes that are free while no walk is under way; 0 when the memory is full. */
export function workAddress(): usize {
  return beginWalk(1) ? candidates : 0;
}

/** Readies the marks for a walk over rows below `rows`. False when the memory is full. */
export function beginWalk(rows: u32): bool {
  if (candidates == 0) {
    let p = alloc(CANDIDATES << 3);
    if (p == 0) return false;
    candidates = p;
    // Neighbours at hand: two lists of up to 4096 row numbers.
    scratch = alloc(65536 + 64);
    if (scratch == 0) return false;
  }
  if (rows > visitedCapacity) {
    let larger = max(rows + (rows >> 2), 4096);
    let p = alloc(larger << 1);
    if (p == 0) return false;
    visited = p;
    visitedCapacity = larger;
    tag = 0;
  }
  if (++tag == 65536) {
    memory.fill(visited, 0, <usize>visitedCapacity << 1);
    tag = 1;
  }
  return true;
}
