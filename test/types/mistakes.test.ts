import { beforeAll, describe, expect, it } from "vitest";
import { compiled } from "../support/compiled.js";

/** What the compiler says of slips of the pen. A type that lets one of them through, or says nothing helpful, fails here. */

const OPENED = `import { array, Elanus, floatVector, int32, int64, json, schema, sparseVector, varchar } from "elanus";
const db = await Elanus.open(":memory:");
export const collectionName = "c";
export const books = db.collection("book", schema({
  id: int64().primary(),
  title: varchar(200).words(),
  year: int32().nullable(),
  vector: floatVector(2),
  terms: sparseVector().bm25("title"),
}));
export { array, int32, json, schema };
`;

const MISTAKES: readonly (readonly [code: string, message: string])[] = [
  [
    `db.collections.create({ collectionName, dimension: 4, metricType: "COZINE" });`,
    `Type '"COZINE"' is not assignable to type 'MetricName'. Did you mean '"COSINE"'?`,
  ],
  [
    `db.collections.create({ collectionName, schema: { fields: [{ fieldName: "id", dataType: "Int46" }] } });`,
    `Type '"Int46"' is not assignable to type '"ArrayOfStruct" | DataType'. Did you mean '"Int16"'?`,
  ],
  [
    `db.collections.fields.add({ collectionName, schema: { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dimm: 4 } } });`,
    `'dimm' does not exist in type 'FieldParams'. Did you mean to write 'dim'?`,
  ],
  [
    `db.collections.create({ collectionName, dimension: 4, consistencyLevel: "Stronk" });`,
    `Type '"Stronk"' is not assignable to type 'ConsistencyLevel'. Did you mean '"Strong"'?`,
  ],
  [
    `db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", indexType: "HNWS", metricType: "L2" }] });`,
    `Type '"HNWS"' is not assignable to type 'IndexType'.`,
  ],
  [
    `db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", params: { efConstuction: 4 } }] });`,
    `'efConstuction' does not exist in type 'IndexParams'. Did you mean to write 'efConstruction'?`,
  ],
  [
    `db.entities.query({ collectionName, consistencyLevel: "Stronk" });`,
    `Type '"Stronk"' is not assignable to type 'ConsistencyLevel'. Did you mean '"Strong"'?`,
  ],
  [
    `db.entities.search({ collectionName, data: [[1, 2]], searchParams: { eff: 8 } });`,
    `'eff' does not exist in type 'SearchParams'.`,
  ],
  [
    `db.entities.search({ collectionName, limit: 10 });`,
    `Property 'data' is missing in type '{ collectionName: string; limit: number; }' but required in type`,
  ],
  [`db.entities.search({ collectionName, data: [1, 2] });`, `Type 'number' is not assignable to type 'QueryVector'.`],
  [
    `db.entities.insert({ collectionName, data: 5 });`,
    `Type 'number' is not assignable to type 'object | readonly object[] | undefined'.`,
  ],
  [`db.entities.upsert({ collectionName });`, `Property 'data' is missing`],

  [`books.insert({ id: 1, title: 5, vector: [1, 2] });`, `Type 'number' is not assignable to type 'string'.`],
  [`books.insert({ id: 1, vector: [1, 2] });`, `Property 'title' is missing in type`],
  [`books.insert(5);`, `Argument of type 'number' is not assignable to parameter of type`],
  [`books.insert({ id: 1, title: "t", vector: [1, 2], titel: "" });`, `'titel' does not exist in type`],
  [`books.insert({ id: 1, title: "t", vector: [1, 2], terms: { 1: 1 } });`, `'terms' does not exist in type`],
  [`books.update({ title: "t" });`, `Property 'id' is missing in type`],
  [`books.query({ outputFields: ["titel"] });`, `Did you mean '"title"'?`],
  [`books.query({ outputFields: ["terms"] });`, `Type '"terms"' is not assignable to type 'OutputName<`],
  [`books.query({ filter: (b) => b.yeer.gt(1) });`, `Property 'yeer' does not exist on type`],
  [
    `books.query({ filter: (b) => b.year.gt("1") });`,
    `Argument of type 'string' is not assignable to parameter of type 'number'.`,
  ],
  [`books.where((b) => b.title.contains("a")).count();`, `Property 'contains' does not exist on type 'TextReference'.`],
  [
    `books.query({ filter: "yeer > 3 and id > 1" });`,
    `is not assignable to type '"there is no field \\"yeer\\": did you mean \\"year\\"?"`,
  ],
  [`books.query({ filter: 'title == "id" and publisher > 1' });`, `"there is no field \\"publisher\\""`],
  [`books.count("id > 1 or tilte like 'a%'");`, `"there is no field \\"tilte\\": did you mean \\"title\\"?"`],
  [`books.where("yeer in [1, 2]").query();`, `did you mean \\"year\\"?"`],
  [`books.delete({ filter: "text_match(titel, 'a')" });`, `did you mean \\"title\\"?"`],
  [`books.search({ data: [[1, 2]], filter: "yeer > 1" });`, `did you mean \\"year\\"?"`],
  [
    `books.hybridSearch({ search: [{ data: [[1, 2]], limit: 1, filter: "yeer > 1" }], rerank: { strategy: "rrf" } });`,
    `did you mean \\"year\\"?"`,
  ],
  [`books.iterate({ filter: "id > 1 and yeer is null" });`, `did you mean \\"year\\"?"`],
  [`books.aggregate({ outputFields: ["max(yeer)"] });`, `Did you mean '"max(year)"'?`],
  [
    `books.aggregate({ outputFields: ["sum(title)"] });`,
    `Type '"sum(title)"' is not assignable to type 'AggregateName<`,
  ],
  [`books.aggregate({ groupByFields: ["titel"], outputFields: ["count(*)"] });`, `Did you mean '"title"'?`],
  [
    `books.aggregate({ groupByFields: ["title"], outputFields: ["count(*)"], orderByFields: ["year"] });`,
    `Type '"year"' is not assignable to type`,
  ],
  [
    `books.aggregate({ outputFields: ["max(year)"] }).then(([all]) => all?.["max(year)"].toFixed());`,
    `is possibly 'null'`,
  ],
  [
    `books.aggregate({ outputFields: ["count(*)"] }).then(([all]) => all?.["count(id)"]);`,
    `Property 'count(id)' does not exist`,
  ],
  [`books.search({ limit: 3 });`, `Property 'data' is missing in type '{ limit: number; }'`],
  [`books.search({ data: [1, 2] });`, `Type 'number' is not assignable to type`],
  [
    `books.search({ data: [[1, 2]], annsField: "title" });`,
    `Type '"title"' is not assignable to type '"terms" | "vector"'.`,
  ],
  [`books.search({ data: [[1, 2]], searchParams: { eff: 2 } });`, `'eff' does not exist in type 'SearchParams'.`],
  [
    `books.search({ data: [[1, 2]], outputFields: ["title"] }).then((hits) => hits[0]?.year);`,
    `Property 'year' does not exist on type '{ readonly id: number | bigint; readonly distance: number; title: string; }'.`,
  ],
  [
    `books.query({ outputFields: ["title"] }).then((rows) => rows[0]?.year);`,
    `Property 'year' does not exist on type '{ id: number | bigint; title: string; }'.`,
  ],
  [`books.query({}).then((rows) => rows[0]?.titel);`, `Did you mean 'title'?`],
  [`books.query({}).then((rows) => rows[0]?.year.toFixed());`, `is possibly 'null'`],
  [`schema({ id: int32().primary() });`, `Type '"number"' is not assignable to type '"key" | "text"'.`],
];

/** What is inferred. */
const INFERRED = `${OPENED}
const rows = await books.query({ limit: 1 });
export const row: { id: number | bigint; title: string; year: number | null; vector: number[] }[] = rows;
for await (const one of books.iterate({ outputFields: ["year"], filter: (b) => b.title.like("a%") })) {
  const year: number | null = one.year;
  const id: number | bigint = one.id;
  console.log(year, id);
}
for await (const hit of books.where("id > 1").stream()) hit.vector.map((n) => n * 2);
await books.search({ data: ["a text"], annsField: "terms" });
await books.search({ ids: [1, 2n] });
for (const group of await books.aggregate({ groupByFields: ["title"], outputFields: ["count(*)", "max(year)", "sum(id)"] })) {
  const [title, count, max, sum]: [string, number, number | null, number | bigint | null] =
    [group.title, group["count(*)"], group["max(year)"], group["sum(id)"]];
  console.log(title, count, max, sum);
}
const open = db.collection("open", schema({ key: varchar(9).primary(), v: floatVector(2) }, { dynamic: true }));
await open.insert({ key: "a", v: new Float32Array(2), anything: true });
const [found] = await open.query({ outputFields: ["anything"], filter: (o) => o.$meta.at("anything").eq(true) });
export const key: string | undefined = found?.key;
export const anything: unknown = found?.anything;
await open.count("anything > 1 and more == 2");
`;

/** Filters whose names are right, or cannot be told. */
const FILTERS = `${OPENED}
declare const text: string;
declare const year: 1900 | 2000;
for (const right of [
  "id > 1 and year in [1, 2, 3] or title like \\"a b c%\\"",
  "text_match (title, 'yeer', minimum_should_match=1) AND NOT (year IS NULL) && id < 0x1F || year**2 >= 1.5e-3",
  \`title == 'yeer' or title == "it's yeer"\`,
] as const) await books.count(right);
await books.query({ filter: "id in {ids} && year > {yeer}", exprParams: { ids: [1], yeer: 2 } });
await books.query({ filter: 'title == "it\\\\"s" and yeer' });
await books.query({ filter: 'title == r"\\d" and random_sample(0.1) and $meta["yeer"] == True' });
await books.query({ filter: text });
await books.query({ filter: \`yeer > \${text}\` });
await books.query({ filter: \`year > \${year}\`, outputFields: ["title"] });
await books.query({ filter: text === "" ? "year > 3" : "id == 2" });
const request = { filter: "yeer > 3" };
await books.query(request);
await books.count("id in [${"1234567, ".repeat(200)}1] and yeer > 1");
const elsewhere = db.collection("other", schema({ id: int64().primary(), list: array(int32(), 4), doc: json(), vector: floatVector(2) }));
await elsewhere.where('array_contains(list, 1) and list[0] > 1 and doc["yeer"]["id"] > 2 and exists doc["x"]').query();
`;

/** What the compiler does not know, and so leaves to the engine. */
const DYNAMIC = `${OPENED}
const dataType: string = "Int64";
const fields = [{ fieldName: "id", dataType: "Int64", isPrimary: true }, { fieldName: "v", dataType: "FloatVector" }];
await db.collections.create({ collectionName, schema: { fields } });
await db.collections.create({ collectionName, schema: { fields: [{ fieldName: "id", dataType }] } });
const made = { collectionName, dimension: 4, metricType: "L2", params: { consistencyLevel: "Strong" } };
await db.collections.create(made);
const params: Record<string, unknown> = { ef: 4 };
await db.entities.search({ collectionName, data: [[1, 2]], searchParams: params });
await db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", metricType: dataType, params }] });
await db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", metricType: "cosine", params }] });
const unknown: any = JSON.parse("{}");
await db.collections.create(unknown);
await db.entities.search({ collectionName, data: unknown });
await db.entities.insert({ collectionName, data: unknown });
await db.entities.search({ collectionName, data: [new Float32Array(4), { 1: 0.5 }, "a text"] });
await db.entities.search({ collectionName, ids: [1, 2n, "c"] });
`;

describe("the compiler", () => {
  let told: readonly string[] = [];
  beforeAll(async () => {
    const programs = Object.fromEntries(MISTAKES.map(([code], i) => [`m${i}.mts`, `${OPENED}await ${code}`]));
    told = (
      await compiled({ ...programs, "inferred.mts": INFERRED, "dynamic.mts": DYNAMIC, "filters.mts": FILTERS })
    ).split(/\n(?=\S)/);
  });

  it.each(MISTAKES.map(([code, message], i) => [code, message, i] as const))("refuses %s", (_, message, i) => {
    const own = told.filter((line) => line.includes(`m${i}.mts`));
    expect(own.join("\n")).toContain(message);
  });

  it("knows rows, hits and names from the schema", () => {
    expect(told.filter((line) => line.includes("inferred.mts"))).toEqual([]);
  });

  it("finds the names in filters, and leaves alone what are none", () => {
    expect(told.filter((line) => line.includes("filters.mts"))).toEqual([]);
  });

  it("lets pass what it cannot know", () => {
    expect(told.filter((line) => line.includes("dynamic.mts"))).toEqual([]);
  });
});
