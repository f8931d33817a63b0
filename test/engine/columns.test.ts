import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InputColumn, InputColumns } from "../../src/engine/contract/column.js";
import { Elanus } from "../../src/index.js";

const schema = {
  enableDynamicField: true,
  fields: [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    { fieldName: "flag", dataType: "Bool", nullable: true },
    { fieldName: "small", dataType: "Int8", defaultValue: 7 },
    { fieldName: "f", dataType: "Float", nullable: true },
    { fieldName: "d", dataType: "Double", nullable: true },
    { fieldName: "s", dataType: "VarChar", elementTypeParams: { max_length: 8 }, nullable: true },
    { fieldName: "j", dataType: "JSON", nullable: true },
    {
      fieldName: "a",
      dataType: "Array",
      elementDataType: "Int64",
      elementTypeParams: { max_capacity: 3 },
      nullable: true,
    },
    { fieldName: "t", dataType: "Timestamptz", nullable: true },
    { fieldName: "g", dataType: "Geometry", nullable: true },
  ],
};
const indexParams = [{ fieldName: "v", metricType: "L2" }];

async function open(params: Record<string, unknown> = {}): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.collections.create({ collectionName: "c", schema, indexParams, ...params });
  return db;
}

const C = { collectionName: "c" };

function bytes(vectors: readonly (readonly number[])[]): Uint8Array {
  return new Uint8Array(new Float32Array(vectors.flat()).buffer);
}

const ids = (values: readonly unknown[]): InputColumn => ({ name: "id", type: "Int64", values });
const vectors = (values: Uint8Array, dimension = 2): InputColumn => ({
  name: "v",
  type: "FloatVector",
  dimension,
  values,
});

/** The outcome of a call: its data, or code and message. */
async function outcome(call: Promise<unknown>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    const { code, message } = error as { code: number; message: string };
    return [code, message];
  }
}

describe("entities by column", () => {
  // A number beyond 2^53 is a double in a row, and an int64 where a JSON text spells all its digits.
  const spelt = (value: unknown) => !/(?<![\d.])\d{16,}(?![\d.e])/.test(JSON.stringify(value));
  const json = fc.jsonValue({ maxDepth: 2, noUnicodeString: false }).filter((v) => v !== null && spelt(v));
  const entity = fc.record(
    {
      v: fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })),
      flag: fc.boolean(),
      small: fc.integer({ min: -130, max: 130 }),
      f: fc.float({ noNaN: true, noDefaultInfinity: true }),
      d: fc.double({ noNaN: true, noDefaultInfinity: true }),
      s: fc.string({ unit: "grapheme", maxLength: 6 }),
      j: json,
      a: fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), { maxLength: 4 }),
      t: fc.constantFrom("2025-01-01T00:00:00Z", "2024-02-29T12:30:00.5+08:00", "yesterday"),
      g: fc.constantFrom("POINT (1 2)", "POINT (1"),
      dynamic: fc.dictionary(fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom("x", "y", "é") }), json, {
        maxKeys: 3,
      }),
    },
    { requiredKeys: ["v", "dynamic"] },
  );

  /** The same rows as columns, nulls where a row lacks a field. */
  function columnsOf(rows: readonly Record<string, unknown>[]): InputColumns {
    const scalars = schema.fields.filter((f) => f.dataType !== "FloatVector");
    return {
      rowCount: rows.length,
      columns: [
        vectors(bytes(rows.map((row) => row["v"] as number[]))),
        ...scalars.map(
          (field): InputColumn => ({
            name: field.fieldName,
            type: field.dataType as InputColumn["type"],
            values: rows.map((row) => {
              const value = row[field.fieldName];
              return value === undefined ? null : field.dataType === "JSON" ? JSON.stringify(value) : value;
            }),
          }),
        ),
        {
          name: "$meta",
          type: "JSON",
          dynamic: true,
          values: rows.map((row) => JSON.stringify(row["dynamic"])),
        },
      ],
    };
  }

  it("are the same as by row", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(entity, { minLength: 1, maxLength: 5 }), async (given) => {
        const rows = given.map((row, i) => ({ id: BigInt(i) * 3000000000000000n, ...row }));
        const [byRow, byColumn] = [await open(), await open()];
        const data = rows.map(({ dynamic, ...row }) => ({ ...dynamic, ...row }));
        const first = await outcome(byRow.entities.insert({ ...C, data }));
        const second = await outcome(byColumn.entities.insert({ ...C, columns: columnsOf(rows) }));
        if (Array.isArray(first)) {
          // Which of several faults is told differs: rows are read one after the other, columns too.
          expect((second as unknown[])[0]).toBe(first[0]);
        } else expect(second).toEqual(first);
        const all = (db: Elanus) => db.entities.query({ ...C, filter: "id >= 0", outputFields: ["*"] });
        expect(await all(byColumn)).toEqual(await all(byRow));
        const hits = (db: Elanus) =>
          db.entities.search({ ...C, data: [[0, 0]], limit: 9, filter: 'id >= 0 and not (j["a"] == 1)' });
        expect(await hits(byColumn)).toEqual(await hits(byRow));
        expect(await byColumn.check()).toEqual({ ok: true, problems: [] });
        await Promise.all([byRow.close(), byColumn.close()]);
      }),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 60) },
    );
  });

  it("take bytes that lie anywhere in memory", async () => {
    const db = await open();
    const shifted = new Uint8Array(17);
    shifted.set(
      bytes([
        [1, 2],
        [3, 4],
      ]),
      1,
    );
    const columns = { rowCount: 2, columns: [ids([1n, 2]), vectors(shifted.subarray(1))] };
    expect(await db.entities.insert({ ...C, columns })).toEqual({ insertCount: 2, insertIds: [1, 2] });
    const rows = await db.entities.query({ ...C, filter: "small == 7", outputFields: ["v"] });
    expect(rows).toEqual([
      { id: 1, v: [1, 2] },
      { id: 2, v: [3, 4] },
    ]);
    await db.close();
  });

  it("change parts of entities", async () => {
    const db = await open();
    await db.entities.insert({
      ...C,
      data: [
        { id: 1, v: [1, 2], s: "a", x: 1, y: 1 },
        { id: 2, v: [3, 4], s: "b" },
      ],
    });
    const columns: InputColumns = {
      rowCount: 2,
      columns: [
        ids([2, 1]),
        { name: "s", type: "VarChar", values: [null, "c"] },
        { name: "$meta", type: "JSON", dynamic: true, values: ['{"x":5}', '{"x":6,"z":null}'] },
      ],
    };
    expect(await db.entities.upsert({ ...C, columns, partialUpdate: true })).toEqual({
      upsertCount: 2,
      upsertIds: [2, 1],
    });
    expect(await db.entities.query({ ...C, filter: "id > 0", outputFields: ["v", "s", "x", "y"] })).toEqual([
      { id: 1, v: [1, 2], s: "c", x: 6, y: 1 },
      { id: 2, v: [3, 4], s: null, x: 5 },
    ]);
    const unknown: InputColumns = { rowCount: 1, columns: [ids([9]), { name: "s", type: "VarChar", values: ["n"] }] };
    expect(await outcome(db.entities.upsert({ ...C, columns: unknown, partialUpdate: true }))).toEqual([
      1100,
      "fieldSchema(v) has no corresponding fieldData pass in: invalid parameter",
    ]);
    await db.close();
  });

  const good = { rowCount: 1, columns: [ids([1]), vectors(bytes([[1, 2]]))] };
  const wrong = (...columns: InputColumn[]): InputColumns => ({
    rowCount: 1,
    columns: [...good.columns.filter((column) => !columns.some(({ name }) => name === column.name)), ...columns],
  });
  it.each([
    [
      "no rows",
      { rowCount: 0, columns: [] },
      1100,
      "num_rows should be greater than 0: invalid parameter[expected=invalid num_rows][actual=0]",
    ],
    ["no key", { rowCount: 1, columns: [vectors(bytes([[1, 2]]))] }, 1100, /^fieldSchema\(id\) has no corresponding/],
    ["no vector", { rowCount: 1, columns: [ids([1])] }, 1100, /^fieldSchema\(v\) has no corresponding/],
    ["an unknown column", wrong({ name: "q", type: "Int8", values: [1] }), 1100, /^field q does not exist/],
    ["a column twice", { rowCount: 1, columns: [ids([1]), ids([1])] }, 1100, /^duplicated field name id found/],
    ["another type", wrong({ name: "s", type: "Int8", values: [1] }), 1100, /^the data type of field\(s\) is VarChar/],
    [
      "too few values",
      { ...good, rowCount: 2 },
      1100,
      "the num_rows (1) of field (id) is not equal to passed num_rows (2): invalid parameter[expected=2][actual=1]",
    ],
    [
      "torn vectors",
      wrong(vectors(new Uint8Array(12))),
      1100,
      "the length(3) of float data should divide the dim(2): invalid parameter",
    ],
    [
      "another dimension",
      wrong(vectors(new Uint8Array(12), 3)),
      1100,
      "the dim (3) of field data(v) is not equal to schema dim (2): invalid parameter[expected=2][actual=3]",
    ],
    [
      "a vector that is no number",
      wrong(vectors(bytes([[1, Number.NaN]]))),
      1100,
      "value 'NaN' is not a number or infinity: invalid parameter",
    ],
    ["a null vector", wrong({ ...vectors(new Uint8Array(8)), valid: new Uint8Array(1) }), 1100, /is not nullable/],
    ["a null key", wrong(ids([null])), 1804, /row 0 does not has field id$/],
    ["JSON that is none", wrong({ name: "j", type: "JSON", values: ["{a:1}"] }), 1804, /expected=JSON/],
    ["a list of dynamic keys", wrong({ name: "$meta", type: "JSON", values: ["[]"] }), 1804, /is no JSON object$/],
    [
      "a dynamic key that is a field",
      wrong({ name: "$meta", type: "JSON", values: ['{"s":1}'] }),
      1100,
      "dynamic json cannot include the static field name: s: invalid parameter",
    ],
    [
      "a text that is too long",
      wrong({ name: "s", type: "VarChar", values: ["123456789"] }),
      1100,
      /^length of varchar/,
    ],
    ["values that are no list", wrong({ name: "s", type: "VarChar", values: 5 as never }), 1100, /of the wrong kind/],
    ["vectors that are no bytes", wrong({ ...vectors(good as never) }), 1100, /of the wrong kind/],
  ] as const)("are refused with %s", async (_, columns, code, message) => {
    const db = await open();
    const [given, text] = (await outcome(db.entities.insert({ ...C, columns }))) as [number, string];
    expect(text).toEqual(typeof message === "string" ? message : expect.stringMatching(message));
    expect(given).toBe(code);
    expect(await db.entities.query({ ...C, filter: "id >= 0" })).toEqual([]);
    await db.close();
  });

  it("have their keys drawn where the collection draws them", async () => {
    const db = await Elanus.open(":memory:");
    await db.collections.create({ ...C, dimension: 2, autoID: true, idType: "VarChar", params: { max_length: 30 } });
    const vector = {
      ...vectors(
        bytes([
          [1, 2],
          [3, 4],
        ]),
      ),
      name: "vector",
    };
    const { insertIds } = await db.entities.insert({ ...C, columns: { rowCount: 2, columns: [vector] } });
    expect(new Set(insertIds).size).toBe(2);
    const key: InputColumn = { name: "id", type: "VarChar", values: insertIds };
    expect(await outcome(db.entities.insert({ ...C, columns: { rowCount: 2, columns: [key, vector] } }))).toEqual([
      1100,
      "no need to pass pk field(id) when autoid==true in insert: invalid parameter",
    ]);
    const { upsertIds } = await db.entities.upsert({ ...C, columns: { rowCount: 2, columns: [key, vector] } });
    expect(new Set([...insertIds, ...upsertIds]).size).toBe(4);
    expect((await db.entities.query({ ...C, filter: 'id > ""' })).map((row) => row["id"])).toEqual(upsertIds);
    await db.close();
  });
});
