import type { InputColumn } from "../contract/column.js";
import type { BatchVectors } from "../entities/batch.js";
import { bytesPerVector, type FieldSchema } from "../model/schema.js";
import type { DenseFieldType, ListFieldType, SparseFieldType, Target } from "../model/types/field-type.js";
import { vectorType } from "../model/types/table.js";

/** The vectors of one field of a batch on their way to stored form. */
export interface VectorSlot {
  readonly field: FieldSchema;
  /** The vector of a row, from a JSON or JavaScript value. @throws BadRow */
  put(value: unknown, row: number): void;
  /** A vector that is stored already. */
  keep(stored: Uint8Array, row: number): void;
  /** The row has none. */
  putNull(row: number): void;
  /** All of them, from a column that fits. @throws BadRow */
  take(column: InputColumn): void;
  finish(): BatchVectors;
}

export function vectorSlot(field: FieldSchema, target: Target, count: number): VectorSlot {
  const type = vectorType(field.type);
  return type.family === "dense" ? new DenseSlot(type, field, target, count) : new RowSlot(type, field, target, count);
}

class DenseSlot implements VectorSlot {
  readonly field: FieldSchema;
  readonly #type: DenseFieldType;
  readonly #target: Target;
  readonly #count: number;
  readonly #size: number;
  #bytes: Uint8Array | undefined;
  #write: ((value: unknown, row: number) => void) | undefined;
  #valid: Uint8Array | undefined;

  constructor(type: DenseFieldType, field: FieldSchema, target: Target, count: number) {
    this.field = field;
    this.#type = type;
    this.#target = target;
    this.#count = count;
    this.#size = bytesPerVector(field);
  }

  put(value: unknown, row: number): void {
    this.#write ??= this.#type.codec.writer(this.#room(), this.#target);
    this.#write(value, row);
  }

  keep(stored: Uint8Array, row: number): void {
    this.#room().set(stored, row * this.#size);
  }

  putNull(row: number): void {
    this.#valid ??= new Uint8Array(this.#count).fill(1);
    this.#valid[row] = 0;
  }

  take({ values, valid }: InputColumn): void {
    this.#bytes = values as Uint8Array;
    this.#type.codec.checkBytes(this.#bytes, this.#target);
    if (valid?.includes(0) === true) this.#valid = valid;
  }

  finish(): BatchVectors {
    return { bytes: this.#room(), size: this.#size, valid: this.#valid };
  }

  /** Made when it is first needed: a column brings its own. */
  #room(): Uint8Array {
    this.#bytes ??= new Uint8Array(this.#count * this.#size);
    return this.#bytes;
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

  putNull(row: number): void {
    this.#rows[row] = null;
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
