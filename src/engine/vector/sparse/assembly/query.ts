// A query in the kernel's memory: its terms, and which rows it may find. A row's score comes from its own entries.
import { offer } from "./hits";
import { take } from "./memory";
import { alive, lengthAt, rowAddress, rowCapacity } from "./rows";
import { ENTRY, entriesOf, entryCount, findTerm, NO_TERM, termCount } from "./terms";
import { isBm25, part } from "./weighting";

let input: usize = 0;
let inputCapacity: usize = 0;

/** At least `bytes` for entries of rows or terms of queries; 0 when the memory is full. */
export function inputArea(bytes: u32): usize {
  if (input == 0 || <usize>bytes > inputCapacity) {
    let capacity = max<usize>(<usize>bytes, max<usize>(4096, inputCapacity << 1));
    input = take(capacity);
    inputCapacity = input == 0 ? 0 : capacity;
  }
  return input;
}

export let filter: usize = 0;
let filterCapacity: usize = 0;

/**
 * Room for a filter: one byte per row (1 = allowed) for `search`, or a list of u32 rows for `gather`; 0 when the memory is
 * full.
 */
export function filterArea(bytes: u32): usize {
  if (filterCapacity < <usize>bytes) {
    filterCapacity = max<usize>(<usize>bytes, <usize>rowCapacity());
    filter = take(filterCapacity);
    if (filter == 0) filterCapacity = 0;
  }
  return filter;
}

/** Weight by term number, f32; all zero between searches. */
let weights: usize = 0;
let weightCapacity: u32 = 0;

/** A term of the query: u32 number, f32 weight, u32 next entry, u32 last entry (addresses). */
export const TERM: usize = 16;
export let terms: usize = 0;
export let queryTerms: u32 = 0;
let termCapacity: u32 = 0;
let filtered: bool = false;

/** Reads the query's terms (u32 index, f32 weight). False when the memory is full. */
export function beginQuery(query: usize, given: u32, withFilter: bool): bool {
  filtered = withFilter;
  queryTerms = 0;
  if (termCapacity < given) {
    terms = take(<usize>given * TERM);
    termCapacity = terms == 0 ? 0 : given;
  }
  if (weightCapacity < termCount) {
    weightCapacity = termCount + (termCount >> 1);
    weights = take(<usize>weightCapacity << 2);
    if (weights == 0) weightCapacity = 0;
  }
  if (termCapacity < given || weightCapacity < termCount) return false;
  for (let i: u32 = 0; i < given; i++) {
    let number = findTerm(load<u32>(query + (<usize>i << 3)));
    let weight = load<f32>(query + (<usize>i << 3), 4);
    if (number == NO_TERM || !(weight > 0)) continue;
    let term = terms + <usize>(queryTerms++) * TERM;
    let entries = entriesOf(number);
    store<u32>(term, number);
    store<f32>(term, weight, 4);
    store<u32>(term, <u32>entries, 8);
    store<u32>(term, <u32>(entries + <usize>entryCount(number) * ENTRY), 12);
    store<f32>(weights + (<usize>number << 2), weight);
  }
  return true;
}

/** Forgets the query. */
export function endQuery(): void {
  for (let t: u32 = 0; t < queryTerms; t++) {
    store<f32>(weights + (<usize>load<u32>(terms + <usize>t * TERM) << 2), 0);
  }
}

// @ts-ignore
@inline export function mayBeHit(row: u32): bool {
  return load<u8>(alive + row) != 0 && (!filtered || load<u8>(filter + row) != 0);
}

/** A row's score out of its own entries. */
function scoreOf(row: u32): f64 {
  let at = rowAddress(row);
  let end = at + 4 + (<usize>load<u32>(at) << 3);
  let sum: f64 = 0;
  if (isBm25) {
    let length = lengthAt(row);
    for (at += 4; at < end; at += 8) {
      let weight = load<f32>(weights + (<usize>load<u32>(at) << 2));
      if (weight != 0) sum += <f64>weight * part(<f64>load<f32>(at, 4), length);
    }
  } else {
    // Without a branch that nobody can foresee: a term that was not asked for adds 0.
    for (at += 4; at < end; at += 8) {
      sum += <f64>load<f32>(weights + (<usize>load<u32>(at) << 2)) * <f64>load<f32>(at, 4);
    }
  }
  return sum;
}

export function verify(row: u32): void {
  if (mayBeHit(row)) offer(row, scoreOf(row));
}
