import { failure, isElanusError } from "../../errors.js";
import type { EncodedBatch, SqlValue, StoredRow } from "../entities/batch.js";
import { scalarFields, vectorFields } from "../entities/columns.js";
import type { Collection } from "../model/collection.js";
import type { FunctionSchema } from "../model/functions.js";
import { DYNAMIC_FIELD, type FieldSchema } from "../model/schema.js";
import { structOf } from "../model/structs.js";
import type { ScalarFieldType, Target, TypedField } from "../model/types/field-type.js";
import { scalarType } from "../model/types/table.js";
import { type VectorSlot, vectorSlot } from "./vector-slots.js";

/** A scalar column of a batch on its way to stored form. */
export interface ScalarSlot {
  readonly field: FieldSchema;
  readonly type: ScalarFieldType;
  readonly target: Target;
  /** One per row; a hole where the key is still to be drawn. */
  readonly values: SqlValue[];
}

/** A vector field that a function computes from a text. */
export interface ComputedSlot {
  readonly function: FunctionSchema;
  readonly input: ScalarSlot;
  readonly output: VectorSlot;
  /** 1 per row whose vector is there already. */
  readonly filled: Uint8Array;
}

/** The dynamic field as its type sees it. */
const DYNAMIC: TypedField = { name: DYNAMIC_FIELD, type: "JSON", params: {} };

/** An error with the place of the value that it is about: servers' messages seldom name it. */
export function placed(error: Error, row: number, field: string | undefined): Error {
  if (isElanusError(error)) Object.assign(error.details, { row, ...(field !== undefined && { field }) });
  return error;
}

/** A batch being made: one slot per column. Shapes are refused at once, lengths and the like when it is finished. */
export class BatchBuilder {
  readonly collection: Collection;
  readonly count: number;
  readonly scalars: readonly ScalarSlot[];
  readonly key: ScalarSlot;
  readonly vectors: readonly VectorSlot[];
  /** The dynamic field: JSON objects as text. */
  readonly dynamic: { readonly target: Target; readonly values: string[] } | undefined;
  /** Fields that functions compute, in the order of the functions. */
  readonly computed: readonly ComputedSlot[];
  /** Names of all fields, those of structs as `struct[field]`, and of the structs. */
  readonly fieldNames: ReadonlySet<string>;
  /** Which row is looked at, where they come row by row. */
  row: number | undefined;
  #late: Error | undefined;

  constructor(collection: Collection, count: number) {
    const { schema } = collection;
    const timeZone = collection.properties["timezone"];
    const targetOf = (field: TypedField): Target => ({
      field,
      timeZone,
      late: (error) => {
        this.#late ??= this.row === undefined ? error : placed(error, this.row, field.name);
      },
    });
    this.collection = collection;
    this.count = count;
    this.scalars = scalarFields(collection).map((field) => ({
      field,
      type: scalarType(field.type),
      target: targetOf(field),
      values: new Array<SqlValue>(count),
    }));
    this.key = this.scalars.find(({ field }) => field.primaryKey) as ScalarSlot;
    this.vectors = vectorFields(collection).map((field) => vectorSlot(field, targetOf(field), count));
    this.dynamic = schema.dynamic ? { target: targetOf(DYNAMIC), values: new Array<string>(count) } : undefined;
    this.computed = schema.functions.map((made) => this.#computedSlot(made));
    this.fieldNames = new Set([...schema.fields, ...schema.structs].map(({ name }) => name));
  }

  /** The slot of a field that a function computes. */
  computedSlot(field: FieldSchema): ComputedSlot | undefined {
    return this.computed.find(({ output }) => output.field === field);
  }

  /** The slot of the dynamic field comes after the others in a stored row. */
  dynamicOf(base: StoredRow): string {
    return base.columns[this.scalars.length] as string;
  }

  /** @throws what was told late */
  checkLate(): void {
    if (this.#late !== undefined) throw this.#late;
  }

  /** @throws what was told late */
  finish(): EncodedBatch {
    this.checkLate();
    const columns: SqlValue[][] = this.scalars.map((slot) => slot.values);
    if (this.dynamic !== undefined) columns.push(this.dynamic.values);
    return {
      count: this.count,
      columns,
      keys: this.key.values,
      vectors: new Map(this.vectors.map((slot) => [slot.field.id, slot.finish()])),
    };
  }

  #computedSlot(made: FunctionSchema): ComputedSlot {
    const input = this.scalars.find(({ field }) => field.name === made.inputFieldNames[0]);
    const output = this.vectors.find(({ field }) => field.name === made.outputFieldNames[0]);
    if (input === undefined || output === undefined) throw new Error("a function without its fields");
    return { function: made, input, output, filled: new Uint8Array(this.count) };
  }
}

/**
 * The stored value of a scalar field that a row leaves out or gives as null.
 * @throws BadRow
 */
export function absentValue(field: FieldSchema, row: number): SqlValue {
  if (field.defaultValue !== undefined) return field.defaultValue;
  if (field.nullable) return null;
  throw missingField(field, row);
}

export function missingField(field: FieldSchema, row: number): Error {
  return failure("BadRow", { detail: `row ${row} does not has field ${structOf(field) ?? field.name}` });
}
