import { describe, expect, it } from "vitest";
import { startMilvus } from "../../src/testing/index.js";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";
import { openServer, openStore } from "./stores.js";

const ID = { fieldName: "id", dataType: "Int64", isPrimary: true } as const;
const DENSE = { fieldName: "dense", dataType: "FloatVector", elementTypeParams: { dim: 2 } } as const;
const BINARY = { fieldName: "bits", dataType: "BinaryVector", elementTypeParams: { dim: 8 } } as const;
const SPARSE = { fieldName: "sparse", dataType: "SparseFloatVector" } as const;
const SMALL = { fieldName: "small", dataType: "Int8Vector", elementTypeParams: { dim: 2 } } as const;
const C = { collectionName: "book" };

describe("a push of a collection without an index", () => {
  it.each(["grpc", "rest"] as const)("compares its rows, and leaves no index behind (over %s)", async (over) => {
    const db = await openStore();
    const { db: far, server } = await openServer();
    await db.collections.create({ ...C, schema: { fields: [ID, DENSE, BINARY, SPARSE, SMALL] } });
    const data = [1, 2, 3].map((id) => ({ id, dense: [id, 0], bits: [id], sparse: { [id]: 1 }, small: [id, -id] }));
    await db.entities.insert({ ...C, data });
    const { rows, comparisons } = await db.push({ to: server.url, over });
    expect([rows, comparisons]).toMatchObject([3, [{ same: true, remarks: [], ranges: 1 }]]);
    expect(comparisons[0]?.partitions).toEqual([{ partition: "_default", rowsHere: 3, rowsThere: 3 }]);
    expect(await far.indexes.list(C)).toEqual([]);
    expect((await far.collections.getLoadState(C)).loadState).toBe("LoadStateNotLoad");
  });

  it("takes back the index of a push that was ended while it compared", async () => {
    const db = await openStore(temporaryPath());
    const milvus = await startMilvus();
    await db.collections.create({ ...C, schema: { fields: [ID, DENSE] } });
    await db.entities.insert({ ...C, data: [{ id: 1, dense: [1, 2] }] });
    milvus.fail("DropIndex", { code: 1100 });
    await expect(db.push({ to: milvus.url })).rejects.toThrow("refused DropIndex of default.book");
    expect(await milvus.db.indexes.list(C)).toEqual(["elanus_comparison_of_dense"]);
    await db.indexes.create({ ...C, indexParams: [{ fieldName: "dense", indexType: "FLAT", metricType: "L2" }] });
    expect((await db.push({ to: milvus.url })).comparisons[0]?.same).toBe(true);
    expect(await milvus.db.indexes.list(C)).toEqual(["dense"]);
    await milvus.close();
  });
});

describe("a collection of which some partitions are loaded", () => {
  it("is searched where both sides have loaded it, and compared where the server has", async () => {
    const path = temporaryPath();
    const db = await openStore(path);
    const { db: far, server } = await openServer();
    const index = { fieldName: "dense", indexType: "FLAT", metricType: "L2" } as const;
    await db.collections.create({ ...C, schema: { fields: [ID, DENSE] }, indexParams: [index] });
    const partitionName = "resting";
    await db.partitions.create({ ...C, partitionName });
    const row = (id: number) => ({ id, dense: [id, 1] });
    await db.entities.insert({ ...C, data: Array.from({ length: 40 }, (_, id) => row(2 * id)) });
    await db.entities.insert({ ...C, partitionName, data: Array.from({ length: 40 }, (_, id) => row(2 * id + 1)) });
    await db.partitions.release({ ...C, partitionNames: [partitionName] });
    const [pushed] = (await db.push({ to: server.url })).comparisons;
    expect(pushed).toMatchObject({ same: true, searches: { count: 5, shared: 1 } });
    await far.entities.delete({ ...C, filter: "id == 4" });
    const [found] = (await db.diff({ with: server.url })).comparisons;
    expect(found).toMatchObject({
      same: false,
      onlyHere: { count: 1, keys: [4] },
      partitions: [{ partition: "_default", rowsHere: 40, rowsThere: 39 }],
      remarks: ["the rows of partition resting were not compared: it is not loaded there"],
    });
    await far.collections.release(C);
    await db.close();
    const { out, code } = await runCommand(["diff", path, server.url]);
    expect([code, out]).toEqual([1, expect.stringContaining("  default.book: not compared\n    its rows were not")]);
  });
});

describe("a server that refuses rows with a code of its own", () => {
  it("is asked for each of them, so that all others are moved", async () => {
    const db = await openStore();
    const milvus = await startMilvus();
    const index = { fieldName: "dense", indexType: "FLAT", metricType: "L2" } as const;
    await db.collections.create({ ...C, schema: { fields: [ID, DENSE] }, indexParams: [index] });
    await db.entities.insert({ ...C, data: Array.from({ length: 8 }, (_, id) => ({ id, dense: [id, 1] })) });
    // A batch, its first half, the first half of that, and its first row.
    milvus.fail("Upsert", { code: 1001, times: 4, message: "json: cannot unmarshal number" });
    const pushed = db.push({ to: milvus.url });
    await expect(pushed).rejects.toMatchObject({ kind: "MoveIncomplete", details: { count: 1 } });
    await expect(pushed).rejects.toThrow("default.book 0:");
    expect((await milvus.db.entities.query({ ...C, filter: "id >= 0", outputFields: ["id"] })).length).toBe(7);
    await milvus.close();
  });
});
