import { Elanus } from "elanus";
import { retrieve } from "elanus/ai";
import { ElanusVectorStore } from "elanus/langchain";
import { ElanusVector } from "elanus/mastra";

const embeddings = { embedQuery: async () => [1, 2], embedDocuments: async (texts) => texts.map(() => [1, 2]) };
const db = await Elanus.open(":memory:");
const store = await ElanusVectorStore.fromTexts(["a text"], { page: 1 }, embeddings, { db, collectionName: "texts" });
const [found] = await store.similaritySearch("text", 1, { page: 1 });
const index = { indexName: "notes", dimension: 2 };
const vectors = new ElanusVector({ db });
await vectors.createIndex(index);
await vectors.upsert({ ...index, vectors: [[1, 2]], ids: ["a"] });
const [near] = await vectors.query({ ...index, queryVector: [1, 2] });
const tool = retrieve({ db, collectionName: "texts", embed: async () => [[1, 2]] });
const [passage] = await tool.execute({ query: "text" }, {});
console.log(`import: ${found.pageContent}, ${near.id}, ${passage.fields.langchain_text}`);
await db.close();
