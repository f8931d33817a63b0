import type { ColumnTest } from "../../expr/index.js";
import type { Collection } from "../model/collection.js";
import { fieldByName } from "../model/schema.js";
import { TTL_FIELD_PROPERTY, TTL_PROPERTY } from "../model/validate-properties.js";
import { fieldColumn } from "./columns.js";
import type { Condition } from "./read-rows.js";

/** A condition on one column: its value is later than a point in time, or there is none. */
interface LivingRows extends Condition {
  readonly column: string;
  readonly isNullable: boolean;
  readonly after: bigint;
}

/** Rows that have not expired, by their age or by the point in time that they hold; undefined where none can expire. */
export function livingRows(collection: Collection, now: number): LivingRows | undefined {
  const oldest = oldestLiving(collection, now);
  const ttlField = collection.properties[TTL_FIELD_PROPERTY];
  const field = ttlField === undefined ? undefined : fieldByName(collection.schema, ttlField);
  if (field !== undefined) {
    const column = fieldColumn(field.id);
    const after = BigInt(Math.trunc(now)) * 1000n;
    return { text: `(${column} IS NULL OR ${column}>?)`, params: [after], column, isNullable: true, after };
  }
  if (oldest === undefined) return undefined;
  return { text: "ts>?", params: [oldest], column: "ts", isNullable: false, after: BigInt(Math.floor(oldest)) };
}

/** The same as a test of columns. */
export function livingTest(collection: Collection, now: number): ColumnTest | undefined {
  const living = livingRows(collection, now);
  if (living === undefined) return undefined;
  const { column, isNullable, after } = living;
  const source = { key: column, sql: { text: column, params: [] }, holds: "int64" as const, cost: 1 };
  const later = { kind: "between" as const, source, low: { value: after, inclusive: false }, negated: false };
  if (!isNullable) return later;
  return { kind: "or", tests: [{ kind: "present", source, negated: true }, later] };
}

/** Rows that have expired; undefined where none can. */
export function expiredRows(collection: Collection, now: number): Condition | undefined {
  const living = livingRows(collection, now);
  return living === undefined ? undefined : { text: `NOT ${living.text}`, params: living.params };
}

/** Rows written at or before this moment have expired; undefined without a TTL of the collection. Milliseconds. */
export function oldestLiving(collection: Collection, now: number): number | undefined {
  const seconds = Number(collection.properties[TTL_PROPERTY] ?? 0);
  return seconds > 0 ? now - seconds * 1000 : undefined;
}
