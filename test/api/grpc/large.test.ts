import { expect, it } from "vitest";
import { encode } from "../../../src/api/grpc/messages/table.js";
import { framed } from "./grpc-client.js";
import { createRequest, idField, pairs, serve, vectorField } from "./served.js";

const ROWS = 15_000;
const DIMENSION = 1024;

it("takes an insert of 61 MB, several at once, and refuses what is beyond 64 MiB before it has come", async () => {
  const served = await serve();
  const { ok, client } = served;
  const vector = { name: "vec", data_type: 101, type_params: pairs({ dim: String(DIMENSION) }) };
  await ok("CreateCollection", createRequest("large", [idField, vector]));
  const vectors = new Float32Array(ROWS * DIMENSION).fill(0.5);
  const request = (first: number) => ({
    collection_name: "large",
    num_rows: ROWS,
    fields_data: [
      {
        type: 5,
        field_name: "id",
        scalars: { long_data: { data: Array.from({ length: ROWS }, (_, i) => first + i) } },
      },
      { type: 101, field_name: "vec", vectors: { dim: DIMENSION, float_vector: { data: vectors } } },
    ],
  });
  expect(encode("InsertRequest", request(0)).length).toBeGreaterThan(61_000_000);
  const replies = await Promise.all([ok("Insert", request(0)), ok("Insert", request(ROWS))]);
  for (const reply of replies) expect(reply).toMatchObject({ insert_cnt: ROWS, err_index: [] });
  expect(await ok("GetCollectionStatistics", { collection_name: "large" })).toMatchObject({
    stats: pairs({ row_count: String(2 * ROWS) }),
  });
  const beyond = framed(new Uint8Array(64 * 1024 * 1024 + 1));
  expect(await client.raw("/milvus.proto.milvus.MilvusService/Insert", beyond)).toMatchObject({
    code: 8,
    message: `grpc: received message larger than max (${64 * 1024 * 1024 + 1} vs. 67108864)`,
  });
});

it("refuses an answer beyond 256 MiB in words, and gives a smaller one", async () => {
  const { ok, fails } = await serve();
  const dimension = 16_384;
  const rows = 900;
  const wide = { ...vectorField, type_params: pairs({ dim: String(dimension) }) };
  await ok("CreateCollection", createRequest("wide", [idField, wide]));
  await ok("CreateIndex", {
    collection_name: "wide",
    field_name: "vec",
    extra_params: pairs({ index_type: "FLAT", metric_type: "L2" }),
  });
  await ok("LoadCollection", { collection_name: "wide" });
  for (let from = 0; from < 5 * rows; from += rows) {
    await ok("Insert", {
      collection_name: "wide",
      num_rows: rows,
      fields_data: [
        {
          type: 5,
          field_name: "id",
          scalars: { long_data: { data: Array.from({ length: rows }, (_, i) => from + i) } },
        },
        {
          type: 101,
          field_name: "vec",
          vectors: { dim: dimension, float_vector: { data: new Float32Array(rows * dimension) } },
        },
      ],
    });
  }
  const query = { collection_name: "wide", expr: "id >= 0", output_fields: ["vec"] };
  expect(await fails("Query", query)).toEqual([65535, 1, "query results exceed the maxOutputSize Limit 268435456"]);
  expect(await ok("Query", { ...query, output_fields: ["id"] })).toMatchObject({
    fields_data: [{ field_name: "id" }],
  });
});
