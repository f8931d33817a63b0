import { encodeOwnCode, encodeQuery } from "./code-distance";
import { beginCodes, CODES_READY, encodeRow } from "./codes";
import { distanceOf, keyOf } from "./distance";
import { popMin, pushMax, pushMin, replaceMax, sortHeap } from "./heap";
import {
  alloc, bit, CODE_STATE, codeStride, ENTRY, GRAPH_ROWS, holdsVectors, linksOf, m, NONE, refresh, ROWS, STOP, TOMBS, UPPER_END, UPPER_NEXT, upperOf, vectorOf,
} from "./layout";
import { beginWalk, CANDIDATES, candidates, resultAddress, results, scratch, tag, visited } from "./searcher";
import { descend, KEYS, keysOf, nearness, rerankFor, rowDistance, touch, unseen } from "./walk";

// Builds the graph (Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using
// Hierarchical Navigable Small World graphs", algorithms 1 to 4) in the memory that another thread searches.
// There is one builder at a time. A searcher may see a list half rewritten: each entry of it is a row that is in the graph.

const UPPER_BLOCK: u32 = 65536;
const MAX_LEVEL: u32 = 31;

/** Level of a row: the usual exponential distribution, from a hash, so that equal input gives an equal graph. */
function levelOf(row: u32): u32 {
  let z: u64 = <u64>row + 0x9e3779b97f4a7c15;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  z = z ^ (z >> 31);
  let u = (<f64>(z >> 11) + 1.0) / 9007199254740992.0;
  // floor(-ln u / ln m), without a logarithm: its tables would be static data in the shared memory.
  let level: u32 = 0;
  let step = 1.0 / <f64>m;
  for (let bound = step; u < bound && level < MAX_LEVEL; bound *= step) level++;
  return level;
}

/** Room for the upper links of a row, its lists empty; 0 when the memory is full. */
export function makeUpper(level: u32): usize {
  let bytes = (4 + level * (m << 2) + 3) & ~3;
  let next = load<u32>(UPPER_NEXT);
  if (next + bytes > load<u32>(UPPER_END)) {
    let block = alloc(max(bytes, UPPER_BLOCK));
    if (block == 0) return 0;
    next = <u32>block;
    store<u32>(UPPER_END, <u32>(block + max(bytes, UPPER_BLOCK)));
  }
  store<u32>(UPPER_NEXT, next + bytes);
  store<u32>(next, level);
  memory.fill(next + 4, 0xff, bytes - 4);
  return next;
}

// @ts-ignore
@inline function listOf(row: u32, level: u32): usize {
  if (level == 0) return linksOf(row);
  return <usize>load<u32>(upperOf(row)) + 4 + <usize>(level - 1) * (<usize>m << 2);
}

/** The `ef` rows nearest to `q` on one level, starting from the `n` rows in the result heap. Returns their number. */
function searchLevel(q: usize, n: u32, ef: u32, level: u32, coded: bool): u32 {
  let R = results, C = candidates, list = scratch, keys = scratch + KEYS;
  let nc: u32 = 0;
  for (let i: u32 = 0; i < n; i++) {
    let key = load<u64>(R + (<usize>i << 3));
    pushMin(C, nc++, key);
    store<u16>(visited + (<usize><u32>key << 1), <u16>tag);
  }
  let width = level == 0 ? m << 3 : m << 2;
  let worst: u64 = n == ef ? load<u64>(R) : u64.MAX_VALUE;
  while (nc > 0) {
    let top = load<u64>(C);
    if (top > worst) break;
    popMin(C, --nc);
    let p = listOf(<u32>top, level);
    let fresh = unseen(p, p + width, list);
    keysOf(list, fresh, keys, q, coded);
    for (let f = keys, last = keys + ((fresh - list) << 1); f < last; f += 8) {
      let key = load<u64>(f);
      if (key >= worst) continue;
      if (nc < CANDIDATES) pushMin(C, nc++, key);
      if (n < ef) {
        pushMax(R, n++, key);
      } else {
        replaceMax(R, n, key);
      }
      if (n == ef) worst = load<u64>(R);
    }
  }
  return n;
}
let keep: u32 = 0;
export function keptInserts(): u32 {
  return keep;
}

/**
 * Algorithm 4: of the `n` ascending keys at `from` keeps up to `limit` that are nearer to the base than to any kept one;
 * moves them to the front and returns their number.
 */
function selectNeighbours(from: usize, n: u32, limit: u32): u32 {
  if (n < limit) return n;
  let kept: u32 = 0;
  for (let i: u32 = 0; i < n && kept < limit; i++) {
    let key = load<u64>(from + (<usize>i << 3));
    let d = distanceOf(key);
    let good = true;
    for (let j: u32 = 0; j < kept; j++) {
      if (rowDistance(load<u32>(from + (<usize>j << 3)), <u32>key) < d) {
        good = false;
        break;
      }
    }
    if (!good) continue;
    store<u64>(from + (<usize>kept << 3), key);
    kept++;
  }
  return kept;
}

/** Writes a list: ids first, then the end mark, so that a reader always finds rows of the graph. */
function writeList(list: usize, width: u32, from: usize, n: u32): void {
  for (let i: u32 = 0; i < n; i++) store<u32>(list + (<usize>i << 2), load<u32>(from + (<usize>i << 3)));
  if (n < width) store<u32>(list + (<usize>n << 2), NONE);
}

/** Links `row` from `other`; a full list is chosen anew from its entries and the row. */
function linkBack(other: u32, row: u32, d: f32, level: u32): void {
  let list = listOf(other, level);
  let width = level == 0 ? m << 1 : m;
  let n: u32 = 0;
  while (n < width && load<u32>(list + (<usize>n << 2)) != NONE) n++;
  if (n < width) {
    if (n + 1 < width) store<u32>(list + (<usize>(n + 1) << 2), NONE);
    store<u32>(list + (<usize>n << 2), row);
    return;
  }
  let keys = scratch + 32768;
  keep = touch(list, list + (<usize>n << 2), !holdsVectors);
  store<u64>(keys, keyOf(d, row));
  for (let i: u32 = 0; i < n; i++) {
    let c = load<u32>(list + (<usize>i << 2));
    let key = keyOf(rowDistance(c, other), c);
    let j = i + 1;
    while (j > 0) {
      let before = load<u64>(keys + (<usize>(j - 1) << 3));
      if (before < key) break;
      store<u64>(keys + (<usize>j << 3), before);
      j--;
    }
    store<u64>(keys + (<usize>j << 3), key);
  }
  writeList(list, width, keys, selectNeighbours(keys, n + 1, width));
}

/** Puts one row into the graph. False when the memory is full. */
function insertRow(row: u32, ef: u32): bool {
  let level = levelOf(row);
  let q = vectorOf(row);
  memory.fill(linksOf(row), 0xff, <usize>m << 3);
  if (level > 0) {
    let upper = makeUpper(level);
    // Without room for upper links the row lives on the lowest level only.
    if (upper == 0) level = 0;
    store<u32>(upperOf(row), <u32>upper);
  }
  if (holdsVectors && load<u32>(CODE_STATE) == CODES_READY) encodeRow(row);
  let entry = atomic.load<u64>(ENTRY);
  if (entry == 0) {
    atomic.store<u64>(ENTRY, (<u64>(level + 1) << 32) | row);
    return true;
  }
  let top = <u32>(entry >> 32) - 1;
  let coded = codeStride != 0 && (holdsVectors ? encodeQuery(q) : encodeOwnCode(row));
  if (!beginWalk(row + 1)) return false;
  let start = descend(<u32>entry, top, level, q, coded);
  store<u64>(results, start);
  let n: u32 = 1;
  for (let l: i32 = min(level, top); l >= 0; l--) {
    if (!beginWalk(row + 1)) return false;
    // Marked as seen: a row that is linked from above must not find itself.
    store<u16>(visited + (<usize>row << 1), <u16>tag);
    store<u64>(results, nearness(load<u32>(results), q, coded));
    n = searchLevel(q, n, ef, l, coded);
    // Found by the codes, chosen by the true distances.
    if (coded) rerankFor(row, results, n);
    sortHeap(results, n);
    let kept = selectNeighbours(results, n, m);
    writeList(listOf(row, l), l == 0 ? m << 1 : m, results, kept);
    for (let i: u32 = 0; i < kept; i++) {
      let key = load<u64>(results + (<usize>i << 3));
      linkBack(<u32>key, row, distanceOf(key), l);
    }
    // The nearest one is where the next level starts.
    n = 1;
  }
  if (level > top) atomic.store<u64>(ENTRY, (<u64>(level + 1) << 32) | row);
  return true;
}

/** Takes up to `count` rows into the graph, deleted ones are passed over. Returns how many; -1 when the memory is full. */
export function insert(count: u32, ef: u32): i32 {
  if (resultAddress(ef) == 0) return -1;
  beginCodes();
  let done: u32 = 0;
  let row = atomic.load<u32>(GRAPH_ROWS);
  let rows = atomic.load<u32>(ROWS);
  refresh();
  while (done < count && row < rows && atomic.load<u32>(STOP) == 0) {
    if (!bit(atomic.load<u32>(TOMBS), row) && !insertRow(row, ef)) return -1;
    row++;
    done++;
    atomic.store<u32>(GRAPH_ROWS, row);
  }
  return done;
}
