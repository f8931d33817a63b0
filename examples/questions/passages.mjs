import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

const COLLECTION = "passages";

/** Makes the collection where it is missing: texts, and what BM25 makes of their words. */
async function prepare(db) {
  const { has } = await db.collections.has({ collectionName: COLLECTION });
  if (has) return;
  await db.collections.create({
    collectionName: COLLECTION,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true, autoID: true },
        { fieldName: "file", dataType: "VarChar", elementTypeParams: { max_length: 1000 } },
        { fieldName: "version", dataType: "VarChar", elementTypeParams: { max_length: 100 } },
        {
          fieldName: "text",
          dataType: "VarChar",
          elementTypeParams: { max_length: 8000, enable_analyzer: true, analyzer_params: { type: "english" } },
        },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      functions: [{ name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] }],
    },
    indexParams: [
      { fieldName: "words", indexName: "words", indexType: "SPARSE_INVERTED_INDEX", metricType: "BM25" },
      { fieldName: "file", indexName: "file", indexType: "INVERTED" },
    ],
  });
}

/**
 * Brings the collection up to the texts of a folder: only files that are new or have changed are read.
 *
 * @returns how many files were read, and how many are gone
 */
export async function follow(db, folder) {
  await prepare(db);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".txt"));
  const found = new Map();
  for (const name of names) {
    const { mtimeMs, size } = await stat(join(folder, name));
    found.set(name, `${mtimeMs} ${size}`);
  }
  const known = new Map();
  for await (const rows of db.entities.queryIterator({
    collectionName: COLLECTION,
    outputFields: ["file", "version"],
  })) {
    for (const { file, version } of rows) known.set(file, version);
  }
  const gone = [...known.keys()].filter((name) => !found.has(name));
  const changed = names.filter((name) => known.get(name) !== found.get(name));
  const exprParams = { files: [...gone, ...changed] };
  if (exprParams.files.length > 0) {
    await db.entities.delete({ collectionName: COLLECTION, filter: "file in {files}", exprParams });
  }
  for (const file of changed) {
    const passages = (await readFile(join(folder, file), "utf8")).split(/\n\s*\n/).map((text) => text.trim());
    const data = passages.filter((text) => text !== "").map((text) => ({ file, version: found.get(file), text }));
    if (data.length > 0) await db.entities.insert({ collectionName: COLLECTION, data });
  }
  return { read: changed.length, gone: gone.length };
}

/** The passages that say most about a question, the best first. */
export function passagesFor(db, question, limit = 2) {
  const request = { collectionName: COLLECTION, annsField: "words", data: [question], limit };
  return db.entities.search({ ...request, outputFields: ["file", "text"] });
}
