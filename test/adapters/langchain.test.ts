import { describe, expect, it } from "vitest";
import type { ElanusVectorStoreOptions } from "../../src/adapters/langchain/options.js";
import { DATABASES, embeddings, framework, lettersOf, whySkipped } from "./frameworks.js";
import { describeStore } from "./suite.js";

const load = () => import("../../src/adapters/langchain/index.js");

describe.skipIf(whySkipped !== "")(`elanus/langchain${whySkipped}`, () => {
  describeStore("the vector store", async (db) => {
    const { ElanusVectorStore } = await load();
    const store = new ElanusVectorStore(embeddings, { db, collectionName: "books" });
    return {
      add: (texts, metadata, ids) =>
        store.addDocuments(
          texts.map((pageContent, at) => ({ pageContent, metadata: metadata[at]! })),
          { ids: [...ids] },
        ),
      find: async (vector, limit, filter) => {
        const found = await store.similaritySearchVectorWithScore(vector, limit, filter);
        return found.map(
          ([
            {
              id,
              metadata: { langchain_primaryid: _, ...metadata },
            },
            score,
          ]) => ({
            id: id!,
            score,
            metadata,
          }),
        );
      },
      remove: (ids) => store.delete({ ids: [...ids] }),
      removeBy: (filter) => store.delete({ filter }),
    };
  });

  const TEXTS = ["the whale and the ship", "the whale and a ship", "a day in Dublin"];

  describe.each(DATABASES)("a database %s", (_, open) => {
    const filled = async (options: Partial<ElanusVectorStoreOptions> = {}) => {
      const { ElanusVectorStore } = await load();
      const db = await open();
      const metadata = TEXTS.map((__, page) => ({ id: page, distance: `d${page}`, at: new Date(page), page }));
      const all = { db, collectionName: "books", ...options };
      return { db, store: await ElanusVectorStore.fromTexts(TEXTS, metadata, embeddings, all), ElanusVectorStore };
    };

    it("keeps texts, makes ids, and reads metadata that is called as what hits have of their own", async () => {
      const { store } = await filled();
      const [first] = await store.similaritySearchWithScore("ship whale", 1);
      expect(first).toMatchObject([
        { pageContent: TEXTS[1], metadata: { id: 1, distance: "d1", at: "1970-01-01T00:00:00.001Z", page: 1 } },
        expect.any(Number),
      ]);
      expect(first![0].id).toMatch(/^\d+$/);
      expect(first![0].metadata).not.toHaveProperty("langchain_primaryid");
      await store.delete({ ids: [first![0].id!] });
      expect(await store.similaritySearch("ship whale", 5, 'page < 2 and distance == "d0"')).toHaveLength(1);
      await expect(store.addDocuments([{ pageContent: "x", metadata: {} }], { ids: ["a"] })).rejects.toThrow(
        "takes no ids",
      );
    });

    it("chooses documents that differ from each other", async () => {
      const { store } = await filled();
      const chosen = await store.maxMarginalRelevanceSearch("whale ship", { k: 2, lambda: 0.1 });
      expect(chosen.map(({ pageContent }) => pageContent)).toEqual([TEXTS[1], TEXTS[2]]);
      const filtered = await store.maxMarginalRelevanceSearch("whale ship", { k: 2, filter: { page: { $lt: 2 } } });
      expect(filtered.map(({ pageContent }) => pageContent).sort()).toEqual(TEXTS.slice(0, 2).sort());
    });

    it("is a retriever", async () => {
      const { store } = await filled();
      const retriever = store.asRetriever({ k: 1, filter: "page == 2" });
      expect(await retriever.invoke("whale")).toMatchObject([{ pageContent: TEXTS[2] }]);
      const mmr = store.asRetriever({ k: 2, searchType: "mmr", searchKwargs: { fetchK: 3, lambda: 0.1 } });
      expect(await mmr.invoke("whale ship")).toHaveLength(2);
    });

    it("works in a partition, with a partition key, another metric and other names", async () => {
      const { db, store, ElanusVectorStore } = await filled({ partitionName: "novel" });
      expect(await db.partitions.list({ collectionName: "books" })).toEqual(["_default", "novel"]);
      const elsewhere = await ElanusVectorStore.fromExistingCollection(embeddings, {
        db,
        collectionName: "books",
        partitionName: "_default",
      });
      expect(await elsewhere.similaritySearch("whale", 5)).toEqual([]);
      expect(await store.similaritySearch("whale", 5)).toHaveLength(3);

      const named = await ElanusVectorStore.fromTexts(
        TEXTS,
        [{ author: "a" }, { author: "b" }, { author: "b" }],
        embeddings,
        {
          db,
          collectionName: "by_author",
          partitionKey: "author",
          primaryField: "pk",
          vectorField: "v",
          textField: "words",
          indexCreateOptions: {
            index_type: "HNSW",
            metric_type: "COSINE",
            params: { M: 8, efConstruction: 64 },
            search_params: { ef: 50 },
          },
        },
      );
      const [[document, score]] = (await named.similaritySearchWithScore(TEXTS[2]!, 1, { author: "b" })) as [
        [object, number],
      ];
      expect(document).toMatchObject({ pageContent: TEXTS[2], metadata: { author: "b" } });
      expect(score).toBeCloseTo(1, 5);
    });

    it("takes keys that come later, and documents that lack some", async () => {
      const { store } = await filled();
      await store.addDocuments([{ pageContent: "x", metadata: { page: 10, "later key": { a: [1, "b"] } } }]);
      await store.addDocuments([{ pageContent: "y", metadata: {} }]);
      const found = await store.similaritySearch("x", 5, { "later key": { a: { $contains: "b" } } });
      expect(found).toMatchObject([{ pageContent: "x", metadata: { page: 10, "later key": { a: [1, "b"] } } }]);
      await expect(store.addDocuments([{ pageContent: "x", metadata: { highlight: 1 } }])).rejects.toThrow("highlight");
      await expect(store.addDocuments([{ pageContent: "x", metadata: { page: Number.NaN } }])).rejects.toThrow("NaN");
      await expect(store.addDocuments([{ pageContent: "x", metadata: { langchain_text: "" } }])).rejects.toThrow(
        "field of its own",
      );
    });

    it("refuses what is not there, by name", async () => {
      const { ElanusVectorStore } = await load();
      const db = await open();
      const store = new ElanusVectorStore(embeddings, { db, collectionName: "none" });
      expect(await store.addDocuments([])).toEqual([]);
      await expect(store.similaritySearch("x")).rejects.toMatchObject({ kind: "CollectionNotFound" });
      await expect(store.delete({ ids: ["1"] })).rejects.toMatchObject({ kind: "CollectionNotFound" });
      await expect(store.delete({})).rejects.toThrow("ids or a filter");
      await db.collections.create({ collectionName: "none", dimension: 4 });
      await expect(store.similaritySearch("x")).rejects.toThrow("langchain_text");
    });

    it("makes no collection of vectors that are none, and takes documents without metadata", async () => {
      const { ElanusVectorStore } = await load();
      const db = await open();
      const bad = (vectors: unknown) => ({ ...embeddings, embedDocuments: async () => vectors as number[][] });
      const two = [
        { pageContent: "a", metadata: {} },
        { pageContent: "b", metadata: null as never },
      ];
      for (const vectors of [
        [
          [1, 2],
          [Number.NaN, 1],
        ],
        [[1, 2], [1]],
        [[1, 2], undefined],
        [
          ["1", 2],
          [1, 2],
        ],
      ]) {
        const store = new ElanusVectorStore(bad(vectors), { db, collectionName: "new" });
        await expect(store.addDocuments(two)).rejects.toMatchObject({ code: 1100 });
        expect(await db.collections.has({ collectionName: "new" })).toEqual({ has: false });
      }
      const store = new ElanusVectorStore(embeddings, { db, collectionName: "new" });
      expect(await store.addDocuments(two)).toHaveLength(2);
    });
  });

  it("says what it is to be opened with", async () => {
    const { ElanusVectorStore } = await load();
    const db = await DATABASES[0]![1]();
    for (const options of [undefined, {}, { db: 5, collectionName: "a" }, { collectionName: "a" }]) {
      expect(() => new ElanusVectorStore(embeddings, options as never)).toThrow("takes an open database");
    }
    for (const options of [{ db }, { db, collectionName: "" }, { db, collectionName: 5 }]) {
      expect(() => new ElanusVectorStore(embeddings, options as never)).toThrow("the name of a collection");
    }
    const [{ ElanusVector }, { retrieve }] = await Promise.all([
      import("../../src/adapters/mastra/index.js"),
      import("../../src/adapters/ai/index.js"),
    ]);
    expect(() => new ElanusVector({} as never)).toThrow("ElanusVector takes an open database");
    expect(() => retrieve({ db } as never)).toThrow("retrieve takes the name of a collection");
  });

  it("goes on with a collection of the official connector, and the other way around", async () => {
    const { Milvus } = await framework("@langchain/community/vectorstores/milvus");
    const { ElanusVectorStore } = await load();
    const db = await DATABASES[0]![1]();
    const server = await db.listen({ port: 0 });
    const theirConfig = (collectionName: string) => ({
      collectionName,
      clientConfig: { address: server.url.replace("http://", ""), logLevel: "error" },
    });
    const metadata = (page: number) => ({ title: `book ${page}`, page, read: page === 1, tags: { genre: [page] } });

    const theirs = await Milvus.fromTexts(
      TEXTS,
      TEXTS.map((__, page) => metadata(page)),
      embeddings,
      theirConfig("theirs"),
    );
    const ours = await ElanusVectorStore.fromExistingCollection(embeddings, { db, collectionName: "theirs" });
    expect(await ours.similaritySearchVectorWithScore(lettersOf(TEXTS[2]!), 1)).toMatchObject([
      [{ pageContent: TEXTS[2], metadata: metadata(2) }, 0],
    ]);
    await ours.addDocuments([{ pageContent: "zzz", metadata: metadata(7) }]);
    expect(await theirs.similaritySearch("zzz", 1)).toMatchObject([{ pageContent: "zzz", metadata: metadata(7) }]);

    await ElanusVectorStore.fromTexts(
      TEXTS,
      TEXTS.map((__, page) => metadata(page)),
      embeddings,
      { db, collectionName: "ours" },
    );
    const moved = await Milvus.fromExistingCollection(embeddings, theirConfig("ours"));
    expect(await moved.similaritySearchVectorWithScore(lettersOf(TEXTS[2]!), 1)).toMatchObject([
      [{ pageContent: TEXTS[2], metadata: metadata(2) }, 0],
    ]);
    await moved.addDocuments([{ pageContent: "zzz", metadata: metadata(7) }]);
    const back = await ElanusVectorStore.fromExistingCollection(embeddings, { db, collectionName: "ours" });
    expect(await back.similaritySearch("zzz", 1)).toMatchObject([{ pageContent: "zzz", metadata: metadata(7) }]);
    expect(await moved.similaritySearch("z", 5, "page == 7")).toHaveLength(1);
    await moved.client.closeConnection();
    await theirs.client.closeConnection();
  });
});
