import type { InputColumn } from "../engine/contract/column.js";
import { isVectorType } from "../engine/model/data-type.js";
import type { Target } from "../engine/model/types/field-type.js";
import { vectorType } from "../engine/model/types/table.js";
import { isElanusError } from "../errors.js";
import { type CellReader, cellReader, mismatch } from "./cells.js";
import { FileFault } from "./file-fault.js";
import type { FileField } from "./file-shape.js";

/** The values of one field of some rows, on their way from a file. */
export interface ColumnCells {
  readonly field: FileField;
  /** A value of a JSON text; null for none. @throws FileFault */
  add(value: unknown): void;
  /** The column; undefined where no row has brought a value, and none needs to. */
  finish(): InputColumn | undefined;
}

/** @param rows there will be at most */
export function columnCells(field: FileField, rows: number): ColumnCells {
  if (!isVectorType(field.type)) return new ScalarCells(field);
  return vectorType(field.type).family === "dense" ? new DenseCells(field, rows) : new ByteCells(field);
}

/** What a column of a field is called and made of. */
export function headOf({ name, type, elementType, dimension, part }: FileField): Omit<InputColumn, "values"> {
  return {
    name,
    type,
    ...(elementType === undefined ? {} : { elementType }),
    ...(dimension === undefined ? {} : { dimension }),
    ...(part === undefined ? {} : { struct: part.struct }),
  };
}

class ScalarCells implements ColumnCells {
  readonly field: FileField;
  readonly #read: CellReader;
  readonly #values: unknown[] = [];
  #any = false;

  constructor(field: FileField) {
    this.field = field;
    this.#read = cellReader(field);
  }

  add(value: unknown): void {
    if (value === null) this.#values.push(null);
    else {
      this.#values.push(this.#read(value));
      this.#any = true;
    }
  }

  finish(): InputColumn | undefined {
    return this.#any ? { ...headOf(this.field), values: this.#values } : undefined;
  }
}

/** Where a vector goes; what is wrong with it is told at once. */
export function vectorTarget(field: FileField): Target {
  return {
    field,
    timeZone: undefined,
    late(error) {
      throw error;
    },
  };
}

/** The engine's own refusals of a value, in a file. */
export function asFault<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isElanusError(error) ? new FileFault(error.message) : error;
  }
}

class DenseCells implements ColumnCells {
  readonly field: FileField;
  readonly #bytes: Uint8Array;
  readonly #valid: Uint8Array;
  readonly #size: number;
  readonly #length: number;
  readonly #write: (value: unknown, row: number) => void;
  #rows = 0;
  #nulls = 0;

  constructor(field: FileField, rows: number) {
    const type = vectorType(field.type);
    if (type.family !== "dense") throw new Error(`${field.type} is not dense`);
    this.field = field;
    const dimension = field.dimension ?? 0;
    this.#size = type.bytesPerVector(dimension);
    this.#length = field.type === "BinaryVector" ? dimension / 8 : dimension;
    this.#bytes = new Uint8Array(rows * this.#size);
    this.#valid = new Uint8Array(rows);
    this.#write = type.codec.writer(this.#bytes, vectorTarget(field));
  }

  add(value: unknown): void {
    const row = this.#rows++;
    if (value === null) {
      this.#nulls++;
      return;
    }
    const { field } = this;
    if (!Array.isArray(value)) throw mismatch(field, field.type, value);
    if (value.length !== this.#length)
      throw wrongDimension(field, value.length * (field.type === "BinaryVector" ? 8 : 1));
    asFault(() => this.#write(value, row));
    this.#valid[row] = 1;
  }

  finish(): InputColumn | undefined {
    const rows = this.#rows;
    if (this.#nulls === rows) return undefined;
    const values = this.#bytes.subarray(0, rows * this.#size);
    const head = headOf(this.field);
    return this.#nulls === 0 ? { ...head, values } : { ...head, values, valid: this.#valid.subarray(0, rows) };
  }
}

export function wrongDimension({ name, type, dimension }: FileField, given: number): FileFault {
  return new FileFault(`expected dim '${dimension}' for field '${name}' with type '${type}', got dim '${given}'`);
}

/** Vectors that differ in length, and lists of vectors. */
class ByteCells implements ColumnCells {
  readonly field: FileField;
  readonly #values: (Uint8Array | null)[] = [];
  readonly #encode: (value: unknown, row: number) => Uint8Array;
  #any = false;

  constructor(field: FileField) {
    const type = vectorType(field.type);
    if (type.family === "dense") throw new Error(`${field.type} is dense`);
    this.field = field;
    const target = vectorTarget(field);
    this.#encode = (value, row) => type.codec.encode(value, target, row);
  }

  add(value: unknown): void {
    if (value === null) {
      this.#values.push(null);
      return;
    }
    if (typeof value !== "object") throw mismatch(this.field, this.field.type, value);
    this.#values.push(asFault(() => this.#encode(value, this.#values.length)));
    this.#any = true;
  }

  finish(): InputColumn | undefined {
    return this.#any ? { ...headOf(this.field), values: this.#values } : undefined;
  }
}
