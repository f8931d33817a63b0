import { execFileSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { python, pythonWith, whySkipped } from "./harness/languages.js";

const file = (name: string) => fileURLToPath(new URL(`./python/${name}`, import.meta.url));
const reason = whySkipped(python, "Python 3.10 or newer");

const vector = (fieldName: string, dataType: string, dim?: number) => ({
  fieldName,
  dataType,
  ...(dim === undefined ? {} : { elementTypeParams: { dim } }),
});
const text = { elementTypeParams: { max_length: 100 } };
/** As in `bulk_writer.py`. */
const FIELDS = [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  ...["Bool", "Int8", "Int16", "Int32", "Float", "Double", "JSON"].map((dataType) => ({
    fieldName: dataType.toLowerCase(),
    dataType,
  })),
  { fieldName: "text", dataType: "VarChar", ...text },
  { fieldName: "maybe", dataType: "VarChar", nullable: true, ...text },
  { fieldName: "numbers", dataType: "Array", elementDataType: "Int64", elementTypeParams: { max_capacity: 4 } },
  {
    fieldName: "words",
    dataType: "Array",
    elementDataType: "VarChar",
    elementTypeParams: { max_capacity: 4, max_length: 20 },
  },
  vector("v", "FloatVector", 8),
  vector("half", "Float16Vector", 8),
  vector("brain", "BFloat16Vector", 8),
  vector("bits", "BinaryVector", 16),
  vector("sparse", "SparseFloatVector"),
];
const ROWS = 3000;

describe.skipIf(reason !== "")(`files and pymilvus' BulkWriter, pyarrow${reason}`, () => {
  let program = "";
  let db: Elanus;
  beforeAll(() => {
    program = pythonWith(file("requirements-bulk-writer.txt"));
  }, 600_000);
  afterEach(() => db.close());

  const run = (...argv: string[]): string =>
    execFileSync(program, argv, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"], maxBuffer: 2 ** 27 });
  const printed = (out: string, name: string): unknown =>
    JSON.parse((new RegExp(`^${name} (.*)$`, "m").exec(out) as RegExpExecArray)[1] as string);

  async function create(collectionName: string): Promise<void> {
    await db.collections.create({
      collectionName,
      schema: { enableDynamicField: true, fields: FIELDS },
      indexParams: ["v", "half", "brain", "bits", "sparse"].map((fieldName) => ({
        fieldName,
        indexName: fieldName,
        metricType: fieldName === "bits" ? "HAMMING" : "IP",
      })),
    } as never);
  }
  const rows = (collectionName: string) =>
    db.entities.query({ collectionName, filter: "", limit: 16_000, outputFields: ["*"] });

  it("are read alike in every format, and pyarrow reads what is exported", async () => {
    const folder = dirname(temporaryPath());
    const files = printed(run(file("bulk_writer.py"), folder), "FILES") as Record<string, string[]>;
    expect(Object.keys(files).sort()).toEqual(["csv", "json", "jsonl", "parquet"]);
    db = await Elanus.open(":memory:");
    const read = [];
    for (const [format, from] of Object.entries(files)) {
      await create(format);
      expect(await db.import({ collectionName: format, from, nullkey: "\\N" })).toEqual({ rowCount: ROWS });
      read.push(await rows(format));
    }
    for (const each of read) expect(each).toEqual(read[0]);
    expect(read[0]?.[7]).toMatchObject({
      id: 2n ** 53n + 7n,
      maybe: "m7",
      json: { i: 7, deep: [1, { x: "y" }] },
      numbers: [7, 2n ** 53n + 1n],
      half: new Float32Array([7, 7.25, 7.5, 7.75, 8, 8.25, 8.5, 8.75]),
      bits: Uint8Array.of(7, 255),
      sparse: { 7: 0.5, 107: 1.25 },
      extra: 7,
      more: { a: [7] },
    });

    const to = join(folder, "ours.parquet");
    await db.export({ collectionName: "json", to });
    const out = run(file("parquet_files.py"), "--check", to);
    expect(printed(out, "TYPES")).toMatchObject({
      id: "int64",
      int8: "int8",
      int16: "int16",
      json: "string",
      v: expect.stringMatching(/^list<element: float/),
      half: expect.stringMatching(/^list<element: uint8/),
      sparse: expect.stringContaining("indices: list<element: uint32"),
      $meta: "string",
    });
    const theirs = printed(out, "ROWS") as Record<string, unknown>[];
    expect(theirs).toHaveLength(ROWS);
    expect(theirs[7]).toMatchObject({
      maybe: "m7",
      json: '{"i":7,"deep":[1,{"x":"y"}]}',
      v: [3.5, 4.5, 5.5, 6.5, 7.5, 8.5, 9.5, 10.5],
      bits: [7, 255],
      sparse: { indices: [7, 107], values: [0.5, 1.25] },
      $meta: '{"extra":7,"more":{"a":[7]}}',
    });
  });
});
