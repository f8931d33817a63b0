import { afterEach, beforeEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { endSlicesAtOnce, turnsOf } from "../support/turns.js";

interface Envelope {
  readonly code: number;
  readonly message?: string;
  readonly data?: unknown;
}

let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "2.6" });
});
afterEach(() => db.close());

const run = async (body: object): Promise<Envelope> =>
  (await db.request("/v2/vectordb/common/run_analyzer", body)) as unknown as Envelope;
const tokens = (texts: readonly (readonly object[])[]) => ({ results: texts.map((list) => ({ tokens: list })) });

it("shows the tokens of each text, in order", async () => {
  const { code, data } = await run({ text: ["The Milvus!", ""] });
  expect([code, data]).toEqual([0, tokens([[{ token: "the" }, { token: "milvus" }], []])]);
});

it("shows where tokens stand, in bytes, and their numbers", async () => {
  const { data } = await run({
    text: ["The Milvus", "é数 x"],
    analyzerParams: '{"type":"english"}',
    withDetail: true,
    withHash: true,
  });
  const place = (startOffset: number, endOffset: number, position: number) => ({
    startOffset,
    endOffset,
    position,
    positionLength: 1,
  });
  expect(data).toMatchObject(
    tokens([
      [{ token: "milvus", ...place(4, 10, 1), hash: 725768567 }],
      [
        { token: "é数", ...place(0, 5, 0) },
        { token: "x", ...place(6, 7, 1) },
      ],
    ]),
  );
});

it("takes parameters as an object, and those of a BM25 input field", async () => {
  const english = { type: "english" };
  expect((await run({ text: ["running"], analyzerParams: english })).data).toEqual(tokens([[{ token: "run" }]]));
  const fields = [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    {
      fieldName: "text",
      dataType: "VarChar",
      elementTypeParams: { max_length: 9, enable_analyzer: true, analyzer_params: english },
    },
    { fieldName: "s", dataType: "SparseFloatVector" },
  ];
  const functions = [{ name: "f", type: "BM25", inputFieldNames: ["text"], outputFieldNames: ["s"] }];
  const indexParams = [{ fieldName: "s", indexName: "s", metricType: "BM25", indexType: "SPARSE_WAND" }];
  await db.collections.create({ collectionName: "c", schema: { fields, functions }, indexParams });
  const field = { text: ["running"], collectionName: "c", fieldName: "text" };
  expect((await run(field)).data).toEqual(tokens([[{ token: "run" }]]));
  const refused = async (body: object) => {
    const { code, message } = await run({ ...field, ...body });
    return [code, message];
  };
  expect(await refused({ analyzerParams: "{}" })).toEqual([1100, expect.stringContaining("in same time")]);
  expect(await refused({ fieldName: "" })).toEqual([1100, expect.stringContaining("must set field name")]);
  expect(await refused({ fieldName: "x" })).toEqual([1700, expect.stringContaining("field not found[field=x]")]);
  expect(await refused({ fieldName: "id" })).toEqual([1100, expect.stringContaining("if field was bm25 input field")]);
  await db.collections.release({ collectionName: "c" });
  expect((await refused({}))[0]).toBe(101);
});

it("refuses what is no analyzer", async () => {
  expect(await run({})).toMatchObject({
    code: 1802,
    message:
      "missing required parameters, error: Key: 'RunAnalyzerReq.Text' Error:Field validation for 'Text' failed on the 'required' tag",
  });
  const { code, message } = await run({ text: ["x"], analyzerParams: '{"type":"klingon"}' });
  expect([code, message]).toEqual([1100, expect.stringContaining("unknown build-in analyzer type: klingon")]);
});

const manyFilters = (count: number) => ({
  tokenizer: "standard",
  filter: Array.from({ length: count }, () => ({ type: "regex", expr: "a(b|c|.*)*" })),
});

it("lets others go on between the filters of a text", async () => {
  endSlicesAtOnce();
  const { result, turns } = await turnsOf(run({ text: ["a b"], analyzerParams: manyFilters(20) }));
  expect(result.code).toBe(0);
  expect(turns).toBeGreaterThan(10);
});

it("ends at the deadline in the midst of a text", async () => {
  const body = { text: ["a ".repeat(200_000)], analyzerParams: manyFilters(2000) };
  const answer = await db.request("/v2/vectordb/common/run_analyzer", body, { headers: { "Request-Timeout": "1" } });
  expect(answer).toMatchObject({ code: 10001 });
});

it("ends what would be too much for one answer", async () => {
  const huge = { code: 1100, message: "the text is longer than 1048576 characters: invalid parameter" };
  expect(await run({ text: ["a ".repeat(600_000)] })).toEqual(huge);
  const { code, message } = await run({ text: Array.from({ length: 40 }, () => "a ".repeat(30_000)) });
  expect([code, message]).toEqual([65535, expect.stringContaining("exceed the maxOutputSize Limit")]);
});
