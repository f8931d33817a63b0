import type { ColumnKind, ColumnSource } from "../../expr/index.js";
import { PieceSize } from "../entities/row-pieces.js";
import type { ColumnMemory } from "./column-memory.js";
import { Dictionary } from "./dictionary.js";

/** Rows of a chunk: its values of 64 bits fill 64 KiB, and stay in the processor's cache while several tests look at them. */
export const CHUNK_ROWS = 8192;
export const CHUNK_WORDS = CHUNK_ROWS / 32;
/** Bytes of the bits of a chunk. */
export const BITS_BYTES = CHUNK_ROWS / 8;

const VALUE_BYTES: Readonly<Record<ColumnKind, number>> = {
  int32: 4,
  int64: 8,
  float32: 4,
  float64: 8,
  text: 4,
  presence: 0,
};

/** Values of some rows. */
interface Chunk {
  /** How the values lie: doubles in 32 bits as long as that is exact. */
  readonly holds: ColumnKind;
  /** Address of the values; 0 where there are only bits. */
  readonly values: number;
  /** Address of the bits that are set where there is a value. */
  readonly bits: number;
  readonly words: Uint32Array;
  readonly view: Int32Array | Float32Array | Float64Array | undefined;
  /** Rows without a value. */
  nulls: number;
}

const TWO_32 = 2 ** 32;

/** The values of one column, row behind row, in chunks of packed memory. */
export class Column {
  readonly source: ColumnSource;
  /** Of a column of texts, whose values are numbers of texts. */
  readonly dictionary: Dictionary | undefined;
  /** How many of its values are read at a time: they may have to be looked for in long texts. */
  readonly pieces: PieceSize;
  readonly #memory: ColumnMemory;
  readonly #chunks: Chunk[] = [];
  #rows = 0;
  /** How the values of the next chunk lie, to begin with. */
  #lies: ColumnKind;
  /** A value cannot be kept without a loss, or there is no room: this column is of no use. */
  #unfit = false;

  constructor(source: ColumnSource, memory: ColumnMemory) {
    this.source = source;
    this.#lies = source.holds === "float64" ? "float32" : source.holds;
    this.pieces = new PieceSize(source.cost);
    this.#memory = memory;
    this.dictionary = source.holds === "text" ? new Dictionary() : undefined;
  }

  get rows(): number {
    return this.#rows;
  }

  get isUnfit(): boolean {
    return this.#unfit;
  }

  /** Address of the values of a chunk. */
  valuesOf(chunk: number): number {
    return (this.#chunks[chunk] as Chunk).values;
  }

  /** Address of the bits of the rows of a chunk that have a value; 0 where all have. */
  validOf(chunk: number): number {
    const { nulls, bits } = this.#chunks[chunk] as Chunk;
    return nulls === 0 ? 0 : bits;
  }

  /** How the values of a chunk lie in memory: doubles may take 32 bits. */
  kindOf(chunk: number): ColumnKind {
    return (this.#chunks[chunk] as Chunk).holds;
  }

  bitsOf(chunk: number): number {
    return (this.#chunks[chunk] as Chunk).bits;
  }

  /** Of `rows` rows, in blocks that lie ready or not. */
  static chunkBytes(kind: ColumnKind): number {
    return CHUNK_ROWS * VALUE_BYTES[kind] + BITS_BYTES;
  }

  /** Adds the value of the next row; null where it has none. */
  push(value: unknown): void {
    if (this.#unfit) return;
    const slot = this.#rows & (CHUNK_ROWS - 1);
    const chunk = slot === 0 ? this.#addChunk() : this.#chunks[this.#chunks.length - 1];
    if (chunk === undefined) {
      this.giveUp();
      return;
    }
    this.#rows++;
    const word = slot >>> 5;
    const bit = 1 << (slot & 31);
    if (value === null || value === undefined || (this.source.holds === "presence" && value === 0)) {
      chunk.nulls++;
      chunk.words[word] = (chunk.words[word] as number) & ~bit;
      return;
    }
    chunk.words[word] = (chunk.words[word] as number) | bit;
    if (!this.#write(chunk, slot, value) && !this.#writeWide(chunk, slot, value)) this.giveUp();
  }

  /** @returns false where the value does not fit */
  #write({ view, holds }: Chunk, slot: number, value: unknown): boolean {
    if (view === undefined) return true;
    switch (holds) {
      case "int32":
        view[slot] = value as number;
        return view[slot] === value;
      case "int64":
        writeInt64(view, slot, value as number | bigint);
        return true;
      case "float32":
        view[slot] = Number(value);
        return view[slot] === value;
      case "float64":
        // Integers beyond 2^53 come as bigint.
        view[slot] = Number(value);
        return typeof value === "number";
      default: {
        const code = (this.dictionary as Dictionary).add(value as string);
        view[slot] = code ?? 0;
        return code !== undefined;
      }
    }
  }

  /**
   * Doubles that 32 bits do not hold get 64, in this chunk and in those behind it.
   * @returns false where that does not help, or there is no room
   */
  #writeWide(narrow: Chunk, slot: number, value: unknown): boolean {
    if (this.source.holds !== "float64" || narrow.holds === "float64") return false;
    this.#lies = "float64";
    const values = this.#memory.take(CHUNK_ROWS * VALUE_BYTES.float64);
    if (values === 0) return false;
    const view = new Float64Array(this.#memory.buffer, values, CHUNK_ROWS);
    view.set((narrow.view as Float32Array).subarray(0, slot));
    this.#memory.give(narrow.values, CHUNK_ROWS * VALUE_BYTES.float32);
    const chunk: Chunk = { ...narrow, holds: "float64", values, view };
    this.#chunks[this.#chunks.length - 1] = chunk;
    return this.#write(chunk, slot, value);
  }

  #addChunk(): Chunk | undefined {
    const memory = this.#memory;
    const holds = this.#lies;
    const valueBytes = CHUNK_ROWS * VALUE_BYTES[holds];
    const bits = memory.take(BITS_BYTES);
    const values = valueBytes === 0 ? 0 : memory.take(valueBytes);
    if (bits === 0 || (valueBytes > 0 && values === 0)) {
      if (bits !== 0) memory.give(bits, BITS_BYTES);
      return undefined;
    }
    const chunk: Chunk = {
      holds,
      values,
      bits,
      words: new Uint32Array(memory.buffer, bits, CHUNK_WORDS),
      view: viewOf(holds, memory.buffer, values),
      nulls: 0,
    };
    this.#chunks.push(chunk);
    return chunk;
  }

  /** Frees its blocks; it is not filled again. */
  giveUp(): void {
    this.#unfit = true;
    this.free();
  }

  /** Gives its blocks back. */
  free(): void {
    for (const { holds, values, bits } of this.#chunks) {
      this.#memory.give(bits, BITS_BYTES);
      if (values !== 0) this.#memory.give(values, CHUNK_ROWS * VALUE_BYTES[holds]);
    }
    this.#chunks.length = 0;
    this.#rows = 0;
  }
}

function viewOf(kind: ColumnKind, buffer: SharedArrayBuffer, address: number): Chunk["view"] {
  switch (kind) {
    case "presence":
      return undefined;
    case "float32":
      return new Float32Array(buffer, address, CHUNK_ROWS);
    case "float64":
      return new Float64Array(buffer, address, CHUNK_ROWS);
    case "int64":
      return new Int32Array(buffer, address, CHUNK_ROWS * 2);
    default:
      return new Int32Array(buffer, address, CHUNK_ROWS);
  }
}

/** In halves: a bigint for each would be slow. */
function writeInt64(view: Int32Array | Float32Array | Float64Array, slot: number, value: number | bigint): void {
  if (typeof value === "number") {
    view[slot * 2] = value | 0;
    view[slot * 2 + 1] = Math.floor(value / TWO_32);
  } else {
    view[slot * 2] = Number(BigInt.asIntN(32, value));
    view[slot * 2 + 1] = Number(value >> 32n);
  }
}
