// LangChain's vector store for Milvus.
//
//   node walk.mjs <folder of its node_modules>
import { createRequire } from "node:module";
import { join } from "node:path";
import { address, step } from "../../node/steps.mjs";
import { embed } from "../words.mjs";

const require = createRequire(join(process.argv[2], "walk.cjs"));
const { Milvus } = require("@langchain/community/vectorstores/milvus");
const { Embeddings } = require("@langchain/core/embeddings");

class Words extends Embeddings {
  async embedQuery(text) {
    return embed(text);
  }
  async embedDocuments(texts) {
    return texts.map(embed);
  }
}

const embeddings = new Words({});
const texts = ["the whale and the ship", "a day in Dublin", "the match maker of Highbury"];
const metadatas = texts.map((_, i) => ({ title: `book ${i}`, pages: 100 + i, read: i === 1, tags: { genre: [i] } }));
const config = { url: address, collectionName: "books" };
const hits = (found) => found.map(([{ pageContent, metadata }, score]) => ({ pageContent, metadata, score }));

let store;
await step("from texts", async () => {
  store = await Milvus.fromTexts(texts, metadatas, embeddings, config);
});
await step("search", async () => hits(await store.similaritySearchWithScore("ship and whale", 2)));
await step("search with a filter", async () => hits(await store.similaritySearchWithScore("ship", 2, "pages > 100")));
await step("existing", async () => {
  store = await Milvus.fromExistingCollection(embeddings, config);
});
await step("add", () =>
  store.addDocuments([{ pageContent: "ship ship ship", metadata: { title: "x", pages: 9, read: false, tags: {} } }]),
);
await step("search again", async () => hits(await store.similaritySearchWithScore("ship", 1)));
await step("retrieve", async () =>
  (await store.asRetriever({ k: 1 }).invoke("Dublin")).map(({ pageContent }) => pageContent),
);
await step("delete", () => store.delete({ filter: "pages == 9" }));
await step("search what is left", async () => hits(await store.similaritySearchWithScore("ship", 1)));
await step("properties", () => store.setProperties({ "collection.ttl.seconds": 3600 }));

const keyed = { ...config, collectionName: "keyed", autoId: false, partitionName: "novel" };
await step("own keys in a partition", async () => {
  store = new Milvus(embeddings, keyed);
  await store.addDocuments(
    texts.map((pageContent, i) => ({ pageContent, metadata: { title: `book ${i}` } })),
    { ids: ["a", "b", "c"] },
  );
});
await step("search in the partition", async () => hits(await store.similaritySearchWithScore("Dublin", 1)));
await step("delete by key", () => store.delete({ ids: ["b"] }));
await step("search after it", async () => (await store.similaritySearch("Dublin", 5)).length);

await step("partition key", async () => {
  store = await Milvus.fromTexts(
    texts,
    texts.map((_, i) => ({ author: `author ${i % 2}` })),
    embeddings,
    { ...config, collectionName: "by_author", partitionKey: "author" },
  );
  return hits(await store.similaritySearchWithScore("day", 5, 'author == "author 1"'));
});
process.exit(0);
