import { describe, expect, it } from "vitest";
import type { Elanus } from "../../src/index.js";
import { DATABASES, framework, lettersOf, whySkipped } from "./frameworks.js";
import { describeStore } from "./suite.js";

const storeOn = async (db: Elanus) => new (await import("../../src/adapters/mastra/index.js")).ElanusVector({ db });

describe.skipIf(whySkipped !== "")(`elanus/mastra${whySkipped}`, () => {
  describeStore("the vector store", async (db) => {
    const store = await storeOn(db);
    const indexName = "books";
    await store.createIndex({ indexName, dimension: 26 });
    return {
      add: (texts, metadata, ids) =>
        store.upsert({ indexName, vectors: texts.map(lettersOf), metadata: [...metadata], ids: [...ids] }),
      find: async (queryVector, topK, filter) =>
        (await store.query({ indexName, queryVector, topK, ...(filter !== undefined && { filter }) })).map(
          ({ metadata = {}, ...rest }) => ({ ...rest, metadata }),
        ),
      remove: (ids) => store.deleteVectors({ indexName, ids: [...ids] }),
      removeBy: (filter) => store.deleteVectors({ indexName, filter }),
    };
  });

  describe.each(DATABASES)("a database %s", (_, open) => {
    const indexName = "notes";

    it("makes, lists, describes and deletes indexes", async () => {
      const db = await open();
      const store = await storeOn(db);
      await db.collections.create({ collectionName: "other", dimension: 4 });
      for (const metric of ["cosine", "euclidean", "dotproduct"] as const) {
        await store.createIndex({ indexName: metric, dimension: 3, metric });
        await store.createIndex({ indexName: metric, dimension: 3, metric });
        await store.upsert({ indexName: metric, vectors: [[1, 2, 3]] });
        expect(await store.describeIndex({ indexName: metric })).toEqual({ dimension: 3, count: 1, metric });
        await expect(store.createIndex({ indexName: metric, dimension: 4, metric })).rejects.toThrow("4 dimensions");
      }
      expect((await store.listIndexes()).sort()).toEqual(["cosine", "dotproduct", "euclidean"]);
      await store.deleteIndex({ indexName: "cosine" });
      expect(await store.listIndexes()).toHaveLength(2);
      await expect(store.deleteIndex({ indexName: "cosine" })).rejects.toMatchObject({ kind: "CollectionNotFound" });
      await expect(store.describeIndex({ indexName: "none" })).rejects.toMatchObject({ kind: "CollectionNotFound" });
      await expect(store.createIndex({ indexName: "a-b", dimension: 3 })).rejects.toThrow("a-b");
    });

    it("scores what is nearer higher, whatever the metric", async () => {
      const store = await storeOn(await open());
      for (const [metric, expected] of [
        ["cosine", [1, 0]],
        ["euclidean", [1, 1 / (1 + Math.sqrt(5))]],
        ["dotproduct", [1, 0]],
      ] as const) {
        await store.createIndex({ indexName: metric, dimension: 2, metric });
        await store.upsert({
          indexName: metric,
          vectors: [
            [0, 2],
            [1, 0],
          ],
          ids: ["far", "near"],
        });
        const found = await store.query({ indexName: metric, queryVector: [1, 0], includeVector: true });
        expect(found.map(({ id }) => id)).toEqual(["near", "far"]);
        expect(found[0]!.vector).toEqual([1, 0]);
        for (const [at, score] of expected.entries()) expect(found[at]!.score).toBeCloseTo(score, 5);
      }
    });

    it("answers a filter without a vector, makes ids, and replaces what a filter names", async () => {
      const store = await storeOn(await open());
      await store.createIndex({ indexName, dimension: 2 });
      const chunks = (version: number) => [0, 1, 2].map((part) => ({ source: "a.pdf", part, version }));
      const vectors = [
        [1, 0],
        [0, 1],
        [1, 1],
      ];
      const ids = await store.upsert({ indexName, vectors, metadata: chunks(1) });
      expect(new Set(ids).size).toBe(3);
      await store.upsert({ indexName, vectors: [[1, 2]], metadata: [{ source: "b.pdf" }], ids: ["b"] });
      const renewed = await store.upsert({
        indexName,
        vectors,
        metadata: chunks(2),
        deleteFilter: { source: "a.pdf" },
      });
      const found = await store.query({ indexName, filter: { source: "a.pdf" } });
      expect(found.map(({ id }) => id).sort()).toEqual([...renewed].sort());
      expect(found[0]).toMatchObject({ score: 0, metadata: { version: 2 } });
      expect(await store.query({ indexName, filter: {}, topK: 2 })).toHaveLength(2);
      await expect(store.query({ indexName })).rejects.toThrow("queryVector or a filter");
      await expect(store.upsert({ indexName, vectors, deleteFilter: {} })).rejects.toThrow("says something");
      await expect(store.upsert({ indexName, vectors, sparseVectors: [] })).rejects.toMatchObject({
        kind: "Unsupported",
      });
      expect(await store.describeIndex({ indexName })).toMatchObject({ count: 4 });
    });

    it("updates a vector, its metadata, or those of many", async () => {
      const store = await storeOn(await open());
      await store.createIndex({ indexName, dimension: 2 });
      const metadata = [{ user: "a" }, { user: "a" }, { user: "b" }];
      await store.upsert({
        indexName,
        vectors: [
          [1, 0],
          [0, 1],
          [1, 1],
        ],
        metadata,
        ids: ["1", "2", "3"],
      });
      await store.updateVector({ indexName, id: "1", update: { vector: [0, 5] } });
      await store.updateVector({ indexName, filter: { user: "a" }, update: { metadata: { archived: true } } });
      const found = await store.query({ indexName, filter: {}, includeVector: true });
      expect(found.map(({ id, metadata: kept, vector }) => [id, kept, vector])).toEqual([
        ["1", { archived: true }, [0, 5]],
        ["2", { archived: true }, [0, 1]],
        ["3", { user: "b" }, [1, 1]],
      ]);
      await store.deleteVector({ indexName, id: "1" });
      expect(await store.describeIndex({ indexName })).toMatchObject({ count: 2 });
      await expect(store.updateVector({ indexName, id: "9", update: { vector: [1, 1] } })).rejects.toThrow('"9"');
      await expect(store.updateVector({ indexName, id: "2", update: {} })).rejects.toThrow("metadata or both");
      await expect(store.updateVector({ indexName, id: "2", update: { vector: [1] } })).rejects.toMatchObject({
        name: "ElanusError",
      });
      await expect(store.deleteVectors({ indexName })).rejects.toThrow("ids or a filter");
    });
  });

  it("is a store that Mastra takes", async () => {
    const { Mastra } = await framework("@mastra/core/mastra");
    const store = await storeOn(await DATABASES[0]![1]());
    const mastra = new Mastra({ vectors: { books: store }, logger: false });
    expect(mastra.getVector("books")).toBe(store);
    expect(store.id).toBe("elanus");
  });
});
