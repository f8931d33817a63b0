import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import * as language from "../../src/expr/index.js";
import { Elanus } from "../../src/index.js";
import { createLab, type Sample } from "../../tools/site/.vitepress/lab.js";

/** The box of docs/filters.md, and all filters of that page: they find in the page what they find in a store. */

const docs = new URL("../../docs/", import.meta.url);
const sample = JSON.parse(readFileSync(new URL("sample/films.json", docs), "utf8")) as Sample;
const page = readFileSync(new URL("filters.md", docs), "utf8");
const filters = [...page.matchAll(/^```filter\n([\s\S]*?)^```/gm)].flatMap(([, text = ""]) => text.trim().split("\n"));
const ask = createLab(language, sample);

let db: Elanus;
beforeAll(async () => {
  db = await Elanus.open(":memory:");
  const vector = { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } } as const;
  await db.collections.create({
    collectionName: "film",
    schema: { ...sample.schema, enableDynamicField: true, fields: [...sample.schema.fields, vector] },
    indexParams: [{ fieldName: "vector", indexName: "vector", metricType: "L2" }],
  } as never);
  await db.entities.insert({ collectionName: "film", data: sample.rows.map((row) => ({ ...row, vector: [1, 0] })) });
  return () => db.close();
});

describe("the filters of the page", () => {
  it("are many", () => expect(filters.length).toBeGreaterThan(40));

  it.each(filters)("%s", async (filter) => {
    const found = await db.entities.query({ collectionName: "film", filter, outputFields: ["id"], limit: 100 });
    if (filter.includes("random_sample")) return;
    const ids = found.map(({ id }) => id);
    expect(ids.length, "finds some and not all").toBeGreaterThan(0);
    expect(ids.length).toBeLessThan(sample.rows.length);
    const answer = ask(filter);
    expect(answer).toMatchObject({ rows: ids.map((id) => ({ id })) });
    if ("fault" in answer) throw new Error(answer.fault.message);
    expect(answer.rows).toHaveLength(ids.length);
    expect(answer.sql).toMatch(/\S/);
    expect(answer.tree).not.toContain("[object");
  });
});

describe("what is wrong", () => {
  it.each([
    ["year < and colour", 7, 10],
    ["nothing == (", 12, 12],
    ["title > 5", 0, 9],
    ["minutes[0] == 1", 0, 10],
  ])("%s is told with its place", (filter, start, end) => {
    expect(ask(filter)).toMatchObject({ fault: { start, end } });
  });
});
