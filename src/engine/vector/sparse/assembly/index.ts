// Entry of the module for sparse vectors: what the TypeScript side may call. One instance serves one partition's field.
import { newRow, publishRow, rows } from "./rows";
import { NO_TERM, termOf } from "./terms";
import { addNode, isFull, reserveNodes, seal } from "./windows";

export { create, memoryBytes } from "./memory";
export { entriesOfRow, isAlive, livingLength, livingRows, readRow, remove, rowCount } from "./rows";
export { resultArea } from "./hits";
export { filterArea, inputArea } from "./query";
export { gather, search } from "./search";
export { rowsWith } from "./terms";
export { setAverageLength, setWeighting } from "./weighting";

/**
 * Adds a row. Its entries (u32 index, f32 value, ascending by index) stand at `from`. Returns 0 when the memory is full:
 * then nothing was added.
 */
export function append(from: usize, count: u32): u32 {
  if (isFull() && !seal()) return 0;
  if (!reserveNodes(count)) return 0;
  let at = newRow(count);
  if (at == 0) return 0;
  let length: f32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    let term = termOf(load<u32>(from + (<usize>i << 3)));
    if (term == NO_TERM) return 0;
    let value = load<f32>(from + (<usize>i << 3), 4);
    length += value;
    store<u32>(at + (<usize>i << 3), term);
    store<f32>(at + (<usize>i << 3), value, 4);
  }
  let row = rows;
  publishRow(length);
  for (let p = at, end = at + (<usize>count << 3); p < end; p += 8) {
    if (load<f32>(p, 4) > 0) addNode(load<u32>(p), row, load<f32>(p, 4));
  }
  return 1;
}
