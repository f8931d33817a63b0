import { isDenseType } from "../api/grpc/columns/types.js";
import type { RecordBatch } from "../engine/contract/column.js";
import { denseType } from "../engine/model/types/table.js";
import type { RowsToCompare } from "./compare-rows.js";
import type { DescribedCollection } from "./side.js";

/** Searches per vector field, and hits that each of them is asked for. */
const SEARCHES = 5;
const HITS = 10;

export interface ComparedSearches {
  count: number;
  /** Of the hits of one side the part that the other has, too. */
  shared: number;
}

/** Searches both sides for a few of their vectors: indexes of different makes may find a little else. */
export async function compareSearches(task: Omit<RowsToCompare, "partition">): Promise<ComparedSearches | undefined> {
  const { here, there, nameHere, nameThere, describedHere, describedThere } = task;
  const partitions = loadedOnBoth(describedHere, describedThere);
  if (partitions?.length === 0) return undefined;
  let count = 0;
  let hits = 0;
  let shared = 0;
  for (const { fieldName: field, metricType } of describedHere.indexes) {
    const type = describedHere.description.fields.find(({ name }) => name === field)?.type ?? "";
    if (!isDenseType(type) && type !== "SparseFloatVector") continue;
    if (metricType === "BM25") continue;
    const rows = await here.read({
      ...nameHere,
      described: describedHere,
      partition: undefined,
      filter: "",
      outputFields: [field],
      limit: SEARCHES,
    });
    const vectors = vectorsOf(rows, field);
    if (vectors.length === 0 || task.omitted.has(field)) continue;
    const asked = { field, partitions, metricType, vectors, limit: HITS };
    const foundHere = await here.nearest({ ...nameHere, described: describedHere, ...asked });
    const foundThere = await there.nearest({ ...nameThere, described: describedThere, ...asked });
    count += vectors.length;
    for (const [query, keys] of foundHere.entries()) {
      const others = new Set((foundThere[query] ?? []).map(String));
      hits += Math.max(keys.length, others.size);
      shared += keys.filter((key) => others.has(String(key))).length;
    }
  }
  return count === 0 ? undefined : { count, shared: hits === 0 ? 1 : shared / hits };
}

/** Undefined: all, or a key chooses them, and requests cannot name them. */
function loadedOnBoth(here: DescribedCollection, there: DescribedCollection): readonly string[] | undefined {
  if (here.description.fields.some(({ partitionKey }) => partitionKey)) return undefined;
  const others = new Set(there.partitions.filter(({ loaded }) => loaded).map(({ name }) => name));
  const shared = here.partitions.filter(({ name, loaded }) => loaded && others.has(name)).map(({ name }) => name);
  return shared.length === here.partitions.length && shared.length === there.partitions.length ? undefined : shared;
}

/** The vectors that there are: a search for none finds nothing. */
function vectorsOf({ rowCount, columns }: RecordBatch, field: string): readonly Uint8Array[] {
  const column = columns.find(({ name }) => name === field);
  if (column === undefined) return [];
  const { values, type, valid, dimension = 0 } = column;
  if (!isDenseType(type)) {
    return (values as readonly (Uint8Array | null)[]).filter(
      (value) => value !== null && value.length > 0,
    ) as Uint8Array[];
  }
  const size = denseType(type).bytesPerVector(dimension);
  const rows = Array.from({ length: rowCount }, (_, row) => row).filter((row) => valid?.[row] !== 0);
  return rows.map((row) => (values as Uint8Array).slice(row * size, (row + 1) * size));
}
