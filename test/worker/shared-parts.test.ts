import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const collectionName = "c";

/** A value that is small in memory and without an end, or of 2^40 parts, for who goes through it part by part. */
const VALUES: readonly (readonly [name: string, make: () => unknown])[] = [
  [
    "an object that holds itself twice",
    () => {
      const own: Record<string, unknown> = {};
      own["a"] = own;
      own["b"] = own;
      return own;
    },
  ],
  [
    "a list that holds itself twice",
    () => {
      const own: unknown[] = [];
      own.push(own, own);
      return own;
    },
  ],
  ["objects that are used twice, forty deep", () => wrapped(40, (part) => ({ a: part, b: part }))],
  ["lists that are used twice, forty deep", () => wrapped(40, (part) => [part, part])],
  ["objects that are used twice, twenty deep", () => wrapped(20, (part) => ({ a: part, b: part }))],
  ["five thousand objects in each other", () => wrapped(5000, (part) => ({ a: part }))],
  ["five thousand lists in each other", () => wrapped(5000, (part) => [part])],
];

function wrapped(times: number, around: (part: unknown) => unknown): unknown {
  let value: unknown = 1;
  for (let i = 0; i < times; i++) value = around(value);
  return value;
}

describe.each([false, true])("values that use parts again (worker: %s)", (worker) => {
  it.each(VALUES)("%s: refused at once in every field, and the database works on", async (_, make) => {
    const db = await Elanus.open(":memory:", { worker });
    await db.collections.create({
      collectionName,
      schema: {
        enableDynamicField: true,
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "j", dataType: "JSON", nullable: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
      indexParams: [{ fieldName: "v", indexType: "FLAT", metricType: "L2" }],
    });
    const row = { id: 1, v: [1, 2] };
    for (const field of ["j", "dynamic", "v"]) {
      const insert = db.entities.insert({ collectionName, data: [{ ...row, [field]: make() }] });
      // Of what has a text, only that it is too long can be said.
      await expect(insert, field).rejects.toMatchObject({ code: expect.toBeOneOf([1100, 1804]) });
    }
    await expect(db.entities.search({ collectionName, data: make() as number[][] })).rejects.toMatchObject({
      code: expect.any(Number),
      kind: expect.not.stringMatching("Internal"),
    });
    const part = { list: [1, { a: null }] };
    await db.entities.insert({ collectionName, data: [{ ...row, j: { a: part, b: [part, part] } }] });
    const rows = await db.entities.query({ collectionName, filter: "id == 1", outputFields: ["j"] });
    expect(rows).toEqual([{ id: 1, j: { a: part, b: [part, part] } }]);
    await db.close();
  });
});
