import { compareRows, type FoundDifferences, noDifferences, type RowsToCompare } from "./compare-rows.js";
import { compareSearches } from "./compare-searches.js";
import { ALL_PARTITIONS } from "./copy-rows.js";
import type { CollectionComparison, MoveProgress, PartitionComparison, RowDifferences } from "./options.js";
import { isRefusal } from "./repeat.js";
import type { CollectionName, DescribedCollection, Side } from "./side.js";

/** Two collections that should be the same. */
export interface CollectionsToCompare {
  readonly here: Side;
  readonly there: Side;
  readonly nameHere: CollectionName;
  readonly nameThere: CollectionName;
  readonly describedHere: DescribedCollection;
  readonly describedThere: DescribedCollection;
  readonly depth: "rows" | "counts" | "nothing";
  /** What is known already to keep them from being compared, in words. */
  readonly remarks: readonly string[];
  /** Here is only a part of what is there. */
  readonly subset: boolean;
  readonly omitted: ReadonlySet<string>;
  readonly maxKeys: number;
  /** Rows that are not in the other store by intention: those beyond a sample. */
  readonly rowsTotal: number;
  readonly onProgress: ((event: MoveProgress) => void) | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Partitions that a key chooses are read together. */
const READABLE = { loaded: true };

/** Compares partition by partition; both collections can be read. */
export async function compareCollections(task: CollectionsToCompare): Promise<CollectionComparison> {
  const { here, there, nameHere, nameThere, describedHere, describedThere } = task;
  const remarks = [...task.remarks];
  const partitions: PartitionComparison[] = [];
  const all = noDifferences();
  let done = 0;
  const compared = (rows: number) => {
    done += rows;
    task.onProgress?.({ kind: "compare", ...nameHere, rows: done, totalRows: task.rowsTotal });
  };
  const keyName = keyNameOf(describedHere);
  const counted = { ...task, keyName, compared };
  for (const partition of task.depth === "nothing" ? [] : comparedPartitions(describedHere)) {
    const name = partition ?? ALL_PARTITIONS;
    const known =
      partition === undefined ? READABLE : describedThere.partitions.find((each) => each.name === partition);
    if (known === undefined || !(known.loaded || there.readsReleased)) {
      remarks.push(
        known === undefined
          ? `partition ${name} is not there`
          : `the rows of partition ${name} were not compared: it is not loaded there`,
      );
      continue;
    }
    const before = { rowsHere: all.rowsHere, rowsThere: all.rowsThere };
    if (task.depth === "rows") await compareRows({ ...counted, partition }, all);
    const copies = await countThere(task, partition);
    if (task.depth === "counts") {
      all.rowsHere += await here.count(nameHere, describedHere, partition);
      all.rowsThere += copies ?? 0;
    }
    const rowsThere = all.rowsThere - before.rowsThere;
    if (copies !== undefined && copies !== rowsThere) {
      remarks.push(`partition ${name} counts ${copies} rows there, of which ${rowsThere} have keys of their own`);
    }
    partitions.push({ partition: name, rowsHere: all.rowsHere - before.rowsHere, rowsThere });
  }
  const searches = task.depth === "rows" && !task.subset ? await searched(counted, remarks) : undefined;
  const clean = all.onlyHere.count + all.onlyThere.count + all.changed.count === 0;
  return {
    database: nameHere.database,
    collection: nameHere.collection,
    into: nameThere.collection,
    same: clean && all.rowsHere === all.rowsThere && remarks.length === 0,
    remarks,
    partitions,
    ...shownDifferences(all),
    ...(searches !== undefined && { searches }),
  };
}

function shownDifferences(found: FoundDifferences) {
  const shown = ({ count, keys }: RowDifferences): RowDifferences => ({ count, keys });
  return {
    ranges: found.ranges,
    rangesDiffering: found.rangesDiffering,
    onlyHere: shown(found.onlyHere),
    onlyThere: shown(found.onlyThere),
    changed: { ...shown(found.changed), fields: [...found.fields].sort() },
  };
}

export function keyNameOf({ description }: DescribedCollection): string {
  return description.fields.find(({ primaryKey }) => primaryKey)?.name ?? "";
}

/** Each by itself; all together where a key chooses them and requests cannot name them. */
export function comparedPartitions({ description, partitions }: DescribedCollection): readonly (string | undefined)[] {
  return description.fields.some(({ partitionKey }) => partitionKey) ? [undefined] : partitions.map(({ name }) => name);
}

/** What the server itself counts; undefined where only some rows are compared. */
async function countThere(task: CollectionsToCompare, partition: string | undefined): Promise<number | undefined> {
  if (task.subset) return undefined;
  return task.there.count(task.nameThere, task.describedThere, partition);
}

/** A store that has not loaded its rows, or cannot search by a field, is not asked. */
async function searched(task: Omit<RowsToCompare, "partition">, remarks: string[]) {
  const loaded = (described: DescribedCollection) => described.description.load === "LoadStateLoaded";
  if (!loaded(task.describedHere) || !loaded(task.describedThere)) return undefined;
  try {
    return await compareSearches(task);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    remarks.push(`a search was refused: ${error.message}`);
    return undefined;
  }
}
