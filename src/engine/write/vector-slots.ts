import type { InputColumn } from "../contract/column.js";
import type { BatchVectors } from "../entities/batch.js";
import { bytesPerVector, type FieldSchema } from "../model/schema.js";
import type { DenseFieldType, ListFieldType, SparseFieldType, Target } from "../model/types/field-type.js";
import { vectorType } from "../model/types/table.js";

/** The vectors of one field of a batch on their way to stored form. A row that is given nothing has none. */
export interface VectorSlot {
  readonly field: FieldSchema;
  /** The vector of a row, from a JSON or JavaScript value. @throws BadRow */
  put(value: unknown, row: number): void;
  /** A vector that is stored already. */
  keep(stored: Uint8Array, row: number): void;
  /** All of them, from a column that fits. @throws BadRow */
  take(column: InputColumn): void;
  finish(): BatchVectors;
}

export function vectorSlot(field: FieldSchema, target: Target, count: number): VectorSlot {
  const type = vectorType(field.type);
  return type.family === "dense" ? new DenseSlot(type, field, target, count) : new RowSlot(type, field, target, count);
}

/** More room than this is made when there are vectors for it: a batch of rows without any takes none. */
const FIRST_BYTES = 64 * 2 ** 20;
const NO_BYTES = new Uint8Array(0);

class DenseSlot implements VectorSlot {
  readonly field: FieldSchema;
  readonly #type: DenseFieldType;
  readonly #target: Target;
  readonly #count: number;
  readonly #size: number;
  /** Vectors in the order in which they came. */
  #bytes: Uint8Array = NO_BYTES;
  #taken = 0;
  /** Where the vector of each row is, -1 for none; as long as it is undefined the first `#taken` rows are in order. */
  #places: Int32Array | undefined;
  #write: ((value: unknown, place: number) => void) | undefined;

  constructor(type: DenseFieldType, field: FieldSchema, target: Target, count: number) {
    this.field = field;
    this.#type = type;
    this.#target = target;
    this.#count = count;
    this.#size = bytesPerVector(field);
  }

  put(value: unknown, row: number): void {
    const place = this.#placeFor(row);
    this.#write ??= this.#type.codec.writer(this.#bytes, this.#target);
    this.#write(value, place);
  }

  keep(stored: Uint8Array, row: number): void {
    const place = this.#placeFor(row);
    this.#bytes.set(stored, place * this.#size);
  }

  take({ values, valid }: InputColumn): void {
    this.#bytes = values as Uint8Array;
    this.#type.codec.checkBytes(this.#bytes, this.#target);
    this.#taken = this.#bytes.length / this.#size;
    if (valid?.includes(0) !== true) return;
    const hasRoomForNulls = this.#taken === this.#count;
    let next = 0;
    this.#places = Int32Array.from(valid, (is, row) => (is === 0 ? -1 : hasRoomForNulls ? row : next++));
  }

  finish(): BatchVectors {
    const bytes = this.#bytes;
    const size = this.#size;
    if (this.#places === undefined && this.#taken === this.#count) {
      return { bytes: bytes.subarray(0, this.#taken * size), size };
    }
    const places = this.#places ?? this.#inOrder();
    return { rows: Array.from(places, (at) => (at < 0 ? null : bytes.subarray(at * size, (at + 1) * size))) };
  }

  #placeFor(row: number): number {
    if (row !== this.#taken) this.#places ??= this.#inOrder();
    if ((this.#taken + 1) * this.#size > this.#bytes.length) this.#grow();
    if (this.#places !== undefined) this.#places[row] = this.#taken;
    return this.#taken++;
  }

  #inOrder(): Int32Array {
    return Int32Array.from({ length: this.#count }, (_, row) => (row < this.#taken ? row : -1));
  }

  #grow(): void {
    const wanted = Math.max(2 * this.#bytes.length, FIRST_BYTES, this.#size);
    const bytes = new Uint8Array(Math.min(wanted, this.#count * this.#size));
    bytes.set(this.#bytes);
    this.#bytes = bytes;
    this.#write = undefined;
  }
}

/** What differs in length from row to row. */
class RowSlot implements VectorSlot {
  readonly field: FieldSchema;
  readonly #type: SparseFieldType | ListFieldType;
  readonly #target: Target;
  readonly #rows: (Uint8Array | null)[];

  constructor(type: SparseFieldType | ListFieldType, field: FieldSchema, target: Target, count: number) {
    this.field = field;
    this.#type = type;
    this.#target = target;
    this.#rows = new Array<Uint8Array | null>(count).fill(null);
  }

  put(value: unknown, row: number): void {
    this.#rows[row] = this.#type.codec.encode(value, this.#target, row);
  }

  keep(stored: Uint8Array, row: number): void {
    this.#rows[row] = stored;
  }

  take({ values }: InputColumn): void {
    for (const [row, bytes] of (values as readonly (Uint8Array | null)[]).entries()) {
      this.#rows[row] = bytes === null ? null : this.#type.codec.encodeCell(bytes, this.#target, row);
    }
  }

  finish(): BatchVectors {
    return { rows: this.#rows };
  }
}
