// Words, meaning, and both: node search.mjs
import { Elanus } from "elanus";
import { embed } from "./embed.mjs";
import { PRODUCTS } from "./products.mjs";

const collectionName = "products";
const db = await Elanus.open(":memory:", { functions: { embed } });
await db.collections.create({
  collectionName,
  schema: {
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "name", dataType: "VarChar", elementTypeParams: { max_length: 200 } },
      { fieldName: "price", dataType: "Int32" },
      {
        fieldName: "text",
        dataType: "VarChar",
        elementTypeParams: { max_length: 2000, enable_analyzer: true, analyzer_params: { type: "english" } },
      },
      { fieldName: "words", dataType: "SparseFloatVector" },
      { fieldName: "meaning", dataType: "FloatVector", elementTypeParams: { dim: embed.dimension } },
    ],
    functions: [
      { name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["words"] },
      {
        name: "embed",
        type: "TextEmbedding",
        inputFieldNames: ["text"],
        outputFieldNames: ["meaning"],
        params: { provider: "local" },
      },
    ],
  },
  indexParams: [
    { fieldName: "words", indexName: "words", indexType: "SPARSE_INVERTED_INDEX", metricType: "BM25" },
    { fieldName: "meaning", indexName: "meaning", indexType: "AUTOINDEX", metricType: "COSINE" },
  ],
});
const data = PRODUCTS.map(({ text, name, ...rest }) => ({ ...rest, name, text: `${name}. ${text}` }));
await db.entities.insert({ collectionName, data });

const filter = "price < 50";
const show = (what, hits) => console.log(`  ${what.padEnd(8)} ${hits.map(({ name }) => name).join(", ") || "nothing"}`);
for (const question of ["BX-200", "baker's stones", "cutting loaves"]) {
  console.log(question);
  const one = { collectionName, data: [question], limit: 3, filter, outputFields: ["name"] };
  show("words", await db.entities.search({ ...one, annsField: "words" }));
  show("meaning", await db.entities.search({ ...one, annsField: "meaning" }));
  const search = ["words", "meaning"].map((annsField) => ({ annsField, data: [question], limit: 3, filter }));
  const rerank = { strategy: "rrf", params: { k: 60 } };
  show("both", await db.entities.hybridSearch({ collectionName, search, rerank, limit: 3, outputFields: ["name"] }));
}
await db.close();
