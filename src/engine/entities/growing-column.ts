import { compactInteger } from "../../values/int64.js";
import { keepMembers } from "../../values/json-members.js";
import type { ColumnSchema, StoredColumn, StoredValue } from "../contract/column.js";
import { bytesPerVector, DYNAMIC_FIELD, dimensionOf, type FieldSchema } from "../model/schema.js";
import { structOf } from "../model/structs.js";

const META_FIELD_ID = 1;

/** A column being read, value by value. */
export interface GrowingColumn {
  readonly sizeBytes: number;
  /** Makes room for that many more rows. */
  reserve(rows: number): void;
  push(stored: unknown): void;
  finish(): StoredColumn;
}

export type ColumnHead = Omit<StoredColumn, "values" | "valid">;

export const META_HEAD: ColumnHead = {
  name: DYNAMIC_FIELD,
  type: "JSON",
  dynamic: true,
  fieldId: META_FIELD_ID,
  primaryKey: false,
};

/** What a field's column is called and made of. */
export function columnSchema(field: FieldSchema): ColumnSchema {
  const struct = structOf(field);
  return {
    name: field.name,
    type: field.type,
    ...(struct === undefined ? {} : { struct }),
    ...(field.elementType === undefined ? {} : { elementType: field.elementType }),
    ...(field.params["dim"] === undefined ? {} : { dimension: dimensionOf(field) }),
    ...(field.nullable ? { nullable: true } : {}),
  };
}

/** The same, and which field it is. */
export function columnHead(field: FieldSchema): ColumnHead {
  return { ...columnSchema(field), fieldId: field.id, primaryKey: field.primaryKey };
}

export class ScalarColumn implements GrowingColumn {
  readonly #head: ColumnHead;
  readonly #keys: ReadonlySet<string> | undefined;
  readonly #values: StoredValue[] = [];
  #sizeBytes = 0;

  /** @param keys of a dynamic field: those that are kept */
  constructor(head: ColumnHead, keys: ReadonlySet<string> | "all" = "all") {
    this.#head = head;
    this.#keys = keys === "all" ? undefined : keys;
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  reserve(): void {}

  push(stored: unknown): void {
    let value = stored as StoredValue;
    if (typeof value === "bigint") value = compactInteger(value);
    else if (typeof value === "string") {
      const keys = this.#keys;
      if (keys !== undefined && value !== "{}") value = keepMembers(value, keys);
      this.#sizeBytes += value.length;
    }
    this.#sizeBytes += 8;
    this.#values.push(value);
  }

  finish(): StoredColumn {
    return { ...this.#head, values: this.#values };
  }
}

/** Vectors of a fixed width, one after the other. */
export class VectorColumn implements GrowingColumn {
  readonly #head: ColumnHead;
  readonly #width: number;
  #bytes = new Uint8Array(0);
  #rows = 0;
  #absent: number[] | undefined;

  constructor(field: FieldSchema) {
    this.#head = columnHead(field);
    this.#width = bytesPerVector(field);
  }

  get sizeBytes(): number {
    return this.#rows * this.#width;
  }

  reserve(rows: number): void {
    const needed = (this.#rows + rows) * this.#width;
    if (needed <= this.#bytes.length) return;
    // Doubled, unless that much is asked for at once.
    const larger = new Uint8Array(this.#rows === 0 ? needed : Math.max(needed, this.#bytes.length * 2));
    larger.set(this.#bytes.subarray(0, this.#rows * this.#width));
    this.#bytes = larger;
  }

  push(stored: unknown): void {
    this.reserve(1);
    if (stored instanceof Uint8Array) this.#bytes.set(stored, this.#rows * this.#width);
    else {
      this.#absent ??= [];
      this.#absent.push(this.#rows);
    }
    this.#rows++;
  }

  finish(): StoredColumn {
    const used = this.#rows * this.#width;
    const values = used === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, used);
    if (this.#absent === undefined) return { ...this.#head, values };
    const valid = new Uint8Array(this.#rows).fill(1);
    for (const row of this.#absent) valid[row] = 0;
    return { ...this.#head, values, valid };
  }
}

/** Vectors that differ in length, and lists of vectors. */
export class SparseColumn implements GrowingColumn {
  readonly #head: ColumnHead;
  readonly #rows: (Uint8Array | null)[] = [];
  #sizeBytes = 0;

  constructor(field: FieldSchema) {
    this.#head = columnHead(field);
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  reserve(): void {}

  push(stored: unknown): void {
    const bytes = stored instanceof Uint8Array ? stored : null;
    this.#sizeBytes += 8 + (bytes?.length ?? 0);
    this.#rows.push(bytes);
  }

  finish(): StoredColumn {
    return { ...this.#head, values: this.#rows };
  }
}
