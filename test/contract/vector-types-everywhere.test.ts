import { afterEach, describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/run.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** What each type is given as, and shown as over REST; the command line prints the numbers that were given. */
const KINDS = [
  { type: "FloatVector", given: [0.5, 1, 2, 4, 0, 0, 0, 8], shown: [0.5, 1, 2, 4, 0, 0, 0, 8], index: "HNSW" },
  {
    type: "Float16Vector",
    given: [0.5, 1, 2, 4, 0, 0, 0, 8],
    shown: "ADgAPABAAEQAAAAAAAAASA==",
    index: "HNSW",
  },
  {
    type: "BFloat16Vector",
    given: [0.5, 1, 2, 4, 0, 0, 0, 8],
    shown: "AD+APwBAgEAAAAAAAAAAQQ==",
    index: "HNSW",
  },
  { type: "Int8Vector", given: [1, -1, 127, -128, 0, 0, 0, 8], shown: "Af9/gAAAAAg=", index: "HNSW" },
  { type: "BinaryVector", given: [165], shown: "pQ==", index: "BIN_FLAT" },
  { type: "SparseFloatVector", given: { 1: 0.5, 10: 1 }, shown: { 1: 0.5, 10: 1 }, index: "SPARSE_WAND" },
] as const;

const fields = (type: string) => [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "v", dataType: type, elementTypeParams: type === "SparseFloatVector" ? {} : { dim: 8 } },
];
const indexParams = (indexType: string, type: string) => {
  const metricType = type === "BinaryVector" ? "HAMMING" : type === "SparseFloatVector" ? "IP" : "L2";
  return [{ fieldName: "v", indexName: "v", indexType, metricType }];
};

let db: Elanus | undefined;
afterEach(async () => {
  await db?.close();
  db = undefined;
});

describe.each(KINDS)("$type", ({ type, given, shown, index }) => {
  it("comes and goes by REST v1", async () => {
    const open = await Elanus.open(":memory:", { v1ErrorDialect: "server" });
    db = open;
    const create = { collectionName: "c", schema: { fields: fields(type) }, indexParams: indexParams(index, type) };
    expect(await open.request("/v2/vectordb/collections/create", create)).toMatchObject({ code: 0 });
    const v1 = async (path: string, body: object) => {
      const text = JSON.stringify({ collectionName: "c", ...body });
      const reply = await open.fetch(`http://elanus/v1/vector/${path}`, { method: "POST", body: text });
      return (await reply.json()) as unknown;
    };
    expect(await v1("insert", { data: { id: 1, v: given } })).toMatchObject({ code: 200 });
    expect(await v1("upsert", { data: [{ id: 2, v: given }] })).toMatchObject({ code: 200 });
    const rows = { code: 200, data: [{ id: 1, v: shown }] };
    expect(await v1("query", { filter: "id == 1", outputFields: ["id", "v"] })).toEqual(rows);
    expect(await v1("get", { id: 1, outputFields: ["id", "v"] })).toEqual(rows);
    const found = await v1("search", { vector: given, limit: 1, outputFields: ["v"] });
    // The body of v1 has room for lists alone.
    if (type === "SparseFloatVector") expect(found).toMatchObject({ code: 1801 });
    else expect(found).toEqual({ code: 200, data: [expect.objectContaining({ id: 1, distance: 0, v: shown })] });
  });

  it("comes and goes by the command line", async () => {
    const path = temporaryPath();
    const run = async (...argv: string[]): Promise<unknown> => {
      let out = "";
      const io = { out: (text: string) => (out += text), err: () => {}, untilStopped: async () => {}, version: "0" };
      await runCli([...argv, "--path", path], io as Parameters<typeof runCli>[1]);
      return JSON.parse(out);
    };
    const schema = JSON.stringify({ fields: fields(type) });
    const indexes = JSON.stringify(indexParams(index, type));
    expect(await run("collections", "create", "-c", "c", "--schema", schema, "--index-params", indexes)).toEqual({
      code: 0,
      data: {},
    });
    const data = JSON.stringify([{ id: 1, v: given }]);
    expect(await run("insert", "-c", "c", "--data", data)).toMatchObject({ code: 0, data: { insertCount: 1 } });
    const search = ["search", "-c", "c", "--data", JSON.stringify([given]), "--limit", "1", "--output-fields", "v"];
    expect(await run(...search)).toMatchObject({ code: 0, data: [{ id: 1, v: given }] });
    expect(await run("search", "-c", "c", "--ids", "[1]", "--limit", "1")).toMatchObject({
      code: 0,
      data: [{ id: 1 }],
    });
    expect(await run("query", "-c", "c", "--filter", "id == 1", "--output-fields", "v")).toEqual({
      code: 0,
      data: [{ id: 1, v: given }],
    });
  });
});
