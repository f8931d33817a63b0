import { describe, expect, it } from "vitest";
import {
  array,
  bool,
  double,
  type ElanusError,
  filter,
  float16Vector,
  floatVector,
  geometry,
  int32,
  int64,
  json,
  or,
  schema,
  sparseVector,
  structArray,
  timestamptz,
  varchar,
} from "../../src/index.js";
import { refused } from "../support/served.js";
import { openAt, PLACES, type Place } from "./places.js";

const BOOK = schema({
  id: int64().primary(),
  title: varchar(200).words(),
  year: int32().nullable().index({ type: "INVERTED" }),
  tags: array(varchar(30), 8).nullable(),
  meta: json<{ readonly color: string; readonly sizes?: readonly number[] }>().nullable(),
  at: timestamptz().nullable(),
  place: geometry().nullable(),
  sold: bool().default(false),
  price: double().nullable(),
  vector: floatVector(2).index({ metric: "L2" }),
  half: float16Vector(2).nullable(),
  terms: sparseVector().bm25("title"),
});

const ROWS = [
  {
    id: 1,
    title: "Moby-Dick or the whale",
    year: 1851,
    tags: ["sea", "whale"],
    meta: { color: "white", sizes: [1, 2] },
    at: new Date("1851-10-18T00:00:00Z"),
    place: "POINT (1 1)",
    sold: true,
    price: 9.5,
    vector: [1, 0],
    half: [0.5, 1],
  },
  { id: 2, title: 'Ulysses "the" day', year: 1922, tags: [], vector: new Float32Array([0, 1]) },
  { id: 3, title: "Faust", vector: [5, 5], meta: { color: "grey" } },
];

async function filled(place: Place) {
  const db = await openAt(place);
  const books = db.collection("book", BOOK);
  expect(await books.ensure()).toEqual({ created: true, added: [] });
  expect(await books.insert(ROWS)).toMatchObject({ insertCount: 3 });
  return { db, books };
}

async function taken<T>(stream: ReadableStream<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const value of stream) all.push(value);
  return all;
}

const ids = (rows: readonly { readonly id: unknown }[]) => rows.map(({ id }) => id);

describe.each(PLACES)("a typed collection, %s", (place) => {
  it("writes, reads and finds rows of its schema", async () => {
    const { books } = await filled(place);
    const [first, , third] = await books.query({ filter: "id > 0" });
    expect(first).toMatchObject({ ...ROWS[0], at: "1851-10-18T00:00:00Z", half: new Float32Array([0.5, 1]) });
    expect(third).toMatchObject({ id: 3, title: "Faust", year: null, sold: false, vector: [5, 5] });
    expect(await books.query({ outputFields: ["title"], filter: "id == 3" })).toEqual([{ id: 3, title: "Faust" }]);
    expect(await books.get({ id: [3, 1], outputFields: ["year"] })).toEqual([
      { id: 1, year: 1851 },
      { id: 3, year: null },
    ]);
    const hits = await books.search({ data: [[1, 0]], annsField: "vector", outputFields: ["title"], limit: 2 });
    expect([...hits]).toEqual([
      { id: 1, distance: 0, title: ROWS[0]?.title },
      { id: 2, distance: 2, title: ROWS[1]?.title },
    ]);
    expect(ids(await books.search({ data: ["whale"], annsField: "terms" }))).toEqual([1]);
    const both = await books.hybridSearch({
      search: [
        { data: [[0, 1]], annsField: "vector", filter: (b) => b.id.lt(3), limit: 5 },
        { data: ["day"], annsField: "terms", limit: 5 },
      ],
      limit: 1,
    });
    expect(ids(both)).toEqual([2]);
  });

  it("changes, counts and removes rows", async () => {
    const { books } = await filled(place);
    expect(await books.update({ id: 1, year: 1852 })).toMatchObject({ upsertCount: 1 });
    expect(await books.get({ id: 1, outputFields: ["year", "title"] })).toEqual([
      { id: 1, year: 1852, title: ROWS[0]?.title },
    ]);
    expect(await books.count()).toBe(3);
    expect(await books.count((b) => b.year.isNotNull())).toBe(2);
    expect(await books.where((b) => b.year.gt(1900)).delete()).toEqual({ deleteCount: 1 });
    expect(await books.delete({ id: [1, 9] })).toMatchObject({});
    expect(await books.count()).toBe(1);
  });

  it("filters by what its fields can be asked", async () => {
    const { books } = await filled(place);
    const found = async (condition: Parameters<typeof books.where>[0]) => ids(await books.where(condition).query());
    expect(await found((b) => b.year.between(1800, 1900))).toEqual([1]);
    expect(await found((b) => b.year.in([1851, 1922]))).toEqual([1, 2]);
    expect(await found((b) => b.id.notIn([1n, 2]))).toEqual([3]);
    expect(await found((b) => b.title.like("Moby%"))).toEqual([1]);
    expect(await found((b) => b.title.eq('Ulysses "the" day'))).toEqual([2]);
    expect(await found((b) => b.title.match("whale day"))).toEqual([1, 2]);
    expect(await found((b) => b.title.match("the whale", 2))).toEqual([1]);
    expect(await found((b) => b.title.phrase('"the" day'))).toEqual([2]);
    expect(await found((b) => b.tags.contains("sea"))).toEqual([1]);
    expect(await found((b) => b.tags.containsAny(["x", "whale"]))).toEqual([1]);
    expect(await found((b) => b.tags.containsAll(["sea", "whale"]))).toEqual([1]);
    expect(await found((b) => b.tags.length().eq(0))).toEqual([2]);
    expect(await found((b) => b.tags.at(0).eq("sea"))).toEqual([1]);
    expect(await found((b) => b.meta.at("color").eq("grey"))).toEqual([3]);
    expect(await found((b) => b.meta.at("sizes").contains(2))).toEqual([1]);
    expect(await found((b) => b.meta.at("sizes", 1).eq(2))).toEqual([1]);
    expect(await found((b) => b.meta.at("sizes").exists())).toEqual([1]);
    expect(await found((b) => b.at.lt(new Date("1900-01-01")))).toEqual([1]);
    expect(await found((b) => b.at.gte("1851-10-18T00:00:00Z"))).toEqual([1]);
    expect(await found((b) => b.place.within("POLYGON ((0 0, 2 0, 2 2, 0 2, 0 0))"))).toEqual([1]);
    expect(await found((b) => b.sold.eq(true).not())).toEqual([2, 3]);
    expect(await found((b) => b.price.gte(9.5))).toEqual([1]);
    expect(await found((b) => or(b.id.eq(1), b.id.eq(2).and(b.year.gt(1900)), b.year.isNull()))).toEqual([1, 2, 3]);
    expect(await found(filter`id % ${2} == 1 and year > ${1800}`)).toEqual([1]);
    expect(await found("id == 2")).toEqual([2]);
  });

  it("computes aggregates, of groups and of all rows", async () => {
    const { books } = await filled(place);
    const all = await books.aggregate({
      outputFields: ["count(*)", "count(meta)", "sum(year)", "avg(price)", "min(title)"],
    });
    expect(all).toEqual([
      { "count(*)": 3, "count(meta)": 2, "sum(year)": 3773, "avg(price)": 9.5, "min(title)": "Faust" },
    ]);
    const groups = await books.aggregate({
      groupByFields: ["year", "id"],
      outputFields: ["count(*)", "max(at)"],
      filter: "id < 3",
      orderByFields: ["year:desc"],
      limit: 10,
    });
    expect(groups).toEqual([
      { year: 1922, id: 2, "count(*)": 1, "max(at)": null },
      { year: 1851, id: 1, "count(*)": 1, "max(at)": "1851-10-18T00:00:00Z" },
    ]);
    expect(await books.where((b) => b.id.gt(9)).aggregate({ outputFields: ["count(*)", "max(year)"] })).toEqual([
      { "count(*)": 0, "max(year)": null },
    ]);
  });

  it("goes through rows and hits one by one, as a stream too", async () => {
    const { books } = await filled(place);
    const seen: unknown[] = [];
    for await (const row of books.iterate({ filter: (b) => b.id.gt(0), outputFields: ["title"], batchSize: 2 })) {
      seen.push(row);
    }
    expect(seen).toEqual(ROWS.map(({ id, title }) => ({ id, title })));
    const stream = books.where((b) => b.id.gt(1)).stream({ outputFields: ["id"], batchSize: 1 });
    expect(stream).toBeInstanceOf(ReadableStream);
    expect(await taken(stream)).toEqual([{ id: 2 }, { id: 3 }]);
    const near: unknown[] = [];
    for await (const hit of books.iterateHits({ data: [[0, 1]], annsField: "vector", outputFields: ["year"] })) {
      near.push([hit.id, hit.year]);
      if (near.length === 2) break;
    }
    expect(near).toEqual([
      [2, 1922],
      [1, 1851],
    ]);
  });

  it("names a row of the wrong type that has come past the compiler, and keeps nothing of its batch", async () => {
    const { books } = await filled(place);
    const wrong = { id: 9, title: "t", year: "long ago", vector: [1, 1] } as never;
    const refusedRow = async (call: Promise<unknown>) => (await refused(call)) as ElanusError;
    const error = await refusedRow(books.insert([{ id: 8, title: "good", vector: [1, 1] }, wrong]));
    expect(error).toMatchObject({ kind: "BadRow" });
    expect(error.message).toContain("long ago");
    // A server says no more than its message.
    if (place !== "server") {
      expect(error.details).toMatchObject({ row: 1, field: "year" });
      expect(error.hint).toBe('row 1 of the request, field "year"');
      const short = await refusedRow(books.upsert([...ROWS, { id: 9, title: "t", vector: [1] } as never]));
      expect(short.hint).toBe('row 3 of the request, field "vector"');
      const long = await refusedRow(books.insert({ id: 9, title: "t", tags: ["x".repeat(31)], vector: [1, 1] }));
      expect(long.hint).toBe('row 0 of the request, field "tags"');
    }
    expect(await refused(books.insert({ id: 9, title: "t", vector: [1] } as never))).toMatchObject({ code: 1804 });
    expect(await refused(books.insert(5 as never))).toMatchObject({ name: "ElanusError" });
    expect(await books.count()).toBe(3);
  });

  it("is compared with what is stored: differences are told by name, and added when that is asked for", async () => {
    const { db } = await filled(place);
    const other = schema({
      id: int64().primary(),
      title: varchar(300),
      year: int64().nullable(),
      pages: int32(),
      note: varchar(20).nullable(),
      vector: floatVector(3).index({ metric: "IP" }),
      terms: sparseVector().nullable(),
    });
    const strange = db.collection("book", other);
    const error = await refused(strange.query({ limit: 1 }));
    expect(error).toMatchObject({ kind: "SchemaDiffers", code: 1100 });
    const differences = await strange.differences();
    expect(differences.map(({ text }) => text)).toEqual([
      "max_length of title is 200, not 300",
      "enable_match of title is true, not false",
      "enable_analyzer of title is true, not false",
      "year is Int32, not Int64",
      "pages is missing, and can only be added where it is nullable",
      "note is missing",
      "vector is FloatVector(2), not FloatVector(3)",
      "the metric of vector is L2, not IP",
      "nullable of terms is false, not true",
      "terms is made by BM25 of title, not given by rows",
    ]);
    for (const { text } of differences) expect(error.message).toContain(text);
    expect(await refused(strange.ensure({ add: true }))).toMatchObject({ kind: "SchemaDiffers" });

    const grown = schema({ ...BOOK.fields, note: varchar(20).nullable(), title: varchar(400).words() });
    const books = db.collection("book", grown);
    expect(await refused(books.ensure())).toMatchObject({ kind: "SchemaDiffers" });
    expect(await books.ensure({ add: true })).toEqual({
      created: false,
      added: ["max_length of title is 200, not 400", "note is missing"],
    });
    expect(await books.ensure()).toEqual({ created: false, added: [] });
    await books.insert({ id: 7, title: "t".repeat(300), vector: [0, 0], note: "n" });
    expect(await books.get({ id: 7, outputFields: ["note"] })).toEqual([{ id: 7, note: "n" }]);
  });
});

describe("a typed collection", () => {
  it("is made and grown by several at once: two windows that begin", async () => {
    const db = await openAt("in process");
    const three = <T>(work: () => Promise<T>) => Promise.all([work(), work(), work()]);
    await three(() => db.collection("book", BOOK).ensure());
    const notes = structArray({ by: varchar(9), v: floatVector(2) }, 4).nullable();
    const terms = sparseVector().nullable().index();
    const grown = schema({
      ...BOOK.fields,
      title: varchar(400).words(),
      note: varchar(20).nullable(),
      notes,
      extra: terms,
    });
    const all = await three(() => db.collection("book", grown).ensure({ add: true }));
    expect(all.flatMap(({ added }) => added)).toEqual(expect.arrayContaining(["note is missing", "notes is missing"]));
    expect(await db.collection("book", grown).differences()).toEqual([]);
  });

  it("that is not there yet says so, and is made by ensure", async () => {
    const db = await openAt("in process");
    const books = db.collection("book", BOOK);
    expect(await refused(books.query({ limit: 1 }))).toMatchObject({ kind: "CollectionNotFound" });
    await books.ensure();
    expect(await books.query({ limit: 1 })).toEqual([]);
  });

  it("is in a database of its own, and in that of a user", async () => {
    const db = await openAt("in process");
    await db.databases.create({ dbName: "shop" });
    const notes = db.collection("note", schema({ id: varchar(9).primary(), v: floatVector(2) }), { dbName: "shop" });
    await notes.ensure();
    await notes.insert({ id: "a", v: [1, 2] });
    expect(await db.collections.list({ dbName: "shop" })).toEqual(["note"]);
    await db.users.create({ userName: "ann", password: "secret-1" });
    const ann = await db.as({ user: "ann", password: "secret-1" });
    const hers = ann.collection("note", notes.schema, { dbName: "shop" });
    expect(await refused(hers.query({ limit: 1 }))).toMatchObject({ code: expect.any(Number) });
  });

  it("keeps other keys where it is dynamic, and gives out keys where it is asked to", async () => {
    const db = await openAt("in process");
    const notes = db.collection("note", schema({ id: int64().autoId(), v: floatVector(2) }, { dynamic: true }));
    await notes.ensure();
    const { insertIds } = await notes.insert({ v: [1, 2], color: "red" });
    expect(await notes.where((n) => n.$meta.at("color").eq("red")).query({ outputFields: ["color"] })).toEqual([
      { id: insertIds[0], color: "red" },
    ]);
  });

  it("refuses what is no schema, no name, no condition and no option", async () => {
    const db = await openAt("in process");
    const books = db.collection("book", BOOK);
    await books.ensure();
    expect(() => db.collection(5 as never, BOOK)).toThrow(/takes a name/);
    expect(() => db.collection("c", {} as never)).toThrow(/schema\(\{/);
    expect(() => db.collection("c", BOOK, { dbNam: "x" } as never)).toThrow(/"dbName"/);
    expect((await refused(books.query({ filter: (() => 5) as never }))).message).toContain("condition");
    expect(
      (await refused(books.query({ filter: ((b: { yeer: { eq(value: number): unknown } }) => b.yeer.eq(1)) as never })))
        .message,
    ).toContain('the schema has no field "yeer": did you mean "year"?');
    expect((await refused(books.query({ filter: filter`id > 1`, exprParams: { a: 1 } }))).message).toContain(
      "exprParams",
    );
    expect((await refused(books.where((b) => b.at.gt("' or 1 == 1 --")).query())).message).toContain("ISO 8601");
    expect(await refused(books.query({ filter: "yeer > 1" as string }))).toMatchObject({ kind: "InvalidExpression" });
  });
});

it("takes schemas and conditions of another copy of the package", async () => {
  const db = await openAt("in process");
  const copy = <T extends object>(of: T): T => Object.assign(Object.create({}), of);
  const books = db.collection("book", copy(BOOK));
  await books.ensure();
  await books.insert(ROWS);
  const condition = filter`id > ${1}`;
  const foreign = { pieces: condition.pieces, request: condition.request } as typeof condition;
  expect(await books.count(foreign)).toBe(2);
  expect(await books.count((b) => b.id.gt(2).and(foreign))).toBe(1);
});
