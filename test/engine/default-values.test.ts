import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "c" };
const defaults = [
  { fieldName: "flag", dataType: "Bool", defaultValue: true },
  { fieldName: "n", dataType: "Int64", defaultValue: 9007199254740993n },
  { fieldName: "f", dataType: "Float", defaultValue: 0.1 },
  { fieldName: "s", dataType: "VarChar", defaultValue: "x", elementTypeParams: { max_length: 9 } },
  { fieldName: "g", dataType: "Geometry", defaultValue: "POINT (1 2)" },
  { fieldName: "t", dataType: "Timestamptz", defaultValue: "2025-01-01T08:00:00+08:00" },
];
const described = [
  { BoolData: true },
  { LongData: 9007199254740993n },
  { FloatData: 0.1 },
  { StringData: "x" },
  { StringData: "POINT (1 2)" },
  { StringData: "2025-01-01T00:00:00Z" },
];
const stored = { flag: true, n: 9007199254740993n, f: 0.1, s: "x", g: "POINT (1 2)", t: "2025-01-01T00:00:00Z" };

function schema(fields: readonly object[]) {
  return {
    ...C,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ...fields,
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  };
}

const outputFields = Object.keys(stored);
const SPATIAL = 'st_within(g, "POLYGON ((0 0, 9 0, 9 9, 0 9, 0 0))") and t == ISO "2025-01-01T00:00:00Z" and n > 5';

describe("default values", () => {
  it("are described, and are what rows without the field have", async () => {
    const path = temporaryPath();
    let db = await Elanus.open(path);
    await db.collections.create(schema(defaults) as never);
    await db.entities.insert({ ...C, data: [{ id: 1, v: [0, 0], g: null }] });
    const look = async () => {
      const { fields } = await db.collections.describe(C);
      expect(fields.slice(2).map((field) => field.defaultValue?.Data)).toEqual(described);
      expect(await db.entities.query({ ...C, filter: SPATIAL, outputFields })).toEqual([{ id: 1, ...stored }]);
    };
    await look();
    await db.close();
    db = await Elanus.open(path);
    await look();
    await db.entities.insert({ ...C, data: [{ id: 2, v: [0, 0], flag: false, g: "POINT (50 50)" }] });
    expect(await db.entities.get({ ...C, id: 2, outputFields })).toEqual([
      { id: 2, ...stored, flag: false, g: "POINT (50 50)" },
    ]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });

  it("of a field that is added are what the rows before have", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create(schema([]) as never);
    await db.entities.insert({ ...C, data: [{ id: 1, v: [0, 0] }] });
    for (const field of defaults)
      await db.collections.fields.add({ ...C, schema: { ...field, nullable: true } as never });
    expect(await db.entities.query({ ...C, filter: SPATIAL, outputFields })).toEqual([{ id: 1, ...stored }]);
    const { fields } = await db.collections.describe(C);
    expect(fields.slice(2).map((field) => field.defaultValue?.Data)).toEqual(described);
    await db.close();
  });

  it("of a field that is added without offset are in the zone of the collection", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create(schema([]) as never);
    await db.collections.alterProperties({ ...C, properties: { timezone: "Asia/Shanghai" } });
    await db.entities.insert({ ...C, data: [{ id: 1, v: [0, 0] }] });
    const field = { fieldName: "t", dataType: "Timestamptz", nullable: true, defaultValue: "2025-01-01T08:00:00" };
    await db.collections.fields.add({ ...C, schema: field });
    expect(await db.entities.get({ ...C, id: 1, outputFields: ["t"] })).toEqual([
      { id: 1, t: "2025-01-01T08:00:00+08:00" },
    ]);
    expect((await db.collections.describe(C)).fields[2]?.defaultValue).toEqual({
      Data: { StringData: "2025-01-01T08:00:00+08:00" },
    });
    await db.close();
  });

  it.each([
    [{ dataType: "Geometry", defaultValue: "nowhere" }],
    [{ dataType: "Timestamptz", defaultValue: "yesterday" }],
    [{ dataType: "Timestamptz", defaultValue: 5 }],
  ])("of %j are refused", async (field) => {
    const db = await Elanus.open(":memory:");
    await expect(
      db.collections.create(schema([{ fieldName: "x", nullable: true, ...field }]) as never),
    ).rejects.toMatchObject({
      code: 1100,
      message: expect.stringMatching(/Wrong defaultValue type: invalid parameter\[expected=string\]/),
    });
    await db.close();
  });
});

describe("a Geometry field", () => {
  it("takes an index, which is described as RTREE", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create(schema([{ fieldName: "g", dataType: "Geometry", nullable: true }]) as never);
    for (const indexType of ["AUTOINDEX", "RTREE"]) {
      await db.indexes.create({ ...C, indexParams: [{ fieldName: "g", indexName: "place", indexType }] });
      expect(await db.indexes.describe({ ...C, indexName: "place" })).toMatchObject([{ indexType: "RTREE" }]);
      await db.indexes.drop({ ...C, indexName: "place" });
    }
    await db.close();
  });
});
