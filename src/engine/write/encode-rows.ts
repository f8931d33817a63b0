import { failure, isElanusError } from "../../errors.js";
import { saidValue } from "../../values/js-value.js";
import { thrownText } from "../../values/shown-text.js";
import { isStep } from "../../values/steps.js";
import type { StoredRow } from "../entities/batch.js";
import type { KeyValue } from "../entities/find-rows.js";
import type { Collection } from "../model/collection.js";
import { changedArray } from "./array-changes.js";
import {
  absentValue,
  BatchBuilder,
  type ComputedSlot,
  missingField,
  placed,
  type ScalarSlot,
} from "./batch-builder.js";
import { encodeDynamic } from "./dynamic-field.js";
import type { Encoding } from "./encoding.js";
import { functionOutputGiven, keepStoredOutput, outputMayBeGiven } from "./function-outputs.js";
import { type EncodeOptions, keysMayBeGiven, prepared } from "./prepared-batch.js";
import { StructRows } from "./struct-rows.js";

/**
 * Checks and converts a batch of rows before anything is written; one bad row refuses all.
 *
 * @param rows as decoded from JSON or given in process
 * @throws BadRow (1804) first, then the schema-level 1100 errors, as the server orders them
 */
export function* encodeRows(collection: Collection, rows: readonly unknown[], options: EncodeOptions): Encoding {
  if (rows.length === 0) throw failure("BadRow", { detail: "missing required parameters" });
  const builder = new BatchBuilder(collection, rows.length);
  const encoder = new RowEncoder(builder, collection, options);
  let row = 0;
  try {
    for (; row < rows.length; row++) {
      builder.row = row;
      encoder.add(rows[row], row);
      if (isStep(row)) yield;
    }
  } catch (error) {
    if (isElanusError(error)) throw placed(error, row, encoder.field);
    // A getter or a Proxy of the caller's has thrown.
    throw failure("BadRow", { detail: `row ${row} cannot be read: ${thrownText(error)}` }, error);
  }
  encoder.refuseOutputs();
  return prepared(builder, encoder.keyless, options);
}

type Values = Readonly<Record<string, unknown>>;

class RowEncoder {
  /** Rows whose key is to be drawn. */
  readonly keyless: number[] = [];
  /** Whose value is looked at; undefined: it is the row as a whole. */
  field: string | undefined;
  readonly #builder: BatchBuilder;
  readonly #options: EncodeOptions;
  readonly #keysMayBeGiven: boolean;
  readonly #structs: StructRows;
  /** Which rows bring what a function computes. */
  readonly #given = new Map<ComputedSlot, Uint8Array>();

  constructor(builder: BatchBuilder, collection: Collection, options: EncodeOptions) {
    this.#builder = builder;
    this.#options = options;
    this.#keysMayBeGiven = keysMayBeGiven(collection, options);
    this.#structs = new StructRows(collection.schema);
  }

  add(given: unknown, row: number): void {
    this.field = undefined;
    if (given === null || typeof given !== "object" || Array.isArray(given)) throw notAnObject(given);
    const values = this.#structs.spread(given as Values);
    const { existing } = this.#options;
    const base = existing === undefined ? undefined : this.#base(values, row, existing);
    // Of a partial row, what is too much is reported before what is missing.
    if (existing !== undefined) this.#refuseUnknown(values, Object.keys(values));
    const present = this.#scalars(values, row, base) + this.#vectors(values, row, base);
    this.field = undefined;
    const keys = Object.keys(values);
    const { dynamic, fieldNames } = this.#builder;
    if (dynamic !== undefined) {
      const stored = base === undefined ? undefined : this.#builder.dynamicOf(base);
      dynamic.values[row] =
        keys.length === present && stored === undefined
          ? "{}"
          : encodeDynamic(values, keys, fieldNames, stored, dynamic.target, row);
    } else if (keys.length > present) this.#refuseUnknown(values, keys);
  }

  /** @returns how many scalar fields the row has */
  #scalars(values: Values, row: number, base: StoredRow | undefined): number {
    const { scalars, key } = this.#builder;
    let count = 0;
    for (let c = 0; c < scalars.length; c++) {
      const slot = scalars[c] as ScalarSlot;
      const { field, type, target } = slot;
      this.field = field.name;
      const present = Object.hasOwn(values, field.name);
      if (present) count++;
      const value = present ? saidValue(values[field.name]) : undefined;
      if (slot === key && field.autoId) {
        if (value === undefined || value === null) {
          if (this.#options.operation === "upsert") throw missingField(field, row);
          this.keyless.push(row);
          continue;
        }
        if (!this.#keysMayBeGiven) {
          throw failure("BadRow", {
            detail: `no need to pass pk field(${field.name}) when autoid==true in insert: invalid parameter`,
          });
        }
      }
      const change = present ? this.#options.changes?.get(field.name) : undefined;
      if (change !== undefined) slot.values[row] = changedArray(slot, change, value, base, c, row);
      else if (value !== undefined && value !== null) slot.values[row] = type.encode(value, target, row);
      else if (!present && base !== undefined) slot.values[row] = base.columns[c] as KeyValue | null;
      else slot.values[row] = absentValue(field, row);
    }
    return count;
  }

  /** @returns how many vector fields the row has */
  #vectors(values: Values, row: number, base: StoredRow | undefined): number {
    let count = 0;
    for (const slot of this.#builder.vectors) {
      const { field } = slot;
      this.field = field.name;
      const present = Object.hasOwn(values, field.name);
      if (present) count++;
      const value = present ? saidValue(values[field.name]) : undefined;
      const computed = this.#builder.computedSlot(field);
      if (computed !== undefined) {
        this.#computed(computed, value, values, row, base);
        continue;
      }
      const kept = present ? undefined : base?.vectors.get(field.id);
      if (kept !== undefined && kept !== null) {
        slot.keep(kept, row);
        continue;
      }
      if (field.nullable && (value === undefined || value === null)) continue;
      if (field.type === "ArrayOfVector" && !present) throw missingField(field, row);
      slot.put(value, row);
    }
    return count;
  }

  /** A field that a function computes, unless the row may bring it and does. */
  #computed(slot: ComputedSlot, value: unknown, values: Values, row: number, base: StoredRow | undefined): void {
    // To the server's REST door an empty text is nothing.
    if (value === undefined || value === null || value === "") {
      if (base !== undefined && !Object.hasOwn(values, slot.input.field.name)) keepStoredOutput(slot, base, row);
      return;
    }
    slot.output.put(value, row);
    slot.filled[row] = 1;
    const given = this.#given.get(slot) ?? new Uint8Array(this.#builder.count);
    given[row] = 1;
    this.#given.set(slot, given);
  }

  /** Of outputs that must not be given, values that are none and rows without one are reported first. */
  refuseOutputs(): void {
    const { collection, computed } = this.#builder;
    for (const slot of computed) {
      const given = this.#given.get(slot);
      if (given === undefined || outputMayBeGiven(collection, slot.function)) continue;
      const without = given.indexOf(0);
      throw without < 0 ? functionOutputGiven(slot.function) : missingField(slot.output.field, without);
    }
  }

  #base(values: Values, row: number, existing: (key: KeyValue) => StoredRow | undefined): StoredRow | undefined {
    const { field, type, target } = this.#builder.key;
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    if (value === undefined || value === null) throw missingField(field, row);
    return existing(type.encode(value, target, row));
  }

  #refuseUnknown(values: Values, keys: readonly string[]): void {
    const { dynamic, fieldNames } = this.#builder;
    if (dynamic === undefined && keys.some((key) => !fieldNames.has(key) && values[key] !== undefined)) {
      throw failure("BadRow", {
        detail: "has pass more field without dynamic schema, please check it: invalid parameter",
      });
    }
  }
}

/** The server names the kinds of JSON by number. */
function notAnObject(row: unknown): Error {
  const kind =
    row === null || row === undefined
      ? 0
      : row === false
        ? 1
        : typeof row === "number" || typeof row === "bigint"
          ? 2
          : typeof row === "string"
            ? 3
            : row === true
              ? 4
              : 5;
  return failure("BadRow", {
    detail: `NULL:0, FALSE:1, NUMBER:2, STRING:3, TRUE:4, JSON:5: invalid parameter[expected=5][actual=${kind}]`,
  });
}
