// Lists by window of rows. While a window grows, each term has a chain of nodes. When it is full it is sealed: every
// list becomes codes of eight bits, either one per row of the window (DENSE) or pairs of row and code.
import { take } from "./memory";
import { lengthAt, rows } from "./rows";
import { chainOf, newEntry, setChain } from "./terms";
import { averageLength, part } from "./weighting";

export const WINDOW: u32 = 4096;
/** In an entry's row count: the list has one code per row of the window. */
export const DENSE: u32 = 0x80000000;
/** A list with more rows than this is dense: reading 16 codes costs as much as adding one. */
const DENSE_ROWS: u32 = WINDOW / 12;

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

/** Seals the growing window. False when the memory is full; the window then goes on growing. */
export function seal(): bool {
  if (sealed == averagesCapacity) {
    let more: u32 = averagesCapacity == 0 ? 64 : averagesCapacity << 1;
    let fresh = take(<usize>more << 3);
    if (fresh == 0) return false;
    memory.copy(fresh, averages, <usize>averagesCapacity << 3);
    averages = fresh;
    averagesCapacity = more;
  }
  let first = sealed * WINDOW;
  for (let t: u32 = 0; t < touchedCount; t++) {
    let term = load<u32>(touched + (<usize>t << 2));
    let count: u32 = 0;
    let most: f64 = 0;
    for (let n = chainOf(term); n != 0; n = load<u32>(nodeAt(n))) {
      let node = nodeAt(n);
      count++;
      most = max(most, part(<f64>load<f32>(node, 8), lengthAt(load<u32>(node, 4))));
    }
    let dense = count > DENSE_ROWS;
    let list = take(dense ? WINDOW : (<usize>count << 1) + count);
    let entry = list == 0 ? 0 : newEntry(term);
    if (entry == 0) return false;
    let largest = <f32>most;
    if (<f64>largest < most) largest = reinterpret<f32>(reinterpret<u32>(largest) + 1);
    store<u32>(entry, sealed);
    store<u32>(entry, <u32>list, 4);
    store<u32>(entry, dense ? count | DENSE : count, 8);
    store<f32>(entry, largest, 12);
    let scale = 255 / <f64>largest;
    // Chains run from the last row to the first.
    let i = count;
    for (let n = chainOf(term); n != 0; n = load<u32>(nodeAt(n))) {
      let node = nodeAt(n);
      let row = load<u32>(node, 4);
      let code = <u32>min<f64>(255, Math.ceil(part(<f64>load<f32>(node, 8), lengthAt(row)) * scale));
      if (dense) store<u8>(list + (row - first), code);
      else {
        i--;
        store<u16>(list + (<usize>i << 1), row - first);
        store<u8>(list + (<usize>count << 1) + i, code);
      }
    }
  }
  for (let t: u32 = 0; t < touchedCount; t++) setChain(load<u32>(touched + (<usize>t << 2)), 0);
  store<f64>(averages + (<usize>sealed << 3), averageLength);
  touchedCount = 0;
  nodeCount = 1;
  sealed++;
  return true;
}

/** True when the growing window is full. */
export function isFull(): bool {
  return rows - sealed * WINDOW >= WINDOW;
}
