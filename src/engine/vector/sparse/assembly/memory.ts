// A bump allocator: nothing is freed, the memory goes as a whole.

const LAST_BYTE: u64 = 0xfffe0000;
let top: usize = 0;

export function create(): void {
  top = (__heap_base + 63) & ~63;
}

/** A zeroed block, 16-byte aligned; 0 when the memory is full. */
export function take(bytes: usize): usize {
  let at = top;
  let next = <u64>at + ((<u64>bytes + 15) & ~15);
  if (next > LAST_BYTE) return 0;
  let pages = <i32>((next + 0xffff) >> 16), have = <i32>memory.size();
  if (have < pages) {
    let spare = min(have >> 3, 256);
    if (memory.grow(pages - have + spare) < 0 && memory.grow(pages - have) < 0) return 0;
  }
  top = <usize>next;
  return at;
}

/** A block of `bytes` that begins with `used` bytes of an older one. */
export function enlarge(old: usize, used: usize, bytes: usize): usize {
  let fresh = take(bytes);
  if (fresh != 0 && used != 0) memory.copy(fresh, old, used);
  return fresh;
}

/** Where what is read in advance is left, so that no compiler drops the reading. */
const READ: usize = memory.data(4, 4);

/** Reads into the cache what is needed soon: when many such places are asked for, memory brings them together. */
// @ts-ignore
@inline export function expect(from: usize, end: usize): void {
  let read: u32 = 0;
  for (; from < end; from += 64) read ^= load<u8>(from);
  store<u32>(READ, read);
}

export function memoryBytes(): f64 {
  return <f64>(<u64>memory.size() << 16);
}
