import { MembersFault } from "./members.js";

/** The Roaring bitmaps of 32 bits of which one of 64 bits consists: containers of the values that share their upper 16 bits. */

export type ContainerKind = "array" | "bitmap" | "run";

export interface Container {
  readonly key: number;
  readonly kind: ContainerKind;
  /** Where its values begin. */
  readonly offset: number;
  /** Values of an array, intervals of a run. */
  readonly size: number;
}

const WITHOUT_RUNS = 12346;
const WITH_RUNS = 12347;
const MOST_IN_ARRAY = 4096;
const BITMAP_BYTES = 8192;
const MOST_CONTAINERS = 65_536;
/** Bitmaps with runs and fewer containers leave the list of offsets out. */
const OFFSETS_FROM = 4;

/**
 * Reads one bitmap and adds its containers to a list.
 *
 * @returns where it ends, and how many values it holds
 * @throws MembersFault, and RangeError where the bytes end too early
 */
export function readRoaring32(
  view: DataView,
  start: number,
  containers: Container[],
): { readonly end: number; readonly members: number } {
  const { count, runs, described } = readCookie(view, start);
  const offsets = described + count * 4;
  const hasOffsets = runs === undefined || count >= OFFSETS_FROM;
  let at = hasOffsets ? offsets + count * 4 : offsets;
  let members = 0;
  let lastKey = -1;
  for (let i = 0; i < count; i++) {
    const key = view.getUint16(described + i * 4, true);
    if (key <= lastKey) throw new MembersFault("container keys must rise");
    lastKey = key;
    const values = view.getUint16(described + i * 4 + 2, true) + 1;
    if (hasOffsets && view.getUint32(offsets + i * 4, true) !== at - start) {
      throw new MembersFault("a container does not lie where its offset says");
    }
    const isRun = runs !== undefined && ((view.getUint8(runs + (i >>> 3)) >>> (i & 7)) & 1) === 1;
    const kind: ContainerKind = isRun ? "run" : values > MOST_IN_ARRAY ? "bitmap" : "array";
    const { offset, size, end } = READERS[kind](view, at, values);
    containers.push({ key, kind, offset, size });
    members += values;
    at = end;
  }
  return { end: at, members };
}

/** @returns how many containers there are, which of them are runs (undefined: none), where they are described */
function readCookie(
  view: DataView,
  start: number,
): { readonly count: number; readonly runs: number | undefined; readonly described: number } {
  const cookie = view.getUint32(start, true);
  if ((cookie & 0xffff) === WITH_RUNS) {
    const count = (cookie >>> 16) + 1;
    return { count, runs: start + 4, described: start + 4 + Math.ceil(count / 8) };
  }
  if (cookie !== WITHOUT_RUNS) throw new MembersFault(`unknown cookie ${cookie}`);
  const count = view.getUint32(start + 4, true);
  if (count > MOST_CONTAINERS) throw new MembersFault(`${count} containers are more than there can be`);
  return { count, runs: undefined, described: start + 8 };
}

interface Read {
  readonly offset: number;
  readonly size: number;
  readonly end: number;
}

const READERS: Readonly<Record<ContainerKind, (view: DataView, at: number, values: number) => Read>> = {
  array(view, at, values) {
    let last = -1;
    for (let i = 0; i < values; i++) {
      const value = view.getUint16(at + i * 2, true);
      if (value <= last) throw new MembersFault("the values of a container must rise");
      last = value;
    }
    return { offset: at, size: values, end: at + values * 2 };
  },
  bitmap(view, at, values) {
    let bits = 0;
    for (let i = 0; i < BITMAP_BYTES; i += 4) bits += bitsIn(view.getUint32(at + i, true));
    if (bits !== values) throw new MembersFault(`a container of ${values} values has ${bits} bits set`);
    return { offset: at, size: values, end: at + BITMAP_BYTES };
  },
  run(view, at, values) {
    const count = view.getUint16(at, true);
    const offset = at + 2;
    let last = -1;
    let members = 0;
    for (let i = 0; i < count; i++) {
      const from = view.getUint16(offset + i * 4, true);
      const to = from + view.getUint16(offset + i * 4 + 2, true);
      if (from <= last) throw new MembersFault("the intervals of a container must rise");
      if (to > 0xffff) throw new MembersFault("an interval leaves its container");
      members += to - from + 1;
      last = to;
    }
    if (members !== values) throw new MembersFault(`a container of ${values} values has intervals of ${members}`);
    return { offset, size: count, end: offset + count * 4 };
  },
};

function bitsIn(word: number): number {
  const pairs = word - ((word >>> 1) & 0x5555_5555);
  const fours = (pairs & 0x3333_3333) + ((pairs >>> 2) & 0x3333_3333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f_0f0f, 0x0101_0101) >>> 24;
}
