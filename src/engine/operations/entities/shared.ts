import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { oldestLiving } from "../../entities/entity-store.js";
import type { EntityTable } from "../../entities/entity-table.js";
import type { CompiledFilter, FilterUse } from "../../entities/filter-cache.js";
import { type Selection, selectRowIds } from "../../entities/read-rows.js";
import { type Collection, type ConsistencyLevel, hasPartitionKey, type Partition } from "../../model/collection.js";
import { isLoaded, requirePartitions } from "../resolve.js";

/** Partition names of a data operation, `partitionName` (get) among them. */
export function namedPartitions(
  collection: Collection,
  names: readonly string[] | undefined,
  name?: string,
): readonly Partition[] | undefined {
  const all = [...(names ?? []), ...(name === undefined || name === "" ? [] : [name])];
  if (all.length === 0) return undefined;
  if (hasPartitionKey(collection)) throw failure("PartitionKeyNames");
  return requirePartitions(collection, all, "data");
}

/**
 * The partitions a data operation reads: the named ones, or all that are loaded.
 * @param context of the message: `failed to search`
 * @throws CollectionNotLoaded (101), PartitionNotLoaded (201) naming the first unloaded one
 */
export function requireLoaded(
  ctx: EngineContext,
  collection: Collection,
  named: readonly Partition[] | undefined,
  context?: string,
): readonly Partition[] {
  const front = context === undefined ? {} : { context };
  if (!isLoaded(collection)) throw failure("CollectionNotLoaded", { collection: collection.id, ...front });
  const loaded = (p: Partition) => p.loaded && !ctx.loader.isLoading(collection.id, p.id);
  const missing = named?.find((p) => !loaded(p));
  if (missing !== undefined) throw failure("PartitionNotLoaded", { partition: missing.id, ...front });
  return named ?? collection.partitions.filter(loaded);
}

/** Rows of the given partitions that a filter lets through and that have not expired. */
export function selectionOf(
  ctx: EngineContext,
  collection: Collection,
  partitions: readonly Partition[],
  filter: CompiledFilter | undefined,
): Selection {
  const newerThan = oldestLiving(collection, ctx.now());
  const condition = filter?.condition;
  return {
    ...(partitions.length === collection.partitions.length ? {} : { partitions: partitions.map((p) => p.id) }),
    partitionsAreBroad: partitions.length * 5 > collection.partitions.length,
    ...(condition === undefined ? {} : { filter: condition }),
    ...(newerThan === undefined ? {} : { newerThan }),
  };
}

/** `random_sample`: about that share of the selected rows, drawn anew at each call. */
export function sampleRows(table: EntityTable, selection: Selection, share: number): number[] {
  const rows = selectRowIds(table, selection);
  const exact = rows.length * share;
  const count = Math.floor(exact) + (Math.random() < exact - Math.floor(exact) ? 1 : 0);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(Math.random() * (rows.length - i));
    const swapped = rows[i] as number;
    rows[i] = rows[j] as number;
    rows[j] = swapped;
  }
  return rows.slice(0, count);
}

/** Narrows a selection to rows drawn before. */
export function onlyRows(selection: Selection, rowIds: readonly number[]): Selection {
  return {
    ...selection,
    filter: { text: "row_id IN (SELECT value FROM json_each(?))", params: [JSON.stringify(rowIds)] },
  };
}

/**
 * A compiled filter; undefined when `text` is absent or blank.
 * @throws InvalidExpression, NotAPredicate
 */
export function compileFilter(
  ctx: EngineContext,
  collection: Collection,
  text: string | undefined,
  values: Readonly<Record<string, unknown>> | undefined,
  use: FilterUse,
): CompiledFilter | undefined {
  if (text === undefined || text.trim() === "") return undefined;
  return ctx.filters.compile(collection, text, values, use);
}

const LEVELS: readonly ConsistencyLevel[] = ["Strong", "Session", "Bounded", "Eventually", "Customized"];

/**
 * Checks a consistency level; the engine is always strongly consistent.
 * @throws InvalidParameter
 */
export function checkConsistencyLevel(level: string | undefined): void {
  if (level === undefined || level === "" || LEVELS.includes(level as ConsistencyLevel)) return;
  throw failure("InvalidParameter", {
    text: `consistencyLevel can only be [${LEVELS.join(", ")}], default: Bounded, err:parameter:'${level}' is incorrect, please check it`,
  });
}
