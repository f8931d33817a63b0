import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const C = { collectionName: "c" };
let db: Elanus;
beforeAll(async () => {
  db = await Elanus.open(":memory:");
  const list = (fieldName: string, elementDataType: string, more: object = {}) => ({
    fieldName,
    dataType: "Array" as const,
    elementDataType,
    nullable: true,
    elementTypeParams: { max_capacity: 20, ...more },
  });
  await db.collections.create({
    ...C,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        list("Int64", "Int64"),
        list("Double", "Double"),
        list("Bool", "Bool"),
        list("VarChar", "VarChar", { max_length: 40 }),
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
});
afterAll(() => db.close());

const elements: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  Int64: fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(2n ** 62n, -(2n ** 62n))),
  Double: fc.constantFrom(0, -0, 1.5, -2.25, 1e300),
  Bool: fc.boolean(),
  VarChar: fc.constantFrom("", "a", "b,c", '"', "]", "\u{1F600}", "\\"),
};

/** What a row has after a change, and what of it: `null` where it has nothing. */
function expected(base: readonly unknown[] | null, op: string, given: readonly unknown[] | null): unknown {
  if (given === null) return base;
  if (op === "array_append") return [...(base ?? []), ...given];
  return base?.filter((item) => !given.some((gone) => gone === item)) ?? null;
}

describe("changes of arrays", () => {
  it.each(Object.keys(elements))("do to %s what they do to a list", async (field) => {
    const list = fc.option(fc.array(elements[field] as fc.Arbitrary<unknown>, { maxLength: 10 }), { nil: null });
    await fc.assert(
      fc.asyncProperty(list, fc.constantFrom("array_append", "ARRAY_REMOVE"), list, async (base, op, given) => {
        await db.entities.upsert({ ...C, data: { id: 1, v: [0, 0], [field]: base } });
        await db.entities.upsert({ ...C, data: { id: 1, [field]: given }, fieldOps: [{ fieldName: field, op }] });
        const [row] = await db.entities.get({ ...C, id: 1, outputFields: [field] });
        const zeros = (value: unknown) =>
          JSON.stringify(value, (_, item) => (typeof item === "bigint" ? `${item}` : item));
        expect(zeros(row?.[field])).toBe(zeros(expected(base, op.toLowerCase(), given)));
      }),
      { numRuns: 60 },
    );
  });

  it("put the elements into a row that is not there yet", async () => {
    const fieldOps = ["Int64", "Bool"].map((fieldName) => ({ fieldName, op: "array_append" }));
    await db.entities.upsert({ ...C, data: [{ id: 2, v: [0, 0], Int64: [1, 2], Bool: null }], fieldOps });
    expect(await db.entities.get({ ...C, id: 2, outputFields: ["Int64", "Bool"] })).toEqual([
      { id: 2, Int64: [1, 2], Bool: null },
    ]);
  });

  it("take nothing out of a row that is not there yet: its array is empty", async () => {
    const fieldOps = { Int64: "array_remove", Bool: "array_remove" };
    await db.entities.upsert({ ...C, data: [{ id: 20, v: [0, 0], Int64: [1, 2], Bool: null }], fieldOps });
    expect(await db.entities.get({ ...C, id: 20, outputFields: ["Int64", "Bool"] })).toEqual([
      { id: 20, Int64: [], Bool: null },
    ]);
  });

  it("leave rows alone that do not name the array", async () => {
    await db.entities.upsert({ ...C, data: [3, 4].map((id) => ({ id, v: [0, 0], Int64: [id] })) });
    const data = [
      { id: 3, Int64: [7] },
      { id: 4, Bool: [true] },
    ];
    await db.entities.upsert({ ...C, data, fieldOps: [{ fieldName: "Int64", op: "array_append" }] });
    expect(await db.entities.get({ ...C, id: [3, 4], outputFields: ["Int64", "Bool"] })).toEqual([
      { id: 3, Int64: [3, 7], Bool: null },
      { id: 4, Int64: [4], Bool: [true] },
    ]);
  });

  it.each([
    [{ fieldName: "Int64" }, "unsupported partial update op: "],
    [{ fieldName: "Int64", op: "add" }, "unsupported partial update op: add"],
    [{ fieldName: "VarChar", op: "array_remove" }, 'targets field "VarChar" not present in fields_data'],
  ])("are refused: %j", async (change, text) => {
    const request = { ...C, data: [{ id: 1, v: [0, 0], Int64: [1] }], fieldOps: [change] };
    await expect(db.entities.upsert(request)).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining(text),
    });
  });

  it("may come by the names of fields, over every surface", async () => {
    await db.entities.upsert({ ...C, data: { id: 6, v: [0, 0], Int64: [1, 2, 2], Bool: [true] } });
    await db.entities.upsert({ ...C, data: { id: 6, Int64: [2, 3] }, fieldOps: { Int64: "array_append" } });
    const request = {
      ...C,
      data: [{ id: 6, Int64: [2], Bool: [false] }],
      fieldOps: { Int64: "ARRAY_REMOVE", Bool: "array_append" },
    };
    expect(await db.request("/v2/vectordb/entities/upsert", request)).toMatchObject({ code: 0 });
    expect(await db.entities.get({ ...C, id: 6, outputFields: ["Int64", "Bool"] })).toEqual([
      { id: 6, Int64: [1, 3], Bool: [true, false] },
    ]);
  });

  it.each<[unknown, number, string]>([
    [[{ op: "array_append" }], 1101, "FieldPartialUpdateOp.field_name is required: missing parameter"],
    [{ "": "array_append" }, 1101, "FieldPartialUpdateOp.field_name is required: missing parameter"],
    ["array_append", 1100, "fieldOps must be a list of { fieldName, op }"],
    [[["Int64", "array_append"]], 1100, "fieldOps must be a list of { fieldName, op }"],
    [[{ fieldName: "Int64", op: 1 }], 1100, "fieldOps must be a list of { fieldName, op }"],
    [[{ fieldName: "Int64", ops: "array_append" }], 1100, "fieldOps must be a list of { fieldName, op }"],
    [{ Int64: { op: "array_append" } }, 1100, "fieldOps must be a list of { fieldName, op }"],
    [null, 0, ""],
  ])("that nobody can read are refused: %j", async (fieldOps, code, text) => {
    const request = { ...C, data: [{ id: 1, v: [0, 0], Int64: [1] }], fieldOps };
    const envelope = (await db.request("/v2/vectordb/entities/upsert", request)) as { code: number; message?: string };
    expect(envelope.code).toBe(code);
    expect(envelope.message ?? "").toContain(text);
  });

  it("append no text that is too long, and take any text out", async () => {
    await db.entities.upsert({ ...C, data: { id: 5, v: [0, 0], VarChar: ["a"] } });
    const change = (op: string) =>
      db.entities.upsert({
        ...C,
        data: { id: 5, VarChar: ["x".repeat(41)] },
        fieldOps: [{ fieldName: "VarChar", op }],
      });
    await expect(change("array_append")).rejects.toMatchObject({
      message: expect.stringContaining(
        'length of Array array field "VarChar" exceeds max length, row number: 0, array index: 0',
      ),
    });
    await change("array_remove");
    expect(await db.entities.get({ ...C, id: 5, outputFields: ["VarChar"] })).toEqual([{ id: 5, VarChar: ["a"] }]);
  });
});
