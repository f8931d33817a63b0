import { failure } from "../../errors.js";
import type { EncodedBatch, SqlValue, StoredRow } from "../entities/batch.js";
import { scalarFields, vectorFields } from "../entities/columns.js";
import type { Collection } from "../model/collection.js";
import { type FunctionSchema, functionOf } from "../model/functions.js";
import { DYNAMIC_FIELD, type FieldSchema } from "../model/schema.js";
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

/** The dynamic field as its type sees it. */
const DYNAMIC: TypedField = { name: DYNAMIC_FIELD, type: "JSON", params: {} };

/** A batch being made: one slot per column. Shapes are refused at once, lengths and the like when it is finished. */
export class BatchBuilder {
  readonly count: number;
  readonly scalars: readonly ScalarSlot[];
  readonly key: ScalarSlot;
  readonly vectors: readonly VectorSlot[];
  /** The dynamic field: JSON objects as text. */
  readonly dynamic: { readonly target: Target; readonly values: string[] } | undefined;
  readonly functions: readonly FunctionSchema[];
  /** Names of all fields. */
  readonly fieldNames: ReadonlySet<string>;
  #late: Error | undefined;

  constructor(collection: Collection, count: number) {
    const { schema } = collection;
    const timeZone = collection.properties["timezone"];
    const late = (error: Error): void => {
      this.#late ??= error;
    };
    const targetOf = (field: TypedField): Target => ({ field, timeZone, late });
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
    this.functions = schema.functions;
    this.fieldNames = new Set(schema.fields.map((field) => field.name));
  }

  /** Whether the engine computes a field. */
  isComputed(field: FieldSchema): boolean {
    return this.functions.length > 0 && functionOf(this.functions, field.name) !== undefined;
  }

  /** The slot of the dynamic field comes after the others in a stored row. */
  dynamicOf(base: StoredRow): string {
    return base.columns[this.scalars.length] as string;
  }

  /** @throws what was told late */
  finish(): EncodedBatch {
    if (this.#late !== undefined) throw this.#late;
    const columns: SqlValue[][] = this.scalars.map((slot) => slot.values);
    if (this.dynamic !== undefined) columns.push(this.dynamic.values);
    return {
      count: this.count,
      columns,
      keys: this.key.values,
      vectors: new Map(this.vectors.map((slot) => [slot.field.id, slot.finish()])),
    };
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
  return failure("BadRow", { detail: `row ${row} does not has field ${field.name}` });
}
