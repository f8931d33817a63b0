import { m, NONE, refresh, upperOf } from "./layout";
import { makeUpper } from "./insert";

// Upper links in a portable form: (row, level, lists) records, one after the other.

/** Row at which the next `exportUpper` goes on. */
let nextRow: u32 = 0;
export function upperNextRow(): u32 {
  return nextRow;
}

/** Writes the records of rows `[from, rows)` to `to` until `capacity` bytes are used. Returns the bytes written. */
export function exportUpper(from: u32, rows: u32, to: usize, capacity: u32): u32 {
  refresh();
  let used: u32 = 0;
  let row = from;
  for (; row < rows; row++) {
    let p = <usize>load<u32>(upperOf(row));
    if (p == 0) continue;
    let lists = load<u32>(p) * (m << 2);
    if (used + 8 + lists > capacity) break;
    store<u32>(to + used, row);
    store<u32>(to + used, load<u32>(p), 4);
    memory.copy(to + used + 8, p + 4, lists);
    used += 8 + lists;
  }
  nextRow = row;
  return used;
}

/** Clears the upper addresses of rows `[from, to)`: a file brings those of the thread that wrote it. */
export function clearUpper(from: u32, to: u32): void {
  refresh();
  for (let row = from; row < to; row++) store<u32>(upperOf(row), 0);
}

/** Takes over records written by `exportUpper`, of rows below `rows`. False when they make no sense. */
export function importUpper(from: usize, bytes: u32, rows: u32): bool {
  refresh();
  let p = from, end = from + bytes;
  while (p < end) {
    if (p + 8 > end) return false;
    let row = load<u32>(p), level = load<u32>(p, 4);
    if (row >= rows || level == 0 || level > 31) return false;
    let lists = level * (m << 2);
    if (p + 8 + lists > end) return false;
    for (let i: u32 = 0; i < lists; i += 4) {
      let c = load<u32>(p + 8 + i);
      if (c != NONE && c >= rows) return false;
    }
    let upper = makeUpper(level);
    if (upper == 0) return false;
    memory.copy(upper + 4, p + 8, lists);
    store<u32>(upperOf(row), <u32>upper);
    p += 8 + lists;
  }
  return true;
}
