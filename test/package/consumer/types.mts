import { Elanus } from "elanus";
import { parseExpression } from "elanus/expr";

const db: Elanus = await Elanus.open(":memory:", { loadRules: "modern" });
await db.collections.create({ collectionName: "book", dimension: 8 });
const envelope: { readonly code?: number } = await db.request("/v2/vectordb/collections/list", {});
const response: Response = await db.fetch(new Request("http://milvus/v2/vectordb/collections/list"));
// @ts-expect-error: the collection name is required
await db.collections.drop({});
parseExpression("a > 1");
console.log(envelope, response);
