import type { PartitionFacts } from "../engine/contract/facts.js";
import { failure } from "../errors.js";
import { hybridTime } from "../values/hybrid-time.js";

/** What a list of partitions is asked for. */
interface Wanted {
  /** Names; none: all of the collection. */
  readonly names: readonly string[];
  /** Only those that are loaded, and how far. */
  readonly inMemory: boolean;
}

interface Shown {
  readonly partition_names: string[];
  readonly partitionIDs: number[];
  readonly created_timestamps: bigint[];
  readonly created_utc_timestamps: number[];
  readonly inMemory_percentages?: number[];
}

/**
 * The wanted partitions of a collection, in parallel lists, as the protocol's ShowPartitions has them on every surface.
 *
 * @throws PartitionNotFound; PartitionNotLoaded for a named one that is not in memory where only those are wanted
 */
export function shownPartitions(
  listed: readonly string[],
  facts: readonly PartitionFacts[],
  { names, inMemory }: Wanted,
): Shown {
  const all = listed.map((name, i) => ({ name, facts: facts[i] as PartitionFacts }));
  const asked = names.map((name) => {
    const found = all.find((item) => item.name === name);
    if (found === undefined) throw failure("PartitionNotFound", { partition: name });
    return found;
  });
  const wanted = asked.length > 0 ? asked : all;
  const released = asked.find((item) => item.facts.loadProgress === undefined);
  if (inMemory && released !== undefined) throw failure("PartitionNotLoaded", { partition: released.facts.id });
  const items = inMemory ? wanted.filter((item) => item.facts.loadProgress !== undefined) : wanted;
  return {
    partition_names: items.map((item) => item.name),
    partitionIDs: items.map((item) => item.facts.id),
    created_timestamps: items.map((item) => hybridTime(item.facts.createdAt)),
    created_utc_timestamps: items.map((item) => item.facts.createdAt),
    ...(inMemory && { inMemory_percentages: items.map((item) => item.facts.loadProgress ?? 0) }),
  };
}
