// Dense lists: a level of four bits per row of a window. Level 0 is a row without the term; the others stand for the codes
// (255ths of the list's largest part) up to a bound of their own, so that what a level says is never too little.
import { take } from "./memory";

const LEVELS: u32 = 16;
/** The bounds of the levels, u8 each, then two rows per byte: row r and row r + 16 of each 32. */
const LEVEL_BYTES: usize = 16;
export const DENSE_LIST: usize = LEVEL_BYTES + 8192 / 2;

/** How often each code comes, u32; when the levels are chosen: the level of each code, u8. */
const TABLE: usize = 256 << 2;
const TABLES_PER_BLOCK: u32 = 64;
/** Addresses of blocks of tables, which are used again and again. */
const blocks: usize = memory.data(1024 << 2, 16);
let blockCount: u32 = 0;
let used: u32 = 0;

/** A zeroed table; 0 when the memory is full. */
export function takeLevels(): usize {
  let block = used / TABLES_PER_BLOCK;
  if (block == blockCount) {
    let fresh = block < 1024 ? take(TABLE * TABLES_PER_BLOCK) : 0;
    if (fresh == 0) return 0;
    store<u32>(blocks + (<usize>(blockCount++) << 2), <u32>fresh);
  }
  let table = <usize>load<u32>(blocks + (<usize>block << 2)) + <usize>(used++ % TABLES_PER_BLOCK) * TABLE;
  memory.fill(table, 0, TABLE);
  return table;
}

/** All tables are free again. */
export function forgetLevels(): void {
  used = 0;
}

// @ts-ignore
@inline export function countCode(table: usize, code: u32): void {
  let at = table + (<usize>code << 2);
  store<u32>(at, load<u32>(at) + 1);
}

/**
 * Divides the codes among the levels so that each adds about as little as the others to what the bounds say too much:
 * rows times width. Writes the bounds at `list`, and the level of each code in the place of the counts.
 */
export function splitLevels(table: usize, list: usize): void {
  // The least cost per level that is enough for all codes.
  let low: u32 = 0, high: u32 = 8192 * 256;
  while (low < high) {
    let middle = (low + high) >> 1;
    if (levelsFor(table, middle, 0) < LEVELS) high = middle;
    else low = middle + 1;
  }
  levelsFor(table, low, list);
}

/** How many levels there are when none may cost more; with `list`, they are written down. */
function levelsFor(table: usize, cost: u32, list: usize): u32 {
  let level: u32 = 0;
  let first: u32 = 0, inside: u32 = 0;
  for (let code: u32 = 1; code < 256; code++) {
    let here = load<u32>(table + (<usize>code << 2));
    if (here == 0) continue;
    if (level == 0 || (inside + here) * (code - first) > cost) {
      level++;
      first = code;
      inside = 0;
      if (level >= LEVELS) return level;
    }
    inside += here;
    if (list == 0) continue;
    // The counts of this code and those before are read.
    store<u8>(table + code, level);
    store<u8>(list + level, code);
  }
  return level;
}

/** The list is zeroed memory, and each row comes once. */
// @ts-ignore
@inline export function putLevel(list: usize, row: u32, level: u32): void {
  let at = list + LEVEL_BYTES + (<usize>(row >> 5) << 4) + (row & 15);
  store<u8>(at, load<u8>(at) | (level << (row & 16 ? 4 : 0)));
}

// @ts-ignore
@inline export function levelsAt(list: usize): usize {
  return list + LEVEL_BYTES;
}
