import { copyFileSync, readFileSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import * as zlib from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** Files of `test/clients/python/parquet_files.py`, in which pyarrow has written the same rows in many ways. */
const fixture = (name: string) => fileURLToPath(new URL(`../fixtures/parquet/${name}.parquet`, import.meta.url));
const C = { collectionName: "c" };
const ROWS = 40;

let db: Elanus;
beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

const text = { elementTypeParams: { max_length: 50 } };
const FIELDS = [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "small", dataType: "Int8", nullable: true },
  { fieldName: "number", dataType: "Double", nullable: true },
  { fieldName: "flag", dataType: "Bool", nullable: true },
  { fieldName: "text", dataType: "VarChar", nullable: true, ...text },
  { fieldName: "json", dataType: "JSON" },
  {
    fieldName: "list",
    dataType: "Array",
    elementDataType: "Int32",
    nullable: true,
    elementTypeParams: { max_capacity: 4 },
  },
  { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
  { fieldName: "bits", dataType: "BinaryVector", elementTypeParams: { dim: 16 } },
  { fieldName: "sparse", dataType: "SparseFloatVector" },
];

async function create(
  change: (field: (typeof FIELDS)[number]) => object | undefined = (field) => field,
): Promise<void> {
  const fields = FIELDS.map(change).filter((field) => field !== undefined) as { fieldName: string; dataType: string }[];
  const vectors = fields.filter(({ dataType }) => dataType.endsWith("Vector"));
  await db.collections.create({
    ...C,
    schema: { enableDynamicField: true, fields },
    indexParams: vectors.map(({ fieldName, dataType }) => ({
      fieldName,
      indexName: fieldName,
      metricType: dataType === "BinaryVector" ? "HAMMING" : "IP",
    })),
  } as never);
}

function rows(): Promise<readonly Record<string, unknown>[]> {
  return db.entities.query({ ...C, filter: "", limit: 1000, outputFields: ["*"] });
}

const expected = Array.from({ length: ROWS }, (_, i) => ({
  id: 2n ** 53n + 1n + BigInt(i),
  small: i % 5 === 0 ? null : i - 60,
  number: i % 5 === 0 ? null : i / 4,
  flag: i % 5 === 0 ? null : i % 2 === 0,
  text: i % 5 === 0 ? null : `é${i % 7}`,
  json: { i },
  list: i % 5 === 0 ? null : Array.from({ length: i % 3 }, (_each, n) => n),
  v: [i, 0.5, i / 8, -1],
  bits: Uint8Array.of(i, 255),
  sparse: { 1: 0.5, [i + 2]: 1.5 },
  extra: i,
}));

const hasZstd = "zstdDecompressSync" in zlib;

describe("a Parquet file of pyarrow", () => {
  const ways = [
    "snappy",
    "none-groups",
    "gzip-pages",
    "brotli-plain",
    "fixed-delta",
    ...(hasZstd ? ["zstd-doubles"] : []),
  ];
  it.each(ways)("is read, whatever way it is written (%s)", async (name) => {
    await create();
    expect(await db.import({ ...C, from: fixture(name) })).toEqual({ rowCount: ROWS });
    expect(await rows()).toEqual(expected);
  });

  it("is refused where a column does not fit its field, by both types", async () => {
    const refusal = async (fieldName: string, change: object): Promise<unknown> => {
      await create((field) => (field.fieldName === fieldName ? { ...field, ...change } : field));
      const error = await db.import({ ...C, from: fixture("snappy") }).catch(({ message }: Error) => message);
      await db.collections.drop(C);
      return String(error).replace(/^.*snappy\.parquet: /, "");
    };
    expect(await refusal("number", { dataType: "Int64" })).toBe(
      "field 'number' type mis-match, expect arrow type 'int64', get arrow data type 'double': importing data failed",
    );
    expect(await refusal("v", { elementTypeParams: { dim: 5 } })).toBe(
      "row 1: expected dim '5' for field 'v' with type 'FloatVector', got dim '4': importing data failed",
    );
    expect(await refusal("text", { dataType: "FloatVector", nullable: false, elementTypeParams: { dim: 4 } })).toBe(
      "field 'text' type mis-match, expect arrow type 'list<float>', get arrow data type 'utf8': importing data failed",
    );
    expect(
      await refusal("list", { elementDataType: "VarChar", elementTypeParams: { max_capacity: 4, max_length: 9 } }),
    ).toContain("expect arrow type 'list<utf8>', get arrow data type 'list<int32>'");
    expect(await refusal("flag", { nullable: false })).toBe(
      "row 1: value of field 'flag' is missed: importing data failed",
    );
    expect(await refusal("text", { fieldName: "other", nullable: false })).toBe(
      "no parquet field for milvus field 'other': importing data failed",
    );
  });

  it("is refused when it ends too early, or is none", async () => {
    await create();
    const whole = readFileSync(fixture("snappy")).length;
    for (const length of [0, 3, 8, 100, whole - 1, whole - 2000]) {
      const file = join(dirname(temporaryPath()), "cut.parquet");
      copyFileSync(fixture("snappy"), file);
      truncateSync(file, length);
      await expect(db.import({ ...C, from: file })).rejects.toMatchObject({
        kind: "ImportFailed",
        message: expect.stringMatching(/cut\.parquet: is (no whole Parquet file|damaged)/),
      });
    }
    expect(await rows()).toEqual([]);
  });
});

it("is written in groups of rows that are no larger than 16 MB", async () => {
  await db.collections.create({ ...C, dimension: 6000 });
  const data = Array.from({ length: 500 }, (_, id) => ({ id, vector: new Float32Array(6000).fill(id) }));
  for (let i = 0; i < 2; i++) {
    await db.entities.insert({ ...C, data: data.map((row) => ({ ...row, id: row.id + i * 500 })) });
  }
  const to = join(dirname(temporaryPath()), "large.parquet");
  const { bytes } = await db.export({ ...C, to });
  expect(bytes).toBeGreaterThan(20_000_000);
  await db.collections.create({ collectionName: "copy", dimension: 6000 });
  await db.import({ collectionName: "copy", from: to });
  const sample = { filter: "id in [0, 600, 999]", outputFields: ["*"] };
  expect(await db.entities.query({ collectionName: "copy", ...sample })).toEqual(
    await db.entities.query({ ...C, ...sample }),
  );
});
