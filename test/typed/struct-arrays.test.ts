import { describe, expect, it } from "vitest";
import {
  bfloat16Vector,
  binaryVector,
  bool,
  float,
  float16Vector,
  floatVector,
  int8,
  int8Vector,
  int32,
  int64,
  schema,
  structArray,
  varchar,
} from "../../src/index.js";
import { refused } from "../support/served.js";
import { openAt, PLACES, type Place } from "./places.js";

const CHUNKS = {
  text: varchar(40).index({ type: "INVERTED" }),
  page: int32(),
  fair: bool(),
  one: floatVector(2).index({ metric: "COSINE" }),
  all: floatVector(2).index({ metric: "MAX_SIM_COSINE" }),
};

const BOOK = schema({
  id: int64().primary(),
  cover: floatVector(2).index({ metric: "L2" }),
  chunks: structArray(CHUNKS, 8).nullable().describe("parts of the text"),
});

const chunk = (text: string, page: number, v: readonly number[], fair = true) => ({ text, page, fair, one: v, all: v });

const ROWS = [
  { id: 1, cover: [0, 0], chunks: [chunk("a", 1, [1, 0]), chunk("b", 2, [0, 1], false)] },
  { id: 2, cover: [1, 0], chunks: [chunk("c", 3, [3, 4])] },
  { id: 3, cover: [2, 0], chunks: [] },
  { id: 4, cover: [3, 0] },
];

async function filled(place: Place) {
  const db = await openAt(place);
  const books = db.collection("book", BOOK);
  expect(await books.ensure()).toEqual({ created: true, added: [] });
  expect(await books.insert(ROWS)).toMatchObject({ insertCount: 4 });
  return { db, books };
}

const ids = (rows: readonly { readonly id: unknown }[]) => rows.map(({ id }) => id);
const places = (rows: readonly { readonly id: unknown; readonly offset?: number }[]) =>
  rows.map(({ id, offset }) => [id, offset]);

describe.each(PLACES)("a struct array of a typed collection, %s", (place) => {
  it("is written and read whole, or by fields of its elements", async () => {
    const { books } = await filled(place);
    expect(await books.query({ outputFields: ["chunks"] })).toEqual([
      { id: 1, chunks: ROWS[0]?.chunks },
      { id: 2, chunks: ROWS[1]?.chunks },
      { id: 3, chunks: [] },
      { id: 4, chunks: null },
    ]);
    const [first] = await books.get({ id: 1, outputFields: ["chunks[text]", "chunks[one]"] });
    expect(first).toEqual({
      id: 1,
      chunks: [
        { text: "a", one: [1, 0] },
        { text: "b", one: [0, 1] },
      ],
    });
    expect(first?.chunks?.[0]?.text.toUpperCase()).toBe("A");
    const [all] = await books.query({ limit: 1 });
    expect(all).toEqual(ROWS[0]);

    await books.update({ id: 2, chunks: [chunk("d", 9, [0, 1])] });
    await books.update({ id: 1, chunks: null });
    await books.update({ id: 3, cover: [5, 5] });
    expect(await books.query({ outputFields: ["chunks[page]"] })).toEqual([
      { id: 1, chunks: null },
      { id: 2, chunks: [{ page: 9 }] },
      { id: 3, chunks: [] },
      { id: 4, chunks: null },
    ]);
  });

  it("is filtered by what its elements are", async () => {
    const { books } = await filled(place);
    const found = async (condition: Parameters<typeof books.where>[0]) => ids(await books.where(condition).query());
    expect(await found((b) => b.chunks.any((c) => c.text.like("a%").and(c.page.eq(1))))).toEqual([1]);
    expect(await found((b) => b.chunks.any((c) => c.text.eq("\"it's")).not())).toEqual([1, 2, 3]);
    expect(await found((b) => b.chunks.all((c) => c.page.gt(1)))).toEqual([2, 3]);
    expect(await found((b) => b.chunks.atLeast(2, (c) => c.page.lte(2)))).toEqual([1]);
    expect(await found((b) => b.chunks.atMost(0, (c) => c.fair.eq(true)))).toEqual([3]);
    expect(await found((b) => b.chunks.exactly(1, (c) => c.fair.eq(true)).and(b.id.lt(2)))).toEqual([1]);
    expect(await found((b) => b.chunks.length().gte(1))).toEqual([1, 2]);
    expect(await found((b) => b.chunks.at(0).page.in([1, 3]))).toEqual([1, 2]);
    expect(await found((b) => b.chunks.at(1).text.eq("b"))).toEqual([1]);
    expect(await found((b) => b.chunks.values("text").containsAll(["a", "b"]))).toEqual([1]);
    expect(await found((b) => b.chunks.isNull())).toEqual([4]);
    expect(await found("match_any(chunks, $[text] == 'a' and $[page] < 5) or chunks[0][text] == \"c\"")).toEqual([
      1, 2,
    ]);
    expect(await books.where((b) => b.chunks.any((c) => c.page.gt(2))).delete()).toEqual({ deleteCount: 1 });
  });

  it("answers elements where a filter chooses them", async () => {
    const { books } = await filled(place);
    const late = await books
      .where((b) => b.id.gt(0).and(b.chunks.elements((c) => c.page.gt(1))))
      .query({ outputFields: ["id"] });
    expect(late).toEqual([
      { id: 1, offset: 1 },
      { id: 2, offset: 0 },
    ]);
    expect(await books.count((b) => b.chunks.elements((c) => c.fair.eq(true)))).toBe(2);
    const hits = await books.search({
      annsField: "chunks[one]",
      data: [[1, 0]],
      filter: (b) => b.chunks.elements((c) => c.text.ne("a")),
      outputFields: ["chunks[page]"],
    });
    expect(places(hits)).toEqual([
      [2, 0],
      [1, 1],
    ]);
    expect(hits[0]?.chunks).toEqual([{ page: 3 }]);
  });

  it("is searched element by element, and list by list", async () => {
    const { books } = await filled(place);
    const elements = await books.search({ annsField: "chunks[one]", data: [[1, 0]], limit: 3 });
    expect(elements.map(({ id, offset, distance }) => [id, offset, distance.toFixed(2)])).toEqual([
      [1, 0, "1.00"],
      [2, 0, "0.60"],
      [1, 1, "0.00"],
    ]);
    const lists = await books.search({
      annsField: "chunks[all]",
      data: [
        [
          [1, 0],
          [0, 1],
        ],
      ],
      outputFields: ["chunks[text]"],
    });
    expect(lists.map(({ id, distance, chunks }) => [id, distance.toFixed(2), chunks])).toEqual([
      [1, "2.00", [{ text: "a" }, { text: "b" }]],
      [2, "1.40", [{ text: "c" }]],
    ]);
    const best = await books.search({
      annsField: "chunks[one]",
      data: [[0, 1]],
      groupingField: "id",
    });
    expect(places(best)).toEqual([
      [1, 1],
      [2, 0],
    ]);
    const both = await books.hybridSearch({
      search: [
        {
          annsField: "chunks[one]",
          data: [[1, 0]],
          params: { element_scope: { collapse: { strategy: "avg" } } },
          limit: 3,
        },
        { annsField: "cover", data: [[0, 0]], filter: (b) => b.chunks.any((c) => c.page.gt(0)), limit: 3 },
      ],
      rerank: { strategy: "weighted", params: { weights: [1, 0] } },
      limit: 2,
    });
    expect(both.map(({ id, distance }) => [id, distance.toFixed(2)])).toEqual([
      [2, "0.60"],
      [1, "0.50"],
    ]);
    const followed = [];
    for await (const hit of books.iterateHits({ annsField: "chunks[one]", data: [[1, 0]], batchSize: 1 })) {
      followed.push([hit.id, hit.offset]);
    }
    expect(followed).toEqual(places(elements));
  });

  it("names an element that has come past the compiler, and keeps nothing of its batch", async () => {
    const { books } = await filled(place);
    const wrong = (element: unknown) =>
      refused(books.insert([ROWS[2], { id: 9, cover: [0, 0], chunks: [element] }] as never));
    expect((await wrong({ text: "x", page: 1, fair: true, one: [1, 0] })).message).toContain("all");
    expect((await wrong({ ...chunk("x", 1, [1, 0]), tekst: 1 })).message).toContain("tekst");
    expect((await wrong(chunk("x", "one" as never, [1, 0]))).message).toContain("one");
    expect(((await wrong(chunk("x", 1, [1]))) as { code: number }).code).toBeGreaterThan(0);
    expect(await wrong(5)).toMatchObject({ kind: "BadRow" });
    expect(await books.count()).toBe(4);
  });

  it("is compared with what is stored: differences are told by name, and added when that is asked for", async () => {
    const { db } = await filled(place);
    const other = schema({
      ...BOOK.fields,
      cover: structArray({ n: int8() }, 4),
      chunks: structArray(
        {
          text: varchar(90),
          page: int64(),
          note: varchar(9),
          one: floatVector(3).index({ metric: "L2" }),
          all: CHUNKS.all,
        },
        4,
      ),
    });
    const strange = db.collection("book", other);
    const error = await refused(strange.query({ limit: 1 }));
    expect(error).toMatchObject({ kind: "SchemaDiffers" });
    const differences = await strange.differences();
    expect(differences.map(({ text }) => text)).toEqual([
      "cover is FloatVector, not ArrayOfStruct",
      "nullable of chunks is true, not false",
      "max_capacity of chunks is 8, not 4",
      "max_length of chunks[text] is 40, not 90",
      "chunks[page] is Int32, not Int64",
      "chunks[note] is missing, and elements cannot be given more fields",
      "chunks[one] is FloatVector(2), not FloatVector(3)",
      "the metric of chunks[one] is COSINE, not L2",
      "chunks[fair] is not in the schema, and elements must have it",
    ]);
    for (const { text } of differences) expect(error.message).toContain(text);
    const plain = db.collection("book", schema({ ...BOOK.fields, chunks: int32() }));
    expect((await plain.differences()).map(({ text }) => text)).toEqual(["chunks is ArrayOfStruct, not Int32"]);

    const notes = structArray({ by: varchar(9), v: floatVector(2).index({ metric: "IP" }) }, 4).nullable();
    const grown = schema({
      ...BOOK.fields,
      chunks: structArray({ ...CHUNKS, text: varchar(80), page: int32().index({ type: "STL_SORT" }) }, 16).nullable(),
      notes,
    });
    const books = db.collection("book", grown);
    expect(await books.ensure({ add: true })).toEqual({
      created: false,
      added: [
        "max_capacity of chunks is 8, not 16",
        "max_length of chunks[text] is 40, not 80",
        "chunks[page] has no index",
        "notes is missing",
      ],
    });
    expect(await books.ensure()).toEqual({ created: false, added: [] });
    const many = Array.from({ length: 12 }, () => chunk("t".repeat(60), 1, [1, 1]));
    await books.insert({ id: 7, cover: [9, 9], chunks: many, notes: [{ by: "me", v: [1, 0] }] });
    expect(places(await books.search({ annsField: "notes[v]", data: [[1, 0]], outputFields: ["notes"] }))).toEqual([
      [7, 0],
    ]);
    expect(await books.get({ id: [1, 7], outputFields: ["notes[by]"] })).toEqual([
      { id: 1, notes: null },
      { id: 7, notes: [{ by: "me" }] },
    ]);

    const less = db.collection("book", schema({ id: int64().primary(), cover: CHUNKS.one.index({ metric: "L2" }) }));
    expect(await less.differences()).toEqual([]);
    const stricter = schema({ ...grown.fields, more: structArray({ v: floatVector(2) }, 2) });
    expect((await db.collection("book", stricter).differences()).map(({ text }) => text)).toEqual([
      "more is missing, and can only be added where it is nullable",
    ]);
  });
});

describe("a struct array of a typed collection", () => {
  it("must be brought where it is not nullable", async () => {
    const db = await openAt("in process");
    const notes = db.collection(
      "note",
      schema({ id: int64().primary(), parts: structArray({ v: floatVector(2) }, 2) }),
    );
    await notes.ensure();
    await notes.insert({ id: 1, parts: [{ v: [1, 2] }] });
    expect(await refused(notes.insert({ id: 2 } as never))).toMatchObject({ name: "ElanusError" });
    const without = db.collection("note", schema({ id: int64().primary() }));
    expect((await without.differences()).map(({ text }) => text)).toEqual([
      "parts is not in the schema, and rows must have it",
    ]);
  });

  it("has vectors of every dense type, read as they are beside structs", async () => {
    const db = await openAt("in process");
    const all = db.collection(
      "all",
      schema({
        id: int64().primary(),
        parts: structArray(
          {
            half: float16Vector(2),
            brain: bfloat16Vector(2),
            bytes: int8Vector(2),
            bits: binaryVector(16).index({ metric: "MAX_SIM_HAMMING" }),
            marks: binaryVector(8).index({ type: "AUTOINDEX" }),
            weight: float(),
          },
          2,
        ),
      }),
    );
    await all.ensure();
    const element = {
      half: [1, 2],
      brain: new Float32Array([1, 2]),
      bytes: [1, -2],
      bits: new Uint8Array([1, 2]),
      marks: [5],
      weight: 0.5,
    };
    await all.insert({ id: 1, parts: [element] });
    const [row] = await all.query({});
    expect(row?.parts).toEqual([
      {
        half: new Float32Array([1, 2]),
        brain: new Float32Array([1, 2]),
        bytes: new Int8Array([1, -2]),
        bits: new Uint8Array([1, 2]),
        marks: new Uint8Array([5]),
        weight: 0.5,
      },
    ]);
    const single = await all.search({ annsField: "parts[bytes]", data: [[1, -2]] });
    expect([...single]).toEqual([{ id: 1, distance: 1, offset: 0 }]);
    const near = await all.search({ annsField: "parts[bits]", data: [[[1, 3]]] });
    expect([...near]).toEqual([{ id: 1, distance: 1 }]);
    expect([...(await all.search({ annsField: "parts[marks]", data: [[7]] }))]).toEqual([
      { id: 1, distance: 1, offset: 0 },
    ]);
  });

  it("refuses names and conditions that are none", async () => {
    const { books } = await filled("in process");
    const text = async (filter: unknown) => (await refused(books.query({ filter: filter as never }))).message;
    type Any = Record<
      string,
      Record<string, (of: (c: Record<string, { eq(value: unknown): unknown }>) => unknown) => unknown>
    >;
    expect(await text((b: Any) => b["chunks"]?.["any"]?.((c) => c["texts"]?.eq(1)))).toContain(
      'the elements of "chunks" have no field "texts": did you mean "text"?',
    );
    expect(await text((b: Any) => b["chunks"]?.["any"]?.(() => 5))).toContain("a function of an element");
    expect(await text((b: Any) => b["chunks"]?.["any"]?.(undefined as never))).toContain("a function of an element");
    expect(await text("match_any(chunks, $[tekst] == 1)" as string)).toContain("chunks[tekst] not exist");
  });
});
