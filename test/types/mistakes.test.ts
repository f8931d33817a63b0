import { beforeAll, describe, expect, it } from "vitest";
import { compiled } from "../support/compiled.js";

/** What the compiler says of slips of the pen. A type that lets one of them through, or says nothing helpful, fails here. */

const OPENED = `import { array, Elanus, floatVector, int32, int64, json, schema, sparseVector, structArray, varchar } from "elanus";
const db = await Elanus.open(":memory:");
export const collectionName = "c";
export const books = db.collection("book", schema({
  id: int64().primary(),
  title: varchar(200).words(),
  year: int32().nullable(),
  vector: floatVector(2),
  terms: sparseVector().bm25("title"),
}));
export const docs = db.collection("doc", schema({
  id: int64().primary(),
  cover: floatVector(2),
  chunks: structArray({
    text: varchar(100),
    page: int32(),
    one: floatVector(2).index({ metric: "COSINE" }),
    all: floatVector(2).index({ metric: "MAX_SIM_COSINE" }),
  }, 8).nullable(),
}));
export { array, int32, json, schema, sparseVector, structArray };
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
  [`books.hybridSearch({ search: [{ data: [[1, 2]] }] });`, `Property 'limit' is missing in type`],
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
  [
    `docs.insert({ id: 1, cover: [1, 2], chunks: [{ text: "a", one: [1, 2], all: [1, 2] }] });`,
    `Property 'page' is missing in type '{ text: string; one: [number, number]; all: [number, number]; }'`,
  ],
  [
    `docs.insert({ id: 1, cover: [1, 2], chunks: [{ text: "a", page: "1", one: [1, 2], all: [1, 2] }] });`,
    `Type 'string' is not assignable to type 'number'.`,
  ],
  [
    `docs.insert({ id: 1, cover: [1, 2], chunks: [{ text: "a", page: 1, one: [1, 2], all: [1, 2], tekst: "" }] });`,
    `'tekst' does not exist in type`,
  ],
  [`docs.update({ id: 1, chunks: [{ page: 2 }] });`, `is missing the following properties`],
  [`docs.query({ outputFields: ["chunks[tekst]"] });`, `Did you mean '"chunks[text]"'?`],
  [
    `docs.query({ outputFields: ["chunks[text]"] }).then((rows) => rows[0]?.chunks?.[0]?.page);`,
    `Property 'page' does not exist on type '{ text: string; }'.`,
  ],
  [`docs.query({ outputFields: ["chunks[text]"] }).then((rows) => rows[0]?.chunks[0]);`, `is possibly 'null'`],
  [`docs.where((d) => d.chunks.any((c) => c.texts.eq("a"))).count();`, `Did you mean 'text'?`],
  [`docs.where((d) => d.chunks.any((c) => c.one.isNull())).count();`, `Property 'one' does not exist on type`],
  [
    `docs.where((d) => d.chunks.any((c) => c.page.gt("1"))).count();`,
    `Argument of type 'string' is not assignable to parameter of type 'number'.`,
  ],
  [`docs.where((d) => d.chunks.any((c) => c.text.match("a"))).count();`, `Property 'match' does not exist on type`],
  [`docs.where((d) => d.chunks.at(0).texts.eq("a")).count();`, `Did you mean 'text'?`],
  [
    `docs.where((d) => d.chunks.values("one").contains(1)).count();`,
    `Argument of type '"one"' is not assignable to parameter of type '"page" | "text"'.`,
  ],
  [
    `docs.count("match_any(chunks, $[tekst] == 'a')");`,
    `"there is no field \\"$[tekst]\\": did you mean \\"$[text]\\"?"`,
  ],
  [`docs.count("id > 1 and chunks[0][tekst] == 'a'");`, `did you mean \\"chunks[text]\\"?"`],
  [`docs.count("match_all(chanks, $[page] > 1)");`, `did you mean \\"chunks\\"?"`],
  [
    `docs.search({ annsField: "chunks[text]", data: [[1, 2]] });`,
    `Type '"chunks[text]"' is not assignable to type '"chunks[all]" | "chunks[one]" | "cover"'.`,
  ],
  [
    `docs.search({ annsField: "chunks[all]", data: [[1, 2]] });`,
    `Type 'number' is not assignable to type 'DenseVector'.`,
  ],
  [
    `docs.search({ annsField: "chunks[one]", data: [[[1, 2]]] });`,
    `Type '[number, number]' is not assignable to type 'number'.`,
  ],
  [
    `docs.search({ annsField: "chunks[all]", data: [[[1, 2]]] }).then((hits) => hits[0]?.offset);`,
    `Property 'offset' does not exist on type '{ readonly id: number | bigint; readonly distance: number; }'.`,
  ],
  [
    `docs.iterateHits({ annsField: "chunks[all]", data: [[[1, 2]]] });`,
    `Type '"chunks[all]"' is not assignable to type`,
  ],
  [`structArray({ n: int32().nullable() }, 4);`, `Type '"optional"' is not assignable to type '"required"'.`],
  [
    `structArray({ doc: json() }, 4);`,
    `Type '"json"' is not assignable to type '"bool" | "key" | "number" | "text" | "vector" | "vectors"'.`,
  ],
  [`structArray({ terms: sparseVector() }, 4);`, `Type '"sparse"' is not assignable to type`],
  [
    `schema({ id: int64().primary(), vector: floatVector(2).index({ metric: "MAX_SIM" }) });`,
    `Type '"vectors"' is not assignable to type 'FieldKind'.`,
  ],
  [`schema({ v: floatVector(2).index({ metric: "COZINE" }) });`, `Did you mean '"COSINE"'?`],
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
await docs.insert({ id: 1, cover: [1, 2], chunks: [{ text: "a", page: 1, one: [1, 2], all: new Float32Array(2) }] });
await docs.insert({ id: 2, cover: [1, 2] });
await docs.update({ id: 1, chunks: null });
const [doc] = await docs.query({});
export const chunks: { text: string; page: number; one: number[]; all: number[] }[] | null | undefined = doc?.chunks;
export const element: number | undefined = doc?.offset;
const [part] = await docs.query({ outputFields: ["chunks[text]", "chunks[one]", "cover"] });
export const parts: { text: string; one: number[] }[] | null | undefined = part?.chunks;
const [single] = await docs.search({ annsField: "chunks[one]", data: [[1, 2]], outputFields: ["chunks[page]"] });
export const place: number | undefined = single?.offset;
export const page: number | undefined = single?.chunks?.[0]?.page;
await docs.search({ annsField: "chunks[all]", data: [[[1, 2], new Float32Array(2)]] });
await docs.where((d) => d.chunks.any((c) => c.page.between(1, 2).and(d.id.gt(1)))).search({ annsField: "cover", data: [[1, 2]] });
for await (const hit of docs.iterateHits({ annsField: "chunks[one]", data: [[1, 2]] })) hit.offset.toFixed();
await docs.hybridSearch({ search: [{ annsField: "chunks[one]", data: [[1, 2]], limit: 3 }, { annsField: "chunks[all]", data: [[[1, 2]]], limit: 3 }] });
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
await docs.count("match_least(chunks, $[text] == 'tekst' and $[page] > 1, threshold=2) or chunks[0][page] in [1, 2] and array_length(chunks[text]) > 1");
await docs.count("id in[1] and element_filter(chunks, $[page] == 1)");
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
