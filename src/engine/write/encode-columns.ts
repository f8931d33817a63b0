import { failure } from "../../errors.js";
import { parseStoredObject } from "../../values/json-text.js";
import { isStep } from "../../values/steps.js";
import type { InputColumn, InputColumns } from "../contract/column.js";
import type { SqlValue, StoredRow } from "../entities/batch.js";
import type { KeyValue } from "../entities/find-rows.js";
import type { Collection } from "../model/collection.js";
import { DYNAMIC_FIELD } from "../model/schema.js";
import { type ArrayChange, changedArray } from "./array-changes.js";
import { absentValue, BatchBuilder, type ComputedSlot, type ScalarSlot } from "./batch-builder.js";
import { checkColumns, missingColumn } from "./check-columns.js";
import { encodeDynamic } from "./dynamic-field.js";
import type { Encoding } from "./encoding.js";
import { keepStoredOutput } from "./function-outputs.js";
import { type EncodeOptions, prepared } from "./prepared-batch.js";
import type { VectorSlot } from "./vector-slots.js";

/**
 * Checks and converts a batch of columns before anything is written; one bad value refuses all. No object is made per row,
 * and bytes of vectors are not copied: they must not change until the call has ended.
 *
 * @throws what `checkColumns` refuses, then BadRow for values that do not fit, then the 1100 errors of lengths and capacities
 */
export function* encodeColumns(collection: Collection, input: InputColumns, options: EncodeOptions): Encoding {
  const columns = checkColumns(collection, input, options);
  const { rowCount } = input;
  const builder = new BatchBuilder(collection, rowCount);
  const { key } = builder;
  const keyColumn = columns.get(key.field.name);
  if (keyColumn !== undefined) yield* encodeScalar(key, keyColumn, rowCount);
  const { existing } = options;
  const bases = existing === undefined ? undefined : key.values.map((value) => existing(value as KeyValue));
  for (const [c, slot] of builder.scalars.entries()) {
    if (slot === key) continue;
    const column = columns.get(slot.field.name);
    const change = options.changes?.get(slot.field.name);
    if (column !== undefined && change !== undefined) changeArrays(slot, change, column, bases, c);
    else if (column !== undefined) yield* encodeScalar(slot, column, rowCount);
    else fillScalar(slot, bases, c, rowCount);
  }
  for (const slot of builder.vectors) {
    yield;
    const column = columns.get(slot.field.name);
    const computed = builder.computedSlot(slot.field);
    if (column !== undefined) {
      slot.take(column);
      computed?.filled.fill(1);
    } else if (computed === undefined) fillVectors(slot, bases, rowCount);
    else if (!columns.has(computed.input.field.name)) keepStoredOutputs(computed, bases);
  }
  yield* encodeObjects(builder, columns.get(DYNAMIC_FIELD), bases);
  const keyless = keyColumn === undefined ? Array.from({ length: rowCount }, (_, row) => row) : [];
  return prepared(builder, keyless, options);
}

type Steps = Generator<undefined, void, undefined>;

type Bases = readonly (StoredRow | undefined)[] | undefined;

function* encodeScalar({ field, type, target, values }: ScalarSlot, column: InputColumn, rowCount: number): Steps {
  const given = column.values as readonly unknown[];
  for (let row = 0; row < rowCount; row++) {
    const value = given[row];
    values[row] = value === null || value === undefined ? absentValue(field, row) : type.encodeCell(value, target, row);
    if (isStep(row)) yield;
  }
}

function changeArrays(slot: ScalarSlot, change: ArrayChange, column: InputColumn, bases: Bases, c: number): void {
  for (const [row, elements] of (column.values as readonly unknown[]).entries()) {
    slot.values[row] = changedArray(slot, change, elements, bases?.[row], c, row);
  }
}

function fillScalar({ field, values }: ScalarSlot, bases: Bases, c: number, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) {
    const base = bases?.[row];
    values[row] = base === undefined ? absentValue(field, row) : (base.columns[c] as SqlValue);
  }
}

function fillVectors(slot: VectorSlot, bases: Bases, rowCount: number): void {
  for (let row = 0; row < rowCount; row++) {
    const kept = bases?.[row]?.vectors.get(slot.field.id);
    if (kept !== undefined && kept !== null) slot.keep(kept, row);
    else if (!slot.field.nullable) throw missingColumn(slot.field.name);
  }
}

function keepStoredOutputs(slot: ComputedSlot, bases: Bases): void {
  for (const [row, base] of bases?.entries() ?? []) if (base !== undefined) keepStoredOutput(slot, base, row);
}

function* encodeObjects(builder: BatchBuilder, column: InputColumn | undefined, bases: Bases): Steps {
  const { dynamic, fieldNames, count } = builder;
  if (dynamic === undefined) return;
  for (let row = 0; row < count; row++) {
    const base = bases?.[row];
    const stored = base === undefined ? undefined : builder.dynamicOf(base);
    const text = (column?.values as readonly unknown[] | undefined)?.[row] ?? "{}";
    if (text === "{}") {
      dynamic.values[row] = stored ?? "{}";
      continue;
    }
    const object = readObject(text, row);
    const keys = Object.keys(object);
    const taken = keys.find((key) => fieldNames.has(key));
    if (taken !== undefined) {
      throw failure("InvalidParameter", { text: `dynamic json cannot include the static field name: ${taken}` });
    }
    dynamic.values[row] = encodeDynamic(object, keys, fieldNames, stored, dynamic.target, row, "kept");
    if (isStep(row)) yield;
  }
}

function readObject(text: unknown, row: number): Readonly<Record<string, unknown>> {
  let read: unknown;
  try {
    read = parseStoredObject(String(text));
  } catch (cause) {
    throw failure("BadRow", { detail: `row ${row} of ${DYNAMIC_FIELD} is no JSON: ${(cause as Error).message}` });
  }
  if (read === null || typeof read !== "object" || Array.isArray(read)) {
    throw failure("BadRow", { detail: `row ${row} of ${DYNAMIC_FIELD} is no JSON object` });
  }
  return read as Readonly<Record<string, unknown>>;
}
