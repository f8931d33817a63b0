// LangChain's vector store for Milvus: npm i -D @langchain/community @langchain/core @zilliz/milvus2-sdk-node elanus
import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { Milvus } from "@langchain/community/vectorstores/milvus";
import { FakeEmbeddings } from "@langchain/core/utils/testing";
import { startMilvus } from "elanus/testing";

let milvus;
before(async () => {
  milvus = await startMilvus();
});
afterEach(() => milvus.reset());
after(() => milvus.close());

test("texts are kept and found", async () => {
  const texts = ["the whale", "a day in Dublin"];
  const store = await Milvus.fromTexts(texts, [{ page: 1 }, { page: 2 }], new FakeEmbeddings(), {
    url: milvus.address,
    collectionName: "books",
  });
  const found = await store.similaritySearch("anything", 2);
  assert.deepEqual(found.map(({ pageContent }) => pageContent).sort(), [...texts].sort());
  assert.deepEqual(await milvus.db.collections.list(), ["books"]);
  await store.client.closeConnection();
});
