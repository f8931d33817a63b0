// Binary heaps of u64 keys in linear memory.

// @ts-ignore
@inline function at(h: usize, i: u32): u64 {
  return load<u64>(h + (<usize>i << 3));
}
// @ts-ignore
@inline function put(h: usize, i: u32, v: u64): void {
  store<u64>(h + (<usize>i << 3), v);
}

/** Adds to a min-heap of `n` keys. */
// @ts-ignore
@inline export function pushMin(h: usize, n: u32, v: u64): void {
  let i: u32 = n;
  while (i > 0) {
    let p: u32 = (i - 1) >> 1;
    let pv = at(h, p);
    if (pv <= v) break;
    put(h, i, pv);
    i = p;
  }
  put(h, i, v);
}

/** Removes the root of a min-heap; `n` is its size after that. */
export function popMin(h: usize, n: u32): void {
  let v = at(h, n);
  let i: u32 = 0;
  while (true) {
    let c: u32 = 2 * i + 1;
    if (c >= n) break;
    let cv = at(h, c);
    if (c + 1 < n) {
      let dv = at(h, c + 1);
      if (dv < cv) {
        c++;
        cv = dv;
      }
    }
    if (cv >= v) break;
    put(h, i, cv);
    i = c;
  }
  put(h, i, v);
}

/** Adds to a max-heap of `n` keys. */
// @ts-ignore
@inline export function pushMax(h: usize, n: u32, v: u64): void {
  let i: u32 = n;
  while (i > 0) {
    let p: u32 = (i - 1) >> 1;
    let pv = at(h, p);
    if (pv >= v) break;
    put(h, i, pv);
    i = p;
  }
  put(h, i, v);
}

/** Puts `v` in place of the root of a max-heap of `n` keys. */
export function replaceMax(h: usize, n: u32, v: u64): void {
  let i: u32 = 0;
  while (true) {
    let c: u32 = 2 * i + 1;
    if (c >= n) break;
    let cv = at(h, c);
    if (c + 1 < n) {
      let dv = at(h, c + 1);
      if (dv > cv) {
        c++;
        cv = dv;
      }
    }
    if (cv <= v) break;
    put(h, i, cv);
    i = c;
  }
  put(h, i, v);
}

/** Removes the root of a max-heap; `n` is its size after that. */
// @ts-ignore
@inline export function popMax(h: usize, n: u32): void {
  replaceMax(h, n, at(h, n));
}

/** Turns a max-heap of `n` keys into an ascending array. */
export function sortHeap(h: usize, n: u32): void {
  while (n > 1) {
    n--;
    let root = at(h, 0);
    replaceMax(h, n, at(h, n));
    put(h, n, root);
  }
}
