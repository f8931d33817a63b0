import { MilvusClient } from "milvus2-sdk-node-3";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const fields = (count: number) => [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
  ...Array.from({ length: count - 2 }, (_, i) => ({ fieldName: `f${i}`, dataType: "Int64", nullable: true })),
];

describe("the version of Milvus that is announced", () => {
  it.each([
    [undefined, "v3.0.2-elanus", 256],
    ["2.6", "v2.6.22-elanus", 64],
    ["3.0", "v3.0.2-elanus", 256],
  ] as const)("%s: clients are told %s, and %d fields fit", async (serverVersion, told, limit) => {
    const db = await Elanus.open(":memory:", serverVersion === undefined ? {} : { serverVersion });
    const collectionName = "c";
    await expect(db.collections.create({ collectionName, schema: { fields: fields(limit + 1) } })).rejects.toThrow(
      `maximum field's number should be limited to ${limit}`,
    );
    await db.collections.create({ collectionName, schema: { fields: fields(limit) } });
    const more = { fieldName: "more", dataType: "Int64", nullable: true };
    await expect(db.collections.fields.add({ collectionName, schema: more })).rejects.toThrow(
      `The number of fields has reached the maximum value ${limit}`,
    );
    const server = await db.listen({ port: 0 });
    const client = new MilvusClient({ address: new URL(server.url).host });
    expect((await client.getVersion()).version).toBe(told);
    await client.closeConnection();
    await db.close();
  });

  it("is one of two", async () => {
    await expect(Elanus.open(":memory:", { serverVersion: "3" as never })).rejects.toThrow(
      '"serverVersion" of Elanus.open must be "2.6" or "3.0", not "3"',
    );
  });
});

describe("failures that have no number of their own", () => {
  const text = "partition cannot be dropped, partition is loaded, please release it first";
  const early = { code: 65535, message: text };
  const late = { code: 1100, message: `${text}: invalid parameter` };

  it.each<[object, { code: number; message: string }]>([
    [{}, late],
    [{ serverVersion: "2.6" }, early],
    [{ serverVersion: "3.0" }, late],
    [{ serverVersion: "3.0", worker: true }, late],
    [{ serverVersion: "3.0", errorForm: "early" }, early],
    [{ serverVersion: "2.6", errorForm: "late" }, late],
    [{ errorForm: "early" }, early],
  ])("with %o are told in that form on every surface", async (options, expected) => {
    const db = await Elanus.open(":memory:", options);
    await db.collections.create({ collectionName: "c", dimension: 2 });
    await db.partitions.create({ collectionName: "c", partitionName: "p" });
    const request = { collectionName: "c", partitionName: "p" };
    await expect(db.partitions.drop(request)).rejects.toMatchObject({ kind: "PartitionLoaded", ...expected });
    expect(await db.request("/v2/vectordb/partitions/drop", request)).toEqual(expected);
    const fetched = await db.fetch("http://m/v2/vectordb/partitions/drop", {
      method: "POST",
      body: JSON.stringify(request),
    });
    expect(await fetched.json()).toEqual(expected);
    const server = await db.listen({ port: 0 });
    const client = new MilvusClient({ address: new URL(server.url).host });
    const reply = await client.dropPartition({ collection_name: "c", partition_name: "p" });
    expect(reply).toMatchObject({ code: expected.code, reason: expected.message });
    await client.closeConnection();
    await db.close();
  });

  it("may be worded anew", async () => {
    for (const [serverVersion, message] of [
      ["2.6", /^index cannot be dropped, collection is loaded, please release it first$/],
      ["3.0", /^vector index cannot be dropped on loaded collection: \d+: invalid parameter$/],
    ] as const) {
      const db = await Elanus.open(":memory:", { serverVersion });
      await db.collections.create({ collectionName: "c", dimension: 2 });
      const refused = await db.request("/v2/vectordb/indexes/drop", { collectionName: "c", indexName: "vector" });
      expect(refused["message"]).toMatch(message);
      await db.close();
    }
  });

  it("may have a number by then", async () => {
    for (const [serverVersion, code, message] of [
      ["2.6", 65535, "duplicated new collection name default:other with other collection name or alias"],
      ["3.0", 1601, "alias and collection name conflict[database=default][alias=other]"],
    ] as const) {
      const db = await Elanus.open(":memory:", { serverVersion });
      await db.collections.create({ collectionName: "c", dimension: 2 });
      await db.aliases.create({ collectionName: "c", aliasName: "other" });
      const rename = { collectionName: "c", newCollectionName: "other" };
      expect(await db.request("/v2/vectordb/collections/rename", rename)).toEqual({ code, message });
      await db.close();
    }
  });

  it("keep their kind, their details and where they come from", async () => {
    const db = await Elanus.open(":memory:", { serverVersion: "3.0" });
    const error = await db.collections
      .create({ collectionName: "c", dimension: 2 })
      .then(() => db.indexes.create({ collectionName: "c", indexParams: [{ fieldName: "nowhere" }] }))
      .catch((caught: unknown) => caught as Error & { kind: string; details: object; code: number });
    expect(error).toMatchObject({ code: 1100, message: expect.stringMatching(/nowhere.*: invalid parameter$/) });
    expect((error as Error).stack).toContain("nowhere");
    await db.close();
  });
});

describe("what is announced decides over HTTP", () => {
  it.each([
    ["2.6", false],
    ["3.0", true],
  ] as const)("%s: whether replies have an id, and heads may be long", async (serverVersion, newer) => {
    const db = await Elanus.open(":memory:", { serverVersion });
    const server = await db.listen({ port: 0 });
    const call = (headers: Record<string, string>) =>
      fetch(`${server.url}/v2/vectordb/collections/list`, { method: "POST", body: "{}", headers });
    const [first, second] = [await call({}), await call({})].map((reply) => reply.headers.get("x-milvus-trace-id"));
    expect(/^[0-9a-f]{32}$/.test(first ?? "")).toBe(newer);
    if (newer) expect(second).not.toBe(first);
    const long = await call({ "x-long": "x".repeat(200_000) }).then(
      (reply) => reply.status,
      () => 431,
    );
    expect(long).toBe(newer ? 200 : 431);
    await db.close();
  });

  it.each([
    ["2.6", [1, 2]],
    ["3.0", [2]],
  ] as const)("%s: whether a hybrid search over REST looks at partitions", async (serverVersion, expected) => {
    const db = await Elanus.open(":memory:", { serverVersion });
    const c = { collectionName: "c" };
    await db.collections.create({ ...c, dimension: 2 });
    await db.partitions.create({ ...c, partitionName: "p" });
    await db.entities.insert({ ...c, data: [{ id: 1, vector: [1, 0] }] });
    await db.entities.insert({ ...c, partitionName: "p", data: [{ id: 2, vector: [0, 1] }] });
    const part = { data: [[1, 0]], annsField: "vector", limit: 5 };
    const request = { ...c, search: [part, part], rerank: { strategy: "rrf", params: {} }, partitionNames: ["p"] };
    const { data } = (await db.request("/v2/vectordb/entities/hybrid_search", request)) as { data: { id: number }[] };
    expect(data.map(({ id }) => id).sort()).toEqual(expected);
    // The typed interface has always done what it is told.
    expect([...(await db.entities.hybridSearch(request))].map(({ id }) => id)).toEqual([2]);
    await db.close();
  });
});
