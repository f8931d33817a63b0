import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { type EncodedBatch, type EncodeOptions, encodeBatch } from "../../entities/encode-batch.js";
import { routeByKey, writeRows } from "../../entities/write-rows.js";
import { failpoint } from "../../failpoints.js";
import { type Collection, DEFAULT_PARTITION, hasPartitionKey } from "../../model/collection.js";
import { requirePartition } from "../resolve.js";

/** The rows of a request; a single object is one row. */
export function rowsOf(data: unknown): readonly unknown[] {
  if (Array.isArray(data)) return data;
  if (data !== null && typeof data === "object") return [data];
  throw failure("MalformedRequest", {
    detail: `json: cannot unmarshal ${typeof data} into Go struct field CollectionDataReq.data of type []map[string]interface {}`,
  });
}

/** Partition id of each row: the named partition, or routed by partition key. */
export function partitionRouter(
  ctx: EngineContext,
  collection: Collection,
  name: string | undefined,
): (batch: EncodedBatch) => (position: number) => number {
  if (hasPartitionKey(collection)) {
    if (name !== undefined && name !== "") throw failure("PartitionKeyNames");
    const column = ctx.entities.table(collection).scalars.findIndex((f) => f.partitionKey);
    return (batch) => (position) =>
      routeByKey(collection, batch.columns[position]?.[column] as number | bigint | string);
  }
  const { id } = requirePartition(collection, name === undefined || name === "" ? DEFAULT_PARTITION : name);
  return () => () => id;
}

/**
 * Validates, writes and indexes a batch, all or nothing; visible to every later call when it returns.
 * @returns the keys in input order, as callers see them
 */
export function writeBatch(
  ctx: EngineContext,
  collection: Collection,
  rows: readonly unknown[],
  route: (batch: EncodedBatch) => (position: number) => number,
  options: Omit<EncodeOptions, "autoIds">,
): readonly (number | bigint | string)[] {
  const table = ctx.entities.table(collection);
  const { sequences } = ctx.catalog;
  // Shapes are checked before the transaction: a bad batch never takes the write lock.
  const encode = () =>
    encodeBatch(collection, rows, {
      ...options,
      autoIds: (count) => {
        const first = ctx.transaction(() => sequences.reserveAutoIds(count));
        return Array.from({ length: count }, (_, i) => first + BigInt(i));
      },
    });
  const checked = options.existing === undefined ? encode() : undefined;
  const { batch, effect } = ctx.transaction(() => {
    const batch = checked ?? encode();
    const firstRowId = sequences.reserveRowIds(collection.id, batch.count);
    return { batch, effect: writeRows(table, batch, firstRowId, ctx.now(), route(batch)) };
  });
  failpoint("after-commit-before-index");
  // No await between commit and this: nobody sees rows that the segments lack.
  ctx.entities.touched(collection.id);
  ctx.loader.apply(collection.id, effect, batch);
  return batch.ids;
}
