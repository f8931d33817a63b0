// Lists by window of rows. While a window grows, each term has a chain of nodes. When it is full it is sealed: every
// list becomes codes, either a level of four bits per row of the window (DENSE, see levels.ts) or pairs of row and a code
// of eight bits. A window that grows has lists too once it is searched: they cover its first rows.
import { take } from "./memory";
import { firstEntry, lastEntry, lengthAt, livingLength, livingRows, rows } from "./rows";
import { countCode, DENSE_LIST, forgetLevels, putLevel, splitLevels, takeLevels } from "./levels";
import { chainOf, entryIn, setChain, termCount } from "./terms";
import { averageLength, part, setAverageLength } from "./weighting";

export const WINDOW: u32 = 8192;
/** In an entry's row count: the list has a level for every row of the window. */
export const DENSE: u32 = 0x80000000;
/** How long the list of an entry is. */
// @ts-ignore
@inline export function listBytes(size: u32): usize {
  return (size & DENSE) != 0 ? DENSE_LIST : <usize>size * 3;
}
/** A list with more rows than this is dense: reading 16 levels costs as much as adding one code. */
const DENSE_ROWS: u32 = WINDOW / 16;

/** u32 next node, u32 row, f32 value. */
const NODE: usize = 12;
let nodes: usize = 0;
let nodeCapacity: u32 = 0;
let nodeCount: u32 = 1; // 0 ends a chain
/** Terms with a chain in the growing window. */
let touched: usize = 0;
let touchedCapacity: u32 = 0;
let touchedCount: u32 = 0;

export let sealed: u32 = 0;
/** Average length at the sealing, by window, f64. */
let averages: usize = 0;
let averagesCapacity: u32 = 0;

/** Room for `count` more nodes and as many terms. */
export function reserveNodes(count: u32): bool {
  if (nodeCount + count > nodeCapacity) {
    let more = max(nodeCount + count, nodeCapacity << 1);
    let fresh = take(<usize>more * NODE);
    if (fresh == 0) return false;
    memory.copy(fresh, nodes, <usize>nodeCount * NODE);
    nodes = fresh;
    nodeCapacity = more;
  }
  if (touchedCount + count > touchedCapacity) {
    let more = max(touchedCount + count, touchedCapacity << 1);
    let fresh = take(<usize>more << 2);
    if (fresh == 0) return false;
    memory.copy(fresh, touched, <usize>touchedCount << 2);
    touched = fresh;
    touchedCapacity = more;
  }
  return true;
}

export function addNode(term: u32, row: u32, value: f32): void {
  let head = chainOf(term);
  if (head == 0) store<u32>(touched + (<usize>(touchedCount++) << 2), term);
  let node = nodes + <usize>nodeCount * NODE;
  store<u32>(node, head);
  store<u32>(node, row, 4);
  store<f32>(node, value, 8);
  setChain(term, nodeCount++);
}

// @ts-ignore
@inline export function nodeAt(number: u32): usize {
  return nodes + <usize>number * NODE;
}
// @ts-ignore
@inline export function averageOf(window: u32): f64 {
  return load<f64>(averages + (<usize>window << 3));
}

/** Rows of the growing window whose lists are made already, for the searches of now. */
export let covered: u32 = 0;

/** Lists are made for a growing window when it has this many rows more than they cover, and again when it has doubled. */
const COVER_ROWS: u32 = 512;

/** Makes lists for the rows that grow where that is worth it. Without memory for them, their chains are walked. */
export function coverGrowing(): void {
  let growing = rows - sealed * WINDOW;
  if (growing >= covered + max(COVER_ROWS, covered) && makeLists()) covered = growing;
}

/** Seals the growing window. False when the memory is full; the window then goes on growing. */
export function seal(): bool {
  // The average of the last search may be that of a time when there was next to nothing: of these rows, it is better known.
  let then = averageLength;
  if (livingRows() > 0) setAverageLength(max(1, livingLength() / <f64>livingRows()));
  let made = makeLists();
  setAverageLength(then);
  if (!made) return false;
  for (let t: u32 = 0; t < touchedCount; t++) setChain(load<u32>(touched + (<usize>t << 2)), 0);
  touchedCount = 0;
  nodeCount = 1;
  covered = 0;
  sealed++;
  return true;
}

// What is gathered of a term while lists are made: u32 rows (then: those that are written), u32 address of its list, f64
// largest part (then: how many codes a part has), u32 size (as in its entry), u32 address of its levels.
const STAT: usize = 24;
/** By term number; all zero between the makings. */
let stats: usize = 0;
let statCapacity: u32 = 0;
/** A code for every entry of the window's rows. */
let codes: usize = 0;
let codeCapacity: u32 = 0;

/** Makes room for the making of lists. */
function reserveStats(): bool {
  if (statCapacity < termCount) {
    statCapacity = termCount + (termCount >> 1);
    stats = take(<usize>statCapacity * STAT);
    if (stats == 0) statCapacity = 0;
  }
  if (codeCapacity < nodeCount) {
    codeCapacity = nodeCount + (nodeCount >> 1);
    codes = take(codeCapacity);
    if (codes == 0) codeCapacity = 0;
  }
  if (sealed == averagesCapacity) {
    let more: u32 = averagesCapacity == 0 ? 64 : averagesCapacity << 1;
    let fresh = take(<usize>more << 3);
    if (fresh == 0) return false;
    memory.copy(fresh, averages, <usize>averagesCapacity << 3);
    averages = fresh;
    averagesCapacity = more;
  }
  return statCapacity >= termCount && codeCapacity >= nodeCount;
}

// @ts-ignore
@inline function statOf(term: u32): usize {
  return stats + <usize>term * STAT;
}

// @ts-ignore
@inline function touchedAt(t: u32): u32 {
  return load<u32>(touched + (<usize>t << 2));
}

/**
 * Makes a list of each term of the growing window; in the place of one that was made when the window was smaller. Goes
 * through the rows, which lie one behind the other, and not along the chains.
 */
function makeLists(): bool {
  if (!reserveStats()) return false;
  let first = sealed * WINDOW;
  for (let row = first; row < rows; row++) {
    let length = lengthAt(row);
    for (let at = firstEntry(row), end = lastEntry(row); at < end; at += 8) {
      let value = <f64>load<f32>(at, 4);
      if (!(value > 0)) continue;
      let stat = statOf(load<u32>(at));
      store<u32>(stat, load<u32>(stat) + 1);
      store<f64>(stat, max(load<f64>(stat, 8), part(value, length)), 8);
    }
  }
  let made = true;
  for (let t: u32 = 0; t < touchedCount && made; t++) made = beginList(touchedAt(t));
  if (made) {
    fillLists(first);
    store<f64>(averages + (<usize>sealed << 3), averageLength);
  }
  for (let t: u32 = 0; t < touchedCount; t++) memory.fill(statOf(touchedAt(t)), 0, STAT);
  forgetLevels();
  return made;
}

/** Makes an empty list for a term out of what was gathered. */
function beginList(term: u32): bool {
  let stat = statOf(term);
  let count = load<u32>(stat);
  let most = load<f64>(stat, 8);
  let dense = count > DENSE_ROWS;
  let size = dense ? count | DENSE : count;
  let list = take(listBytes(size));
  let levels: usize = dense ? takeLevels() : 0;
  let entry = list == 0 || (dense && levels == 0) ? 0 : entryIn(term, sealed);
  if (entry == 0) return false;
  let largest = <f32>most;
  if (<f64>largest < most) largest = reinterpret<f32>(reinterpret<u32>(largest) + 1);
  store<u32>(entry, sealed);
  store<u32>(entry, <u32>list, 4);
  store<u32>(entry, size, 8);
  store<f32>(entry, largest, 12);
  store<u32>(stat, 0);
  store<u32>(stat, <u32>list, 4);
  store<f64>(stat, 255 / <f64>largest, 8);
  store<u32>(stat, size, 16);
  store<u32>(stat, <u32>levels, 20);
  return true;
}

function fillLists(first: u32): void {
  let code = codes;
  for (let row = first; row < rows; row++) {
    let length = lengthAt(row);
    for (let at = firstEntry(row), end = lastEntry(row); at < end; at += 8) {
      let value = <f64>load<f32>(at, 4);
      if (!(value > 0)) continue;
      let stat = statOf(load<u32>(at));
      // In 255ths of the largest part, rounded up.
      let here = <u32>min<f64>(255, Math.ceil(part(value, length) * load<f64>(stat, 8)));
      store<u8>(code++, here);
      let levels = <usize>load<u32>(stat, 20);
      if (levels != 0) countCode(levels, here);
    }
  }
  for (let t: u32 = 0; t < touchedCount; t++) {
    let stat = statOf(touchedAt(t));
    let levels = <usize>load<u32>(stat, 20);
    if (levels != 0) splitLevels(levels, <usize>load<u32>(stat, 4));
  }
  code = codes;
  for (let row = first; row < rows; row++) {
    for (let at = firstEntry(row), end = lastEntry(row); at < end; at += 8) {
      if (!(load<f32>(at, 4) > 0)) continue;
      let stat = statOf(load<u32>(at));
      let here = load<u8>(code++);
      let list = <usize>load<u32>(stat, 4), size = load<u32>(stat, 16);
      if ((size & DENSE) != 0) {
        putLevel(list, row - first, load<u8>(<usize>load<u32>(stat, 20) + here));
        continue;
      }
      let i = load<u32>(stat);
      store<u32>(stat, i + 1);
      store<u16>(list + (<usize>i << 1), row - first);
      store<u8>(list + (<usize>size << 1) + i, here);
    }
  }
}

/** True when the growing window is full. */
export function isFull(): bool {
  return rows - sealed * WINDOW >= WINDOW;
}
