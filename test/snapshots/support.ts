import type { SnapshotJobDescription } from "../../src/engine/contract/jobs.js";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** Where a database lies, and how to get a new one there. */
export const STORES: readonly (readonly [name: string, path: () => string])[] = [
  ["memory", () => ":memory:"],
  ["a file", temporaryPath],
];

/** A collection of all that a copy must carry: partitions by key, a function, dynamic keys, scalar indexes, null. */
export async function filled(path: string, rows = 40, options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off", exactBelow: 100_000, ...options });
  await db.collections.create({
    collectionName: "book",
    description: "all kinds of fields",
    schema: {
      enableDynamicField: true,
      functions: [{ name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
      fields: [
        { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 20 } },
        { fieldName: "tenant", dataType: "VarChar", isPartitionKey: true, elementTypeParams: { max_length: 10 } },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "w", dataType: "Int8Vector", nullable: true, elementTypeParams: { dim: 3 } },
        { fieldName: "n", dataType: "Int64", nullable: true },
        { fieldName: "x", dataType: "Double", defaultValue: 1.5 },
        {
          fieldName: "tags",
          dataType: "Array",
          elementDataType: "Int64",
          nullable: true,
          elementTypeParams: { max_capacity: 9 },
        },
        { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 99, enable_analyzer: true } },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
    },
    params: { partitionsNum: 3 },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2" },
      { fieldName: "w", indexName: "w", metricType: "L2" },
      { fieldName: "words", indexName: "words", metricType: "BM25" },
      { fieldName: "n", indexName: "n", indexType: "STL_SORT" },
      {
        fieldName: "extra",
        indexName: "path",
        indexType: "INVERTED",
        params: { json_path: 'extra["a"]', json_cast_type: "double" },
      },
    ],
  });
  const data = Array.from({ length: rows }, (_, i) => ({
    id: String(i),
    tenant: `t${i % 5}`,
    v: [i, 0],
    w: i % 3 === 0 ? null : [i % 100, -1, 5],
    n: i % 4 === 0 ? null : i,
    x: i / 7,
    tags: i % 2 === 0 ? [i, 9_007_199_254_740_993n] : null,
    text: `word${i} all`,
    extra: { a: i },
  }));
  await db.entities.insert({ collectionName: "book", data });
  return db;
}

/** Restores a snapshot and waits for the job's end. */
export async function restored(
  db: Elanus,
  request: Parameters<Elanus["snapshots"]["restore"]>[0],
): Promise<SnapshotJobDescription> {
  const { jobId } = await db.snapshots.restore(request);
  for (;;) {
    const job = await db.jobs.snapshot.describe({ jobId });
    if (job.state === "RestoreSnapshotCompleted" || job.state === "RestoreSnapshotFailed") return job;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** All that a loaded collection holds, by partition, in order of keys. */
export async function rowsOf(db: Elanus, collectionName: string): Promise<unknown[]> {
  return db.entities.query({ collectionName, filter: "", outputFields: ["*"], limit: 16_384 });
}
