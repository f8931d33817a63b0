// Terms by their 32-bit index, numbered in the order in which they come. A term's record tells which rows of the
// growing window have it and where its lists of the sealed windows are.
import { enlarge, take } from "./memory";

/** u32 head of the chain in the growing window (0: none), u32 list entries, u32 how many, u32 room for, u32 index, u32 living rows. */
const RECORD: usize = 24;
export const NO_TERM: u32 = 0xffffffff;

let slots: usize = 0;
let slotMask: u32 = 0;
let records: usize = 0;
let capacity: u32 = 0;
export let termCount: u32 = 0;

// A slot: u32 index + 1 (0xffffffff is no valid index), u32 number.
function slotOf(index: u32): usize {
  let h = index * 0x9e3779b1;
  let i = (h ^ (h >> 15)) & slotMask;
  while (true) {
    let slot = slots + (<usize>i << 3);
    let there = load<u32>(slot);
    if (there == 0 || there == index + 1) return slot;
    i = (i + 1) & slotMask;
  }
}

/** The number of a term, or NO_TERM. */
export function findTerm(index: u32): u32 {
  if (slots == 0) return NO_TERM;
  let slot = slotOf(index);
  return load<u32>(slot) == 0 ? NO_TERM : load<u32>(slot, 4);
}

/** The number of a term, given when it is new; NO_TERM when the memory is full. */
export function termOf(index: u32): u32 {
  if ((termCount + 1) << 1 > (slots == 0 ? 0 : slotMask + 1) && !growSlots()) return NO_TERM;
  let slot = slotOf(index);
  if (load<u32>(slot) != 0) return load<u32>(slot, 4);
  if (termCount == capacity) {
    let more: u32 = capacity == 0 ? 512 : capacity << 1;
    let fresh = enlarge(records, <usize>capacity * RECORD, <usize>more * RECORD);
    if (fresh == 0) return NO_TERM;
    records = fresh;
    capacity = more;
  }
  store<u32>(slot, index + 1);
  store<u32>(slot, termCount, 4);
  store<u32>(recordOf(termCount), index, 16);
  return termCount++;
}

function growSlots(): bool {
  let old = slots, oldSize: u32 = slots == 0 ? 0 : slotMask + 1;
  let size: u32 = oldSize == 0 ? 1024 : oldSize << 1;
  let fresh = take(<usize>size << 3);
  if (fresh == 0) return false;
  slots = fresh;
  slotMask = size - 1;
  for (let i: u32 = 0; i < oldSize; i++) {
    let from = old + (<usize>i << 3);
    let index = load<u32>(from);
    if (index != 0) store<u64>(slotOf(index - 1), load<u64>(from));
  }
  return true;
}

// @ts-ignore
@inline export function recordOf(term: u32): usize {
  return records + <usize>term * RECORD;
}
// @ts-ignore
@inline export function chainOf(term: u32): u32 {
  return load<u32>(recordOf(term));
}
// @ts-ignore
@inline export function setChain(term: u32, node: u32): void {
  store<u32>(recordOf(term), node);
}

// @ts-ignore
@inline export function indexOf(term: u32): u32 {
  return load<u32>(recordOf(term), 16);
}
// @ts-ignore
@inline export function countLiving(term: u32, change: i32): void {
  store<u32>(recordOf(term), load<u32>(recordOf(term), 20) + change, 20);
}

/** Living rows that have a term. */
export function rowsWith(index: u32): u32 {
  let term = findTerm(index);
  return term == NO_TERM ? 0 : load<u32>(recordOf(term), 20);
}

/** One list of a term, in one sealed window: u32 window, u32 address, u32 rows (DENSE: see windows.ts), f32 largest value. */
export const ENTRY: usize = 16;

// @ts-ignore
@inline export function entriesOf(term: u32): usize {
  return <usize>load<u32>(recordOf(term), 4);
}
// @ts-ignore
@inline export function entryCount(term: u32): u32 {
  return load<u32>(recordOf(term), 8);
}

/** The entry of a term in the newest window, made when there is none; 0 when the memory is full. */
export function entryIn(term: u32, window: u32): usize {
  let used = entryCount(term);
  let last = entriesOf(term) + <usize>(used - 1) * ENTRY;
  return used != 0 && load<u32>(last) == window ? last : newEntry(term);
}

/** Makes room for one more entry: its address, or 0. */
function newEntry(term: u32): usize {
  let record = recordOf(term);
  let used = load<u32>(record, 8), room = load<u32>(record, 12);
  if (used == room) {
    let more: u32 = room == 0 ? 1 : room << 1;
    let fresh = enlarge(<usize>load<u32>(record, 4), <usize>used * ENTRY, <usize>more * ENTRY);
    if (fresh == 0) return 0;
    store<u32>(record, <u32>fresh, 4);
    store<u32>(record, more, 12);
  }
  store<u32>(record, used + 1, 8);
  return <usize>load<u32>(record, 4) + <usize>used * ENTRY;
}
