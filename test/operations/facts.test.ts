import { describe, expect, it } from "vitest";
import { openDdl } from "./ddl-support.js";

const schema = {
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
    { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 9 } },
  ],
};

describe("properties of a new collection", () => {
  it("are kept, checked, and stored with it in one go", async () => {
    const ddl = openDdl();
    const create = (properties: Record<string, unknown>, params: object = { ttlSeconds: 9 }) =>
      ddl.call("collections/create", { collectionName: "book", schema, params, properties });
    expect(await create({ timezone: "Mars/Olympus" })).toMatchObject({
      code: 1100,
      message: "unknown or invalid IANA Time Zone ID: Mars/Olympus: invalid parameter",
    });
    expect(await create({ "collection.ttl.seconds": "-5" })).toMatchObject({
      code: 1100,
      message: "collection TTL is specified multiple times: invalid parameter",
    });
    expect(await create({ "collection.ttl.seconds": "-5" }, {})).toMatchObject({
      code: 1100,
      message: "collection ttl property value not valid, parse error: value -5 must not be negative: invalid parameter",
    });
    expect(ddl.ctx.catalog.allCollections()).toEqual([]);
    await create({ timezone: "Asia/Tokyo", "mmap.enabled": true });
    expect(ddl.ctx.catalog.find("default", "book")?.properties).toEqual({
      "collection.ttl.seconds": "9",
      timezone: "Asia/Tokyo",
      "mmap.enabled": "true",
    });
  });
});

describe("facts beside names", () => {
  it("of databases, collections, partitions and indexes, in the order of the names", async () => {
    const ddl = openDdl();
    const began = Date.now();
    await ddl.ok("databases/create", { dbName: "other" });
    await ddl.ok("collections/create", { collectionName: "book", schema });
    await ddl.ok("collections/create", { collectionName: "loaded", dimension: 4, params: { shardsNum: 2 } });
    await ddl.ok("partitions/create", { collectionName: "book", partitionName: "novel" });
    const recent = { createdAt: expect.toSatisfy((at: number) => at >= began && at <= Date.now()) };

    expect(await ddl.facts("databases/list")).toEqual([
      { id: 1, createdAt: expect.any(Number) },
      { id: 2, ...recent },
    ]);
    expect(await ddl.facts("databases/describe", { dbName: "other" })).toEqual([{ id: 2, ...recent }]);
    const ids = ddl.ctx.catalog.allCollections().map((c) => c.id);
    const book = { id: ids[0], databaseId: 1, shardsNum: 1, schemaTimestamp: expect.any(BigInt), ...recent };
    expect(await ddl.facts("collections/list")).toEqual([
      { ...book, loadProgress: undefined },
      { ...book, id: ids[1], shardsNum: 2, loadProgress: 100 },
    ]);
    expect(await ddl.facts("collections/describe", { collectionName: "book" })).toEqual([
      { ...book, loadProgress: undefined },
    ]);
    const partitions = ddl.ctx.catalog.find("default", "book")?.partitions.map((p) => p.id) ?? [];
    expect(await ddl.facts("partitions/list", { collectionName: "book" })).toEqual(
      partitions.map((id) => ({ id, ...recent, loadProgress: undefined })),
    );
  });

  it("of the load, by partition", async () => {
    const ddl = openDdl();
    await ddl.ok("collections/create", {
      collectionName: "book",
      schema,
      indexParams: [{ fieldName: "v", metricType: "L2", indexType: "HNSW", params: { M: 8 } }],
    });
    await ddl.ok("partitions/create", { collectionName: "book", partitionName: "novel" });
    await ddl.ok("partitions/release", { collectionName: "book", partitionNames: ["novel"] });
    expect(await ddl.facts("partitions/list", { collectionName: "book" })).toMatchObject([
      { loadProgress: 100 },
      { loadProgress: undefined },
    ]);
    expect(await ddl.facts("indexes/list", { collectionName: "book" })).toMatchObject([
      {
        id: expect.any(Number),
        indexName: "v",
        fieldName: "v",
        indexType: "HNSW",
        metricType: "L2",
        indexState: "Finished",
        params: [{ key: "M", value: "8" }],
      },
    ]);
  });
});
