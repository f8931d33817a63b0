import type { EmbeddingsInterface } from "@langchain/core/embeddings";
import type { VectorStore } from "@langchain/core/vectorstores";
import type { MastraVector } from "@mastra/core/vector";
import { type EmbeddingModel, generateText, type LanguageModel } from "ai";
import { Elanus } from "elanus";
import { embed, retrieve } from "elanus/ai";
import { ElanusVectorStore } from "elanus/langchain";
import { ElanusVector } from "elanus/mastra";

declare const embeddings: EmbeddingsInterface;
declare const model: EmbeddingModel;
declare const language: LanguageModel;

const db = await Elanus.open("app.db", { functions: { embed: embed(model) } });
const store: VectorStore = new ElanusVectorStore(embeddings, { db, collectionName: "texts" });
await new ElanusVectorStore(embeddings, { db, collectionName: "texts" }).similaritySearch("a", 1, { page: { $gt: 1 } });
await store.asRetriever({ k: 2, searchType: "mmr" }).invoke("a");
const vector: MastraVector<never> = new ElanusVector({ db });
await vector.listIndexes();
const tools = { retrieve: retrieve({ db, collectionName: "texts", embed: model }) };
const { toolResults } = await generateText({ model: language, prompt: "a", tools });
for (const result of toolResults) if (!result.dynamic) result.output.map(({ fields }) => fields);
// @ts-expect-error: a store needs a database
new ElanusVectorStore(embeddings, { collectionName: "texts" });
