import { isRefusal } from "./repeat.js";
import type { CollectionName, DescribedCollection, IndexDescription, Side } from "./side.js";

/** How indexes are called that are there for the comparison only: those of a move that was killed are found by it. */
const NAME = "elanus_comparison_of_";

/** Indexes that cost next to nothing to build. */
const CHEAPEST: Readonly<Record<string, Pick<IndexDescription, "indexType" | "metricType">>> = {
  FloatVector: { indexType: "FLAT", metricType: "L2" },
  Float16Vector: { indexType: "FLAT", metricType: "L2" },
  BFloat16Vector: { indexType: "FLAT", metricType: "L2" },
  BinaryVector: { indexType: "BIN_FLAT", metricType: "HAMMING" },
  SparseFloatVector: { indexType: "SPARSE_INVERTED_INDEX", metricType: "IP" },
  Int8Vector: { indexType: "AUTOINDEX", metricType: "L2" },
};

/**
 * Loads a collection so that its rows can be read. A server does so when each vector field has an index: one that has none gets one
 * until `dropOwnIndexes`.
 *
 * @returns why its rows cannot be read
 */
export async function loadToRead(
  to: Side,
  target: CollectionName,
  described: DescribedCollection,
): Promise<string | undefined> {
  try {
    for (const index of missingIndexes(described)) await to.createIndex(target, index);
    await to.load(target, undefined);
    return undefined;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return error.message;
  }
}

/** Takes back the indexes that were there for the comparison; where there are such, the collection is released. */
export async function dropOwnIndexes(to: Side, target: CollectionName, there: DescribedCollection): Promise<void> {
  const own = there.indexes.filter(isOwn);
  if (own.length === 0) return;
  await to.release(target);
  for (const { indexName } of own) await to.dropIndex(target, indexName);
}

/** Without those that were there for the comparison. */
export function foreignIndexes({ indexes }: DescribedCollection): readonly IndexDescription[] {
  return indexes.filter((index) => !isOwn(index));
}

function isOwn({ indexName }: IndexDescription): boolean {
  return indexName.startsWith(NAME);
}

function missingIndexes({ description, indexes }: DescribedCollection): readonly IndexDescription[] {
  const indexed = new Set(indexes.map(({ fieldName }) => fieldName));
  const computed = new Set(description.functions.flatMap(({ outputFieldNames }) => outputFieldNames));
  return description.fields.flatMap(({ name: fieldName, type }) => {
    const cheapest = CHEAPEST[type];
    if (cheapest === undefined || indexed.has(fieldName)) return [];
    const metricType = type === "SparseFloatVector" && computed.has(fieldName) ? "BM25" : cheapest.metricType;
    return { ...cheapest, metricType, indexName: `${NAME}${fieldName}`, fieldName, params: [] };
  });
}
