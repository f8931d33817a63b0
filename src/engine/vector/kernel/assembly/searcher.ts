import { alloc, stride } from "./layout";

// Working memory of one thread on one part: query, result heap, candidate heap, visited marks, filter.

/** Entries of the candidate heap; what does not fit is dropped, and a result that ends short is completed by a scan. */
export const CANDIDATES: u32 = 65536;

export let query: usize = 0;
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

// The builder's working memory outlives its thread: the next builder of this part goes on with it.
const KEPT: usize = 128;

export function keepWork(): void {
  store<u32>(KEPT, <u32>results);
  store<u32>(KEPT, resultCapacity, 4);
  store<u32>(KEPT, <u32>candidates, 8);
  store<u32>(KEPT, <u32>scratch, 12);
  store<u32>(KEPT, <u32>visited, 16);
  store<u32>(KEPT, visitedCapacity, 20);
  store<u32>(KEPT, tag, 24);
}

export function takeWork(): void {
  results = load<u32>(KEPT);
  resultCapacity = load<u32>(KEPT, 4);
  candidates = load<u32>(KEPT, 8);
  scratch = load<u32>(KEPT, 12);
  visited = load<u32>(KEPT, 16);
  visitedCapacity = load<u32>(KEPT, 20);
  tag = load<u32>(KEPT, 24);
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
