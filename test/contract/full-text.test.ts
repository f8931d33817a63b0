import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}
type Hit = { readonly id: number; readonly distance: number };

let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

const post = async (path: string, body: object): Promise<Envelope> =>
  (await db.request(`/v2/vectordb/${path}`, { collectionName: "docs", ...body })) as unknown as Envelope;

const TEXT = {
  fieldName: "text",
  dataType: "VarChar",
  elementTypeParams: { max_length: 1000, enable_analyzer: true },
};
const ID = { fieldName: "id", dataType: "Int64", isPrimary: true };
const SPARSE = { fieldName: "sparse", dataType: "SparseFloatVector" };
const BM25 = { name: "bm25", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["sparse"], params: {} };
const INDEX = { fieldName: "sparse", indexName: "sparse", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" };

async function docs(index: object = INDEX, text: object = TEXT): Promise<void> {
  const created = await post("collections/create", {
    schema: { fields: [ID, text, SPARSE], functions: [BM25] },
    indexParams: [index],
  });
  expect(created).toEqual({ code: 0, data: {} });
}

async function filled(index: object = INDEX): Promise<void> {
  await docs(index);
  const texts = ["Milvus is a vector database", "vector search finds the nearest vector", "a database stores rows"];
  const { code } = await post("entities/insert", { data: texts.map((text, i) => ({ id: i + 1, text })) });
  expect(code).toBe(0);
}

async function hits(query: string, more: object = {}): Promise<string> {
  const { data, message } = await post("entities/search", { annsField: "sparse", data: [query], limit: 10, ...more });
  expect(message).toBeUndefined();
  return (data as Hit[]).map(({ id, distance }) => `${id}:${distance.toFixed(4)}`).join(" ");
}

describe("BM25", () => {
  it("scores as Milvus does", async () => {
    await filled();
    expect(await hits("vector database")).toBe("1:0.9400 2:0.6118 3:0.5119");
    expect(await hits("vector vector database")).toBe("1:1.4100 2:1.2237 3:0.5119");
    for (const nothing of ["unknown", "", "!!"]) expect(await hits(nothing)).toBe("");
    expect(await hits("vector database", { filter: "id > 1" })).toBe("2:0.6118 3:0.5119");
  });

  it("has statistics of one row, and an average length of at least 1", async () => {
    await docs();
    await post("entities/insert", { data: [{ id: 1, text: "Milvus is a vector database" }] });
    expect(await hits("vector")).toBe("1:0.2877");
    await post("collections/truncate", {});
    await post("entities/insert", { data: ["x", "", "", ""].map((text, id) => ({ id, text })) });
    const { data } = await post("entities/search", { annsField: "sparse", data: ["x"], limit: 3 });
    expect((data as Hit[]).map(({ distance }) => distance.toFixed(6))).toEqual(["1.203973"]);
  });

  it("follows deletes and empty texts at once", async () => {
    await filled();
    await post("entities/delete", { filter: "id == 3" });
    expect(await hits("vector database")).toBe("1:0.9093 2:0.2444");
    await post("entities/insert", {
      data: [
        { id: 3, text: "a database stores rows" },
        { id: 4, text: "" },
      ],
    });
    expect(await hits("vector database")).toBe("1:1.2199 2:0.8155 3:0.6747");
  });

  it.each([
    [{ bm25_k1: 1.5, bm25_b: 0 }, "1:0.9400 2:0.6714 3:0.4700"],
    [{ bm25_k1: 0 }, "1:0.9400 2:0.4700 3:0.4700"],
  ])("takes its numbers from the index: %j", async (params, expected) => {
    await filled({ ...INDEX, params });
    expect(await hits("vector database")).toBe(expected);
  });

  it("takes 1 for the average length of very short texts", async () => {
    await docs();
    await post("entities/insert", { data: ["x", "", "", ""].map((text, i) => ({ id: i + 1, text })) });
    expect(await hits("x")).toBe("1:1.2040");
  });

  it("weighs words by all loaded rows, whatever the partition names select", async () => {
    await filled();
    await post("partitions/create", { partitionName: "p" });
    await post("entities/insert", { partitionName: "p", data: [{ id: 9, text: "vector" }] });
    const all = await hits("vector");
    expect(await hits("vector", { partitionNames: ["_default"] })).toBe(all.replace(/^9:\S+ /, ""));
  });

  it("is made anew by upserts, partial ones too, and comes back after release, load and reopening", async () => {
    await filled();
    await post("entities/upsert", { data: [{ id: 2, text: "nothing of that" }] });
    expect(await hits("search")).toBe("");
    await post("entities/upsert", { partialUpdate: true, data: [{ id: 2, text: "vector search" }] });
    const before = await hits("vector search");
    expect(before).toContain("2:");
    await post("collections/release", {});
    await post("collections/load", {});
    expect(await hits("vector search")).toBe(before);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  });

  it("may leave out the weakest words of a query", async () => {
    await filled();
    await post("entities/insert", {
      data: [
        { id: 4, text: "vector vector" },
        { id: 5, text: "vector" },
      ],
    });
    const dropped = await hits("vector rows", { searchParams: { params: { drop_ratio_search: 0.5 } } });
    expect(dropped).toBe(await hits("rows"));
    const bad = await post("entities/search", {
      annsField: "sparse",
      data: ["x"],
      searchParams: { params: { drop_ratio_search: 1 } },
    });
    expect([bad.code, bad.message]).toEqual([1100, expect.stringContaining("drop_ratio_search")]);
  });

  it("is searched with the text of a row", async () => {
    await filled();
    const { data } = await post("entities/search", { annsField: "sparse", ids: [1], limit: 1 });
    expect(data).toEqual([expect.objectContaining({ id: 1 })]);
    expect(data).toEqual(
      (await post("entities/search", { annsField: "sparse", data: ["Milvus is a vector database"], limit: 1 })).data,
    );
  });

  it("is never shown and never given", async () => {
    await filled();
    const asked = await post("entities/query", { filter: "id == 1", outputFields: ["sparse"] });
    expect(asked.message).toContain("not allowed to retrieve raw data of field sparse");
    const all = await post("entities/query", { filter: "id == 1", outputFields: ["*"] });
    expect(all.data).toEqual([{ id: 1, text: "Milvus is a vector database" }]);
    const given = await post("entities/insert", { data: [{ id: 7, text: "x", sparse: { "1": 1 } }] });
    expect([given.code, given.message]).toEqual([
      1100,
      expect.stringContaining("attempt to insert bm25 function output field"),
    ]);
  });

  it("is described", async () => {
    await docs();
    const { functions, fields } = (await post("collections/describe", {})).data as {
      functions: unknown;
      fields: { name: string; isFunctionOutput?: boolean }[];
    };
    expect(functions).toEqual([
      {
        name: "bm25",
        description: "",
        type: 1,
        id: 100,
        inputFieldNames: ["text"],
        outputFieldNames: ["sparse"],
        params: [],
      },
    ]);
    expect(fields.filter((f) => f.isFunctionOutput === true).map((f) => f.name)).toEqual(["sparse"]);
  });

  it("survives a restart", async () => {
    const { mkdtempSync, rmSync } = await import("node:fs");
    const { tmpdir } = await import("node:os");
    const folder = mkdtempSync(`${tmpdir()}/elanus-text-`);
    try {
      await db.close();
      db = await Elanus.open(`${folder}/a.db`);
      await filled();
      await db.close();
      db = await Elanus.open(`${folder}/a.db`);
      expect(await hits("vector database")).toBe("1:0.9400 2:0.6118 3:0.5119");
    } finally {
      await db.close();
      rmSync(folder, { recursive: true });
    }
  });
});

describe("definitions of functions that are refused", () => {
  const create = (functions: readonly object[], fields: readonly object[] = [ID, TEXT, SPARSE]) =>
    post("collections/create", { schema: { fields, functions } });
  const plainText = { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 10 } };

  it.each<[string, object, number, string]>([
    ["no name", { ...BM25, name: "" }, 1101, "function name cannot be empty"],
    ["no inputs", { ...BM25, inputFieldNames: [] }, 1101, "function input field names cannot be empty, function: bm25"],
    ["no outputs", { ...BM25, outputFieldNames: [] }, 1101, "function output field names cannot be empty"],
    ["an unknown type", { ...BM25, type: "bm25" }, 1100, "Unsupported function type: bm25"],
    ["an unknown input", { ...BM25, inputFieldNames: ["x"] }, 1100, "function input field not found: x"],
    ["an unknown output", { ...BM25, outputFieldNames: ["x"] }, 1100, "function output field not found: x"],
    ["an input twice", { ...BM25, inputFieldNames: ["text", "text"] }, 1100, "should be used exactly once"],
    ["a field both in and out", { ...BM25, outputFieldNames: ["text"] }, 1100, "cannot be both input and output"],
    ["parameters", { ...BM25, params: { k1: 1 } }, 1100, "BM25 function accepts no params"],
    ["an output that is the key", { ...BM25, outputFieldNames: ["id"] }, 1100, "cannot be primary key"],
  ])("%s", async (_, definition, code, text) => {
    const answer = await create([definition]);
    expect([answer.code, answer.message]).toEqual([code, expect.stringContaining(text)]);
    expect((await post("collections/list", {})).data).toEqual([]);
  });

  it("a text without an analyzer, and the same name twice", async () => {
    expect((await create([BM25], [ID, plainText, SPARSE])).message).toContain("must also enable_analyzer");
    const second = { fieldName: "other", dataType: "SparseFloatVector" };
    const twice = [BM25, { ...BM25, outputFieldNames: ["other"] }];
    expect((await create(twice, [ID, TEXT, SPARSE, second])).message).toContain("duplicate function name: bm25");
  });

  it("an analyzer that there is not", async () => {
    const text = { ...TEXT, elementTypeParams: { ...TEXT.elementTypeParams, analyzer_params: { type: "klingon" } } };
    expect((await create([BM25], [ID, text, SPARSE])).message).toContain(
      "validate analyzer failed for field: text, error: unknown build-in analyzer type: klingon",
    );
  });

  it.each([
    [{ ...INDEX, metricType: "IP" }, "index metric type of BM25 function output field must be BM25, got IP"],
    [
      { fieldName: "sparse", indexName: "sparse" },
      "index metric type of BM25 function output field must be BM25, got IP",
    ],
    [{ ...INDEX, params: { bm25_k1: 4 } }, "param 'bm25_k1' (4) should be in range [0, 3]"],
  ])("the index %j", async (index, text) => {
    const answer = await post("collections/create", {
      schema: { fields: [ID, TEXT, SPARSE], functions: [BM25] },
      indexParams: [index],
    });
    expect(answer.message).toContain(text);
  });

  it("BM25 on vectors that no function makes", async () => {
    const answer = await post("collections/create", { schema: { fields: [ID, TEXT, SPARSE] }, indexParams: [INDEX] });
    expect(answer.message).toContain("only BM25 Function output field support BM25 metric type");
  });

  it("takes BM25 where an explicit index type names no metric", async () => {
    await docs({ fieldName: "sparse", indexName: "sparse", indexType: "SPARSE_WAND" });
    const { data } = await post("indexes/describe", { indexName: "sparse" });
    expect(data).toMatchObject([{ metricType: "BM25" }]);
  });
});
