// The best rows so far: a heap with the worst on top, and the bar that a row has to reach.
import { take } from "./memory";

let heap: usize = 0;
let heapCapacity: u32 = 0;
export let found: u32 = 0;
export let wanted: u32 = 0;
let least: f32 = 0;
let most: f32 = 0;
/** Rows with a lower score are no hits. */
export let bar: f64 = 0;

/** Begins a search for the `k` best with scores in `[from, to]`. False when the memory is full. */
export function beginHits(k: u32, from: f32, to: f32): bool {
  found = 0;
  wanted = k;
  least = from;
  most = to;
  bar = <f64>max<f32>(from, 0);
  if (heapCapacity < k) {
    heap = take(<usize>k << 3);
    heapCapacity = heap == 0 ? 0 : k;
  }
  return heapCapacity >= k;
}

/** u64 per hit, best first: bits of the float32 score above, complement of the row below. */
export function resultArea(): usize {
  return heap;
}

// @ts-ignore
@inline function keyAt(i: u32): u64 {
  return load<u64>(heap + (<usize>i << 3));
}
// @ts-ignore
@inline function putKey(i: u32, key: u64): void {
  store<u64>(heap + (<usize>i << 3), key);
}

function push(key: u64): void {
  let i = found++;
  while (i > 0) {
    let parent: u32 = (i - 1) >> 1;
    let there = keyAt(parent);
    if (there <= key) break;
    putKey(i, there);
    i = parent;
  }
  putKey(i, key);
}

/** Puts a key in the place of the worst one. */
function replace(key: u64, size: u32): void {
  let i: u32 = 0;
  while (true) {
    let child: u32 = 2 * i + 1;
    if (child >= size) break;
    let there = keyAt(child);
    if (child + 1 < size) {
      let other = keyAt(child + 1);
      if (other < there) {
        there = other;
        child++;
      }
    }
    if (there >= key) break;
    putKey(i, there);
    i = child;
  }
  putKey(i, key);
}

// @ts-ignore
@inline export function offer(row: u32, sum: f64): void {
  let score = <f32>sum;
  if (!(score > 0) || score < least || score > most) return;
  let key = (<u64>reinterpret<u32>(score) << 32) | <u64>(~row);
  if (found < wanted) push(key);
  else if (key > keyAt(0)) replace(key, wanted);
  else return;
  if (found == wanted) bar = <f64>max(least, reinterpret<f32>(<u32>(keyAt(0) >> 32)));
}

/** Puts the best first: the heap gives the worst first. */
export function sortHits(): u32 {
  for (let size = found; size > 1; size--) {
    let worst = keyAt(0);
    replace(keyAt(size - 1), size - 1);
    putKey(size - 1, worst);
  }
  return found;
}
