import { describe, expect, it } from "vitest";
import { Elanus, type Envelope } from "../../src/index.js";

const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf", "length"];
const book = { collectionName: "book" };
const object = (entries: readonly (readonly [string, unknown])[]) => Object.fromEntries(entries);
/** Own entries: `toEqual` looks past a key named `__proto__`. */
const entriesOf = (row: unknown) => Object.entries(row as object).sort(([a], [b]) => (a < b ? -1 : 1));

async function open(fields: readonly object[]): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.collections.create({
    ...book,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ...(fields as { fieldName: string; dataType: string }[]),
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  return db;
}

describe.each([
  ["declared", NAMES.map((fieldName) => ({ fieldName, dataType: "Int32" }))],
  ["dynamic", []],
])("keys that every object has, %s", (_kind, fields) => {
  const row = object([["id", 1], ["v", [1, 2]], ...NAMES.map((name, i) => [name, i] as const)]);
  const expected = entriesOf(row);

  it("are written, read, searched and filtered like any other", async () => {
    const db = await open(fields);
    await db.entities.insert({ ...book, data: [row] });
    const [found] = await db.entities.get({ ...book, id: 1 });
    expect(entriesOf(found)).toEqual(expected);
    const [queried] = await db.entities.query({ ...book, filter: "", outputFields: NAMES });
    expect(entriesOf(queried)).toEqual(expected.filter(([key]) => key !== "v"));
    const [hit] = await db.entities.search({ ...book, data: [[1, 2]], outputFields: ["*"] });
    expect(entriesOf(hit)).toEqual(entriesOf(object([...expected, ["distance", 0]])));
    for (const [value, name] of NAMES.entries()) {
      const rows = await db.entities.query({ ...book, filter: `${name} == ${value}`, outputFields: ["id"] });
      expect(rows).toEqual([{ id: 1 }]);
    }
    await db.close();
  });

  it("pass through JSON", async () => {
    const db = await open(fields);
    const post = async (path: string, body: string) => {
      const response = await db.fetch(new Request(`http://milvus/v2/vectordb/${path}`, { method: "POST", body }));
      return (await response.json()) as Envelope;
    };
    const text = `{"id":1,"v":[1,2],${NAMES.map((name, i) => `"${name}":${i}`).join(",")}}`;
    expect(await post("entities/insert", `{"collectionName":"book","data":[${text}]}`)).toMatchObject({ code: 0 });
    for (const [path, body] of [
      ["entities/get", '{"collectionName":"book","id":1}'],
      ["entities/search", '{"collectionName":"book","data":[[1,2]],"outputFields":["*"]}'],
    ] as const) {
      const reply = await post(path, body);
      const [found] = reply.data as object[];
      expect(entriesOf(found).filter(([key]) => key !== "distance")).toEqual(expected);
    }
    await db.close();
  });

  it("stay when a partial upsert changes others", async () => {
    const db = await open(fields);
    await db.entities.insert({ ...book, data: [row] });
    await db.entities.upsert({ ...book, partialUpdate: true, data: [{ id: 1, color: "red" }] });
    const [found] = await db.entities.get({ ...book, id: 1 });
    expect(entriesOf(found)).toEqual(entriesOf(object([...expected, ["color", "red"]])));
    await db.close();
  });
});

describe("names that every object has", () => {
  it.each(NAMES)("%s names databases, collections, partitions, aliases and properties", async (name) => {
    const db = await Elanus.open(":memory:");
    expect(await db.collections.has({ collectionName: name })).toEqual({ has: false });
    await db.databases.create({ dbName: name });
    const there = { dbName: name, collectionName: name };
    await db.collections.create({ ...there, dimension: 2 });
    expect(await db.partitions.has({ ...there, partitionName: name })).toEqual({ has: false });
    await db.partitions.create({ ...there, partitionName: name });
    await db.aliases.create({ ...there, aliasName: `${name}_` });
    await db.collections.alterProperties({ ...there, properties: object([[name, "1"]]) as Record<string, string> });
    await db.entities.insert({ ...there, partitionName: name, data: [{ id: 1, vector: [1, 2] }] });
    expect(await db.entities.get({ dbName: name, collectionName: `${name}_`, id: 1 })).toMatchObject([{ id: 1 }]);
    expect(await db.collections.describe(there)).toMatchObject({
      collectionName: name,
      aliases: [`${name}_`],
      properties: expect.arrayContaining([{ key: name, value: "1" }]),
    });
    await db.close();
  });
});

describe("scores beyond float32", () => {
  it("are the largest float32, so that JSON can say them", async () => {
    const db = await open([]);
    await db.entities.insert({ ...book, data: [{ id: 1, v: [3e38, 3e38] }] });
    const hits = await db.entities.search({ ...book, data: [[-3e38, -3e38]] });
    expect(hits.map((hit) => hit.distance)).toEqual([3.4028235e38]);
    await db.close();
  });
});

describe("db.request", () => {
  it.each([undefined, null, 5, [], {}, Symbol("path")])("answers 404 to a path that is no text (%#)", async (path) => {
    const db = await Elanus.open(":memory:");
    expect(await db.request(path as string, {})).toEqual({ code: 404, message: "404 page not found" });
    await db.close();
  });
});
