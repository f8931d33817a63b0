import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const c = { collectionName: "c" };
let db: Elanus;

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        {
          fieldName: "t",
          dataType: "VarChar",
          nullable: true,
          elementTypeParams: { max_length: 200, enable_analyzer: true, enable_match: true },
        },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
});
afterEach(() => db.close());

const insert = (...rows: readonly (readonly [id: number, t: string | null])[]) =>
  db.entities.insert({ ...c, data: rows.map(([id, t]) => ({ id, t, v: [id, 0] })) });
const found = async (filter: string) =>
  (await db.entities.query({ ...c, filter, outputFields: ["id"], limit: 100 })).map(({ id }) => Number(id));
const searched = async (filter: string) =>
  (await db.entities.search({ ...c, data: [[0, 0]], annsField: "v", filter, limit: 100 })).map(({ id }) => Number(id));

describe("a phrase of three words with slop", () => {
  const phrase = 'phrase_match(t, "c a g", 3)';

  it("is looked for by its rarest words first: what other rows hold decides", async () => {
    await insert([1, "d g a d c f"], [2, null], [3, ""]);
    // Equally frequent: in the order of the phrase.
    expect(await found(phrase)).toEqual([1]);
    expect(await searched(phrase)).toEqual([1]);
    await insert([4, "a"]);
    expect(await found(phrase)).toEqual([]);
    expect(await searched(phrase)).toEqual([]);
    expect(await found(`not (${phrase})`)).toEqual([1, 3, 4]);
    expect(await found(`id > 0 and (${phrase} or id == 3)`)).toEqual([3]);
    await db.entities.delete({ ...c, filter: "id == 4" });
    expect(await found(phrase)).toEqual([1]);
    expect(await searched(phrase)).toEqual([1]);
  });

  it("counts rows, not occurrences, and a filter's other conditions do not matter", async () => {
    await insert([1, "d g a d c f"], [2, "c c c c"], [3, "g"]);
    // One row has `a`, two have the others: `a`, `c`, `g`.
    expect(await found(phrase)).toEqual([1]);
    await insert([4, "a a a a a"], [5, "a"]);
    expect(await found(`${phrase} and id < 4`)).toEqual([]);
  });

  it("deletes what it finds", async () => {
    await insert([1, "d g a d c f"], [2, "nothing"]);
    expect(await db.entities.delete({ ...c, filter: phrase })).toEqual({ deleteCount: 1 });
    expect(await found("id > 0")).toEqual([2]);
  });
});
