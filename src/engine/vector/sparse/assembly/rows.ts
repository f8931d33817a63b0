// Rows as they came: number and value of their terms, in ascending order of the terms' indices. They are the truth that
// scores are computed from; the lists only propose.
import { enlarge, take } from "./memory";
import { countLiving, indexOf } from "./terms";

export let rows: u32 = 0;
let capacity: u32 = 0;
/** Address of a row's entries by row, u32: u32 count, then u32 term and f32 value each. */
let addresses: usize = 0;
/** Sum of the values by row, f32: the length of a document. */
export let lengths: usize = 0;
/** One byte per row: 1 = alive. */
export let alive: usize = 0;

let living: u32 = 0;
let totalLength: f64 = 0;

/** Rows that were not removed, empty ones too. */
export function livingRows(): u32 {
  return living;
}
/** Sum of the lengths of the living rows. */
export function livingLength(): f64 {
  return totalLength;
}

export function rowCount(): u32 {
  return rows;
}
export function rowCapacity(): u32 {
  return capacity;
}

function reserve(count: u32): bool {
  if (count <= capacity) return true;
  let more: u32 = max(count, capacity == 0 ? 1024 : capacity << 1);
  let a = enlarge(addresses, <usize>capacity << 2, <usize>more << 2);
  let l = enlarge(lengths, <usize>capacity << 2, <usize>more << 2);
  let v = enlarge(alive, capacity, more);
  if (a == 0 || l == 0 || v == 0) return false;
  addresses = a;
  lengths = l;
  alive = v;
  capacity = more;
  return true;
}

/** Makes the next row, with room for `count` entries: their address, or 0. It counts after `publishRow`. */
export function newRow(count: u32): usize {
  if (!reserve(rows + 1)) return 0;
  let at = take(4 + (<usize>count << 3));
  if (at == 0) return 0;
  store<u32>(at, count);
  store<u32>(addresses + (<usize>rows << 2), <u32>at);
  return at + 4;
}

export function publishRow(length: f32): void {
  store<f32>(lengths + (<usize>rows << 2), length);
  store<u8>(alive + rows, 1);
  count(rows, 1);
  rows++;
}

/** Counts a row in or out. */
function count(row: u32, change: i32): void {
  living += change;
  totalLength += <f64>change * lengthAt(row);
  let at = rowAddress(row);
  let end = at + 4 + (<usize>load<u32>(at) << 3);
  for (at += 4; at < end; at += 8) if (load<f32>(at, 4) > 0) countLiving(load<u32>(at), change);
}

/** Copies a row's entries (u32 index, f32 value) to `to`; returns how many there are. The room must be enough. */
export function readRow(row: u32, to: usize): u32 {
  let at = rowAddress(row);
  let size = load<u32>(at);
  for (let i: u32 = 0; i < size; i++) {
    let from = at + 4 + (<usize>i << 3);
    store<u32>(to + (<usize>i << 3), indexOf(load<u32>(from)));
    store<f32>(to + (<usize>i << 3), load<f32>(from, 4), 4);
  }
  return size;
}

export function entriesOfRow(row: u32): u32 {
  return load<u32>(rowAddress(row));
}

export function isAlive(row: u32): u32 {
  return row < rows && load<u8>(alive + row) != 0 ? 1 : 0;
}

// @ts-ignore
@inline export function rowAddress(row: u32): usize {
  return <usize>load<u32>(addresses + (<usize>row << 2));
}
/** A row's entries stand from here, u32 term and f32 value each, */
// @ts-ignore
@inline export function firstEntry(row: u32): usize {
  return rowAddress(row) + 4;
}
/** up to here. */
// @ts-ignore
@inline export function lastEntry(row: u32): usize {
  let at = rowAddress(row);
  return at + 4 + (<usize>load<u32>(at) << 3);
}
// @ts-ignore
@inline export function lengthAt(row: u32): f64 {
  return <f64>load<f32>(lengths + (<usize>row << 2));
}

/** Returns 1 if the row was alive. */
export function remove(row: u32): u32 {
  if (row >= rows || load<u8>(alive + row) == 0) return 0;
  store<u8>(alive + row, 0);
  count(row, -1);
  return 1;
}
