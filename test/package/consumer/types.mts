import { Elanus } from "elanus";
import { parseExpression } from "elanus/expr";
import { type Milvus, startMilvus } from "elanus/testing";

const db: Elanus = await Elanus.open(":memory:", { loadRules: "modern" });
await db.collections.create({ collectionName: "book", dimension: 8 });
const envelope: { readonly code?: number } = await db.request("/v2/vectordb/collections/list", {});
const response: Response = await db.fetch(new Request("http://milvus/v2/vectordb/collections/list"));
// @ts-expect-error: the collection name is required
await db.collections.drop({});
parseExpression("a > 1");
await using milvus: Milvus = await startMilvus({ seed: 1, from: (db) => db.collections.list() });
const client: { readonly some: string } = await milvus.client();
milvus.fail("entities/insert", { code: 8 });
// @ts-expect-error: there is no such option
await startMilvus({ prot: 1 });
console.log(envelope, response, client);
