import { failure } from "../../errors.js";
import { type Collection, hasPartitionKey, type Partition, partitionByName } from "../model/collection.js";
import type { QueryContext } from "./query-context.js";

/**
 * The partitions that a request names, each once; undefined when it names none.
 *
 * @param refusal of names where a partition key chooses the partitions
 * @throws PartitionKeyNames or PartitionKeyQueryNames, PartitionNameNotFound
 */
export function namedPartitions(
  collection: Collection,
  names: readonly string[] | undefined,
  refusal: "PartitionKeyNames" | "PartitionKeyQueryNames" = "PartitionKeyNames",
): readonly Partition[] | undefined {
  if (names === undefined || names.length === 0) return undefined;
  if (hasPartitionKey(collection)) throw failure(refusal);
  const found = new Set<Partition>();
  for (const name of names) {
    const partition = partitionByName(collection, name.trim());
    if (partition === undefined) throw failure("PartitionNameNotFound", { partition: name });
    found.add(partition);
  }
  return [...found];
}

/**
 * The partitions a call reads: the named ones, or all that are loaded.
 *
 * @param context of the message: `failed to search`
 * @throws CollectionNotLoaded, PartitionNotLoaded for the first unloaded one
 */
export function requireLoaded(
  ctx: QueryContext,
  collection: Collection,
  named: readonly Partition[] | undefined,
  context?: string,
): readonly Partition[] {
  const front = context === undefined ? {} : { context };
  if (collection.loadMode === "none") throw failure("CollectionNotLoaded", { collection: collection.id, ...front });
  const loaded = (partition: Partition) => partition.loaded && !ctx.loader.isLoading(collection.id, partition.id);
  const missing = named?.find((partition) => !loaded(partition));
  if (missing !== undefined) throw failure("PartitionNotLoaded", { partition: missing.id, ...front });
  return named ?? collection.partitions.filter(loaded);
}
