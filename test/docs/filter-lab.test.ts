import { readFileSync } from "node:fs";
import type { TokenType } from "chevrotain";
import { beforeAll, describe, expect, it } from "vitest";
import * as language from "../../src/expr/index.js";
import { vocabulary } from "../../src/expr/syntax/tokens.js";
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

describe("the pages of the language", () => {
  const pages = ["filters.md", "milvus-3/filters.md", "milvus-3/struct-arrays.md", "text-and-hybrid.md"];
  const text = pages.map((name) => readFileSync(new URL(name, docs), "utf8")).join("\n");
  const code = [...text.matchAll(/```(?:filter|js)\n[\s\S]*?```|`[^`\n]+`/g)].join("\n");

  it("tell of all words and signs that there are", () => {
    const forms = vocabulary.flatMap(formsOf);
    expect(forms.length).toBeGreaterThan(60);
    const isTold = (form: string) =>
      /^\w/.test(form) ? new RegExp(`(?<!\\w)${form}(?!\\w)`, "i").test(code) : code.includes(form);
    expect(forms.filter((form) => !isTold(form))).toEqual([]);
  });
});

/** What is written for a token: a sign, or words, in lower case. */
function formsOf({ PATTERN: pattern }: TokenType): readonly string[] {
  if (typeof pattern === "string") return [pattern];
  const source = pattern instanceof RegExp ? pattern.source : "";
  if (!/^[\w &|()?:\\]+$/.test(source)) return [];
  const forms = source.split(/\|(?![^(]*\))/).flatMap((form) => {
    const [, before = "", middle, after = ""] = /^(.*)\(\?:(.*)\)(.*)$/.exec(form) ?? [];
    return middle === undefined ? [form] : middle.split("|").map((part) => `${before}${part}${after}`);
  });
  return forms.filter((form) => /^[a-z_ ]+$/.test(form) || form === "&&");
}

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
