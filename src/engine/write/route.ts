import { failure } from "../../errors.js";
import type { EncodedBatch, SqlValue } from "../entities/batch.js";
import { scalarFields } from "../entities/columns.js";
import { type Collection, DEFAULT_PARTITION, hasPartitionKey, partitionByName } from "../model/collection.js";
import { checkPartitionName } from "../model/validate-names.js";

/** Finds the partition of each row of a batch. */
export type Route = (batch: EncodedBatch) => (position: number) => number;

/**
 * Partition id of each row: the named partition, or routed by partition key.
 *
 * @param name undefined or empty: the default partition
 * @throws PartitionNameInvalid, PartitionNotFound, PartitionKeyNames
 */
export function routeRows(collection: Collection, name: string | undefined): Route {
  const named = name !== undefined && name !== "";
  if (!hasPartitionKey(collection)) {
    const partition = partitionByName(collection, named ? checkPartitionName(name) : DEFAULT_PARTITION);
    if (partition === undefined) throw failure("PartitionNotFound", { partition: String(name) });
    const { id } = partition;
    return () => () => id;
  }
  if (named) throw failure("PartitionKeyNames");
  const column = scalarFields(collection).findIndex((f) => f.partitionKey);
  return (batch) => {
    const values = batch.columns[column] as readonly SqlValue[];
    return (position) => partitionOfKey(collection, values[position] as SqlValue);
  };
}

/** The partition of a partition-key value: a stable hash (FNV-1a of its text) over the partitions. */
function partitionOfKey(collection: Collection, value: SqlValue): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(String(value))) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return (collection.partitions[hash % collection.partitions.length] as { id: number }).id;
}
