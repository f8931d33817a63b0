import type { Collection } from "../model/collection.js";
import { fieldByName } from "../model/schema.js";
import { TTL_FIELD_PROPERTY, TTL_PROPERTY } from "../model/validate-properties.js";
import { fieldColumn } from "./columns.js";
import type { Condition } from "./read-rows.js";

/** Rows that have not expired, by their age or by the point in time that they hold; undefined where none can expire. */
export function livingRows(collection: Collection, now: number): Condition | undefined {
  const oldest = oldestLiving(collection, now);
  const ttlField = collection.properties[TTL_FIELD_PROPERTY];
  const field = ttlField === undefined ? undefined : fieldByName(collection.schema, ttlField);
  if (field !== undefined) {
    const column = fieldColumn(field.id);
    return { text: `(${column} IS NULL OR ${column}>?)`, params: [BigInt(Math.trunc(now)) * 1000n] };
  }
  return oldest === undefined ? undefined : { text: "ts>?", params: [oldest] };
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
