import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { encode } from "../../../src/api/grpc/messages/table.js";
import { framed, GrpcClient, resultOf } from "./grpc-client.js";
import { createRequest, idField, indexed, pairs, type Served, serve, vectorField } from "./served.js";

const INSERT = "/milvus.proto.milvus.MilvusService/Insert";
const DIMENSION = 1024;

/** An insert of so many rows from `first` on, into a collection of long vectors. */
function insertOf(rows: number, first: number) {
  return {
    collection_name: "long",
    num_rows: rows,
    fields_data: [
      {
        type: 5,
        field_name: "id",
        scalars: { long_data: { data: Array.from({ length: rows }, (_, i) => first + i) } },
      },
      {
        type: 101,
        field_name: "vec",
        vectors: { dim: DIMENSION, float_vector: { data: new Float32Array(rows * DIMENSION) } },
      },
    ],
  };
}

async function longVectors({ ok }: Served): Promise<void> {
  const vector = { ...vectorField, type_params: pairs({ dim: String(DIMENSION) }) };
  await ok("CreateCollection", createRequest("long", [idField, vector]));
}

async function rowCount({ ok }: Served): Promise<number> {
  const { stats } = await ok<"GetCollectionStatisticsResponse">("GetCollectionStatistics", { collection_name: "long" });
  return Number(stats[0]?.value);
}

describe("clients that vanish", () => {
  it("in the middle of a message leave no row and no memory booked", async () => {
    const served = await serve();
    await longVectors(served);
    const frame = framed(encode("InsertRequest", insertOf(2000, 0)));
    // Together more than the port holds at one time: 4 x 64 MiB.
    for (let round = 0; round < 80; round++) {
      const client = new GrpcClient(served.server);
      const stream = client.open(INSERT);
      const gone = resultOf(stream);
      await new Promise((resolve) => stream.write(frame.subarray(0, frame.length / 2), resolve));
      if (round % 2 === 0) stream.close(8);
      else client.session.destroy();
      await gone;
      client.session.destroy();
    }
    expect(await rowCount(served)).toBe(0);
    await served.ok("Insert", insertOf(2000, 0));
    expect(await rowCount(served)).toBe(2000);
  });

  it("after it find all of their rows, or none", async () => {
    const served = await serve();
    await longVectors(served);
    for (let round = 0; round < 20; round++) {
      const client = new GrpcClient(served.server);
      const stream = client.open(INSERT);
      const gone = resultOf(stream);
      stream.end(framed(encode("InsertRequest", insertOf(100, round * 100))));
      await delay(round);
      client.session.destroy();
      await gone;
    }
    await delay(200);
    expect((await rowCount(served)) % 100).toBe(0);
    expect(await served.db.check()).toMatchObject({ problems: [] });
  });
});

describe("a deadline that passes", () => {
  it("is told, and an insert that had begun is whole", async () => {
    const served = await serve();
    await longVectors(served);
    const [code] = await served.fails("Insert", insertOf(4000, 0), { "grpc-timeout": "1m" });
    expect(code).toBe(10001);
    expect([0, 4000]).toContain(await rowCount(served));
  });
});

describe("vectors that a message tells of and does not hold", () => {
  const ids = (count: number) => ({
    field_name: "id",
    type: 5,
    scalars: { long_data: { data: Array.from({ length: count }, (_, i) => i) } },
  });

  it.each([2 ** 31, 2 ** 40, 2n ** 62n])("are refused when their dimension is %s", async (dim) => {
    const served = await serve();
    await served.ok("CreateCollection", createRequest("c", [idField, { ...vectorField, nullable: true }]));
    const none = { field_name: "vec", type: 101, valid_data: [false, false, false], vectors: { dim } };
    const request = { collection_name: "c", num_rows: 3, fields_data: [ids(3), none] };
    expect((await served.codes("Insert", request))[0]).toBe(1100);
    expect((await served.codes("Upsert", request))[0]).toBe(1100);
  });

  it("take no memory when they are null", async () => {
    const served = await serve();
    const wide = { ...vectorField, type_params: pairs({ dim: "32768" }), nullable: true };
    await served.ok("CreateCollection", createRequest("c", [idField, wide]));
    const count = 20_000;
    const flags = Array.from({ length: count }, (_, row) => row === count - 1);
    const data = new Float32Array(32_768).fill(0.5);
    const one = { field_name: "vec", type: 101, valid_data: flags, vectors: { dim: 32_768, float_vector: { data } } };
    const before = process.memoryUsage().arrayBuffers;
    await served.ok("Insert", { collection_name: "c", num_rows: count, fields_data: [ids(count), one] });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(200 * 2 ** 20);
    const collectionName = "c";
    const index = { fieldName: "vec", metricType: "L2", indexType: "FLAT" } as const;
    await served.db.indexes.create({ collectionName, indexParams: [index] });
    await served.db.collections.load({ collectionName });
    const rows = await served.db.entities.query({ collectionName, filter: "id >= 19998", outputFields: ["vec"] });
    expect(rows.map(({ vec }) => (vec as Float32Array | null)?.length)).toEqual([undefined, 32_768]);
  });
});

describe("numbers that no enumeration has", () => {
  it.each<[string, string, object]>([
    [
      "the type of a column",
      "Insert",
      { collection_name: "book", num_rows: 1, fields_data: [{ type: 999, field_name: "id" }] },
    ],
    ["the type of a field", "CreateCollection", createRequest("c", [idField, { name: "x", data_type: 999 }])],
    ["the consistency level", "CreateCollection", { ...createRequest("c"), consistency_level: 99 }],
    [
      "the type of a function",
      "CreateCollection",
      createRequest("c", undefined, { functions: [{ name: "f", type: 99 }] }),
    ],
    [
      "the type of a query",
      "Search",
      {
        collection_name: "book",
        nq: 1,
        search_params: pairs({ topk: "1", anns_field: "vec" }),
        placeholder_group: encode("PlaceholderGroup", { placeholders: [{ type: 99, values: [new Uint8Array(16)] }] }),
      },
    ],
  ])("are refused: %s", async (_, rpc, request) => {
    const served = await serve();
    await indexed(served, "book");
    await served.ok("LoadCollection", { collection_name: "book" });
    expect((await served.codes(rpc, request))[0]).toBe(1100);
    expect(await served.db.collections.list()).toEqual(["book"]);
  });

  it("in a list of collections mean all of them", async () => {
    const served = await serve();
    await indexed(served, "book");
    expect(await served.ok("ShowCollections", { type: 99 })).toMatchObject({ collection_names: ["book"] });
  });
});
