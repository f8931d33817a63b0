import { checkBodySize, HEADER_BYTES, type Members, MembersFault, viewOf } from "./members.js";
import { type Container, type ContainerKind, readRoaring32 } from "./roaring-container.js";

/**
 * Integers of 64 bits as a portable Roaring64 bitmap, in the envelope `MRB1` of Milvus. A negative integer is the key that its
 * bits are. Nothing is unpacked: the bytes are walked once, which finds every fault, and asked where they lie.
 *
 * @see https://github.com/RoaringBitmap/RoaringFormatSpec
 */

export const ROARING_MAGIC = "MRB1";

const MOST_HIGH_KEYS = 262_144;
const MOST_MEMORY = 64 * 1024 * 1024;
const HIGH_KEY_OVERHEAD = 128;
const CONTAINER_OVERHEAD = 64;
/** A key of 32 bits and the smallest bitmap. */
const LEAST_ENTRY_BYTES = 12;

export class RoaringBitmap implements Members {
  readonly kind = "roaring";
  readonly #view: DataView;
  /** The upper halves, ascending. */
  readonly #highKeys: Uint32Array;
  /** Where the containers of each upper half begin in the lists below; one more than there are upper halves. */
  readonly #starts: Uint32Array;
  readonly #keys: Uint16Array;
  readonly #offsets: Uint32Array;
  readonly #kinds: readonly ContainerKind[];
  /** Values of an array, intervals of a run. */
  readonly #sizes: Uint32Array;

  /** @throws MembersFault */
  constructor(bytes: Uint8Array) {
    checkBodySize(bytes, "roaring bitmap");
    this.#view = viewOf(bytes);
    const { highKeys, starts, containers } = reported(() => walk(this.#view));
    this.#highKeys = Uint32Array.from(highKeys);
    this.#starts = Uint32Array.from(starts);
    this.#keys = Uint16Array.from(containers, ({ key }) => key);
    this.#offsets = Uint32Array.from(containers, ({ offset }) => offset);
    this.#kinds = containers.map(({ kind }) => kind);
    this.#sizes = Uint32Array.from(containers, ({ size }) => size);
  }

  get memoryBytes(): number {
    return this.#view.byteLength + this.#highKeys.length * HIGH_KEY_OVERHEAD + this.#keys.length * CONTAINER_OVERHEAD;
  }

  hasInteger(high: number, low: number): boolean {
    const entry = indexIn(this.#highKeys, high >>> 0, 0, this.#highKeys.length);
    if (entry === -1) return false;
    const [from, to] = [this.#starts[entry] as number, this.#starts[entry + 1] as number];
    const container = indexIn(this.#keys, (low >>> 16) & 0xffff, from, to);
    return container !== -1 && this.#holds(container, low & 0xffff);
  }

  hasText(): boolean {
    return false;
  }

  #holds(container: number, value: number): boolean {
    const offset = this.#offsets[container] as number;
    switch (this.#kinds[container]) {
      case "bitmap":
        return ((this.#view.getUint8(offset + (value >>> 3)) >>> (value & 7)) & 1) === 1;
      case "array": {
        const at = this.#lastUpTo(offset, 2, this.#sizes[container] as number, value);
        return at !== -1 && this.#view.getUint16(offset + at * 2, true) === value;
      }
      default: {
        const at = this.#lastUpTo(offset, 4, this.#sizes[container] as number, value);
        if (at === -1) return false;
        const start = this.#view.getUint16(offset + at * 4, true);
        return value <= start + this.#view.getUint16(offset + at * 4 + 2, true);
      }
    }
  }

  /** Of ascending items the last that begins with `value` or less; -1 when there is none. */
  #lastUpTo(offset: number, width: number, count: number, value: number): number {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#view.getUint16(offset + middle * width, true) <= value) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}

/** Where a value stands in an ascending part of a list; -1 when it does not. */
function indexIn(list: Uint32Array | Uint16Array, value: number, from: number, to: number): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as number) < value) low = middle + 1;
    else high = middle;
  }
  return low < to && list[low] === value ? low : -1;
}

interface Walked {
  readonly highKeys: readonly number[];
  readonly starts: readonly number[];
  readonly containers: readonly Container[];
}

function reported<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof MembersFault) && !(error instanceof RangeError)) throw error;
    const text = error instanceof MembersFault ? error.message : "the bitmap ends too early";
    throw new MembersFault(`membership_match roaring bitmap blob is invalid: ${text}`);
  }
}

/** Reads the whole bitmap once. @throws MembersFault, and RangeError where it ends too early */
function walk(view: DataView): Walked {
  const total = readHeader(view);
  const count = view.getBigUint64(HEADER_BYTES, true);
  let at = HEADER_BYTES + 8;
  if (count > BigInt(Math.floor((view.byteLength - at) / LEAST_ENTRY_BYTES))) {
    throw new MembersFault(`the bitmap cannot hold ${count} high containers`);
  }
  if (count > MOST_HIGH_KEYS) {
    throw new MembersFault(`high-container count ${count} exceeds maximum ${MOST_HIGH_KEYS}`);
  }
  const highKeys: number[] = [];
  const starts: number[] = [0];
  const containers: Container[] = [];
  let members = 0;
  for (let i = 0; i < Number(count); i++) {
    const high = view.getUint32(at, true);
    if (high <= (highKeys[i - 1] ?? -1)) throw new MembersFault("high keys must rise");
    const read = readRoaring32(view, at + 4, containers);
    at = read.end;
    members += read.members;
    highKeys.push(high);
    starts.push(containers.length);
    if (containers.length > MOST_MEMORY / CONTAINER_OVERHEAD) {
      throw new MembersFault(`container count exceeds maximum ${MOST_MEMORY / CONTAINER_OVERHEAD}`);
    }
  }
  if (at !== view.byteLength) throw new MembersFault(`${view.byteLength - at} bytes follow the bitmap`);
  if (BigInt(members) !== total) {
    throw new MembersFault(`the bitmap holds ${members} values, its header says ${total}`);
  }
  const memory = view.byteLength - HEADER_BYTES + highKeys.length * HIGH_KEY_OVERHEAD;
  const estimated = memory + containers.length * CONTAINER_OVERHEAD;
  if (estimated > MOST_MEMORY) {
    throw new MembersFault(`estimated decoded size ${estimated} exceeds maximum ${MOST_MEMORY}`);
  }
  return { highKeys, starts, containers };
}

/** @returns how many members the bitmap says it has */
function readHeader(view: DataView): bigint {
  if (view.byteLength < HEADER_BYTES) {
    throw new MembersFault(`blob too short: ${view.byteLength} bytes, need at least ${HEADER_BYTES}`);
  }
  const version = view.getUint16(4, true);
  if (version !== 1) throw new MembersFault(`unsupported version ${version}, expected 1`);
  const format = view.getUint16(6, true);
  if (format !== 1) throw new MembersFault(`unsupported format ${format}, expected 1`);
  const length = view.getBigUint64(16, true);
  const body = view.byteLength - HEADER_BYTES;
  if (length !== BigInt(body)) throw new MembersFault(`body length ${length} does not match the ${body} bytes given`);
  if (view.getBigUint64(24, true) !== 0n) throw new MembersFault("reserved field must be 0");
  return view.getBigUint64(8, true);
}
