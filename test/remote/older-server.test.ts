import { describe, expect, it } from "vitest";
import { fakeServer, opened } from "../support/served.js";

const field = (name: string, type: string, more: object = {}) => ({ id: 100, name, type, primaryKey: false, ...more });
const description = {
  collectionName: "book",
  collectionID: 451_234_567_890_123_456n,
  enableDynamicField: true,
  fields: [
    field("book_id", "Int64", { primaryKey: true }),
    field("vector", "FloatVector", { params: [{ key: "dim", value: "2" }] }),
    field("doc", "JSON"),
    field("list", "Array", { elementType: "Int64", params: [{ key: "max_capacity", value: "9" }] }),
  ],
  aliases: null,
  indexes: null,
};

/** What a server of 2.4 says, in its words. */
async function olderServer() {
  const asked: { readonly path: string; readonly body: Record<string, unknown>; readonly text: string }[] = [];
  let loading = 2;
  const answers: Record<string, (body: Record<string, unknown>) => object | string> = {
    "collections/describe": () =>
      JSON.stringify({ code: 0, data: description }, (_, value) =>
        typeof value === "bigint" ? `#${value}#` : value,
      ).replace(/"#(\d+)#"/, "$1"),
    "collections/list": () => ({ code: 0, data: null }),
    "collections/load": () => ({ code: 0, data: {} }),
    "collections/get_load_state": () =>
      loading-- > 0
        ? { code: 0, data: { loadState: "LoadStateLoading", loadProgress: 50 } }
        : { code: 0, data: { loadState: "LoadStateLoaded", loadProgress: 100 } },
    "entities/query": () => ({
      code: 0,
      data: [
        { book_id: 1, vector: [1, 2], doc: '{"a":1}', list: { Data: { LongData: { data: [1, 2] } } }, word: "w" },
        { book_id: 2, vector: [0, 0], doc: '"text"', list: { Data: null }, word: { deep: [1.5] } },
      ],
    }),
    "entities/search": ({ data }) => ({
      code: 0,
      data: (data as number[][]).flatMap(([n = 0]) =>
        Array.from({ length: n }, (_, i) => ({ id: i, distance: 0.5, doc: "null" })),
      ),
    }),
    "entities/delete": ({ filter }) =>
      filter === undefined || filter === ""
        ? {
            code: 1802,
            message:
              "missing required parameters, error: Key: 'CollectionFilterReq.Filter' Error:Field validation for 'Filter' failed on the 'required' tag",
          }
        : { code: 0, data: {} },
    "entities/insert": () => ({ code: 0, data: { insertCount: 1, insertIds: ["9007199254740993"] } }),
  };
  const url = await fakeServer(async (request, response) => {
    let text = "";
    for await (const piece of request) text += piece;
    const path = (request.url ?? "").replace("/v2/vectordb/", "");
    const body = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    asked.push({ path, body, text });
    const answer = answers[path]?.(body);
    if (answer === undefined) response.writeHead(404, { "content-type": "text/plain" }).end("404 page not found");
    else response.end(typeof answer === "string" ? answer : JSON.stringify(answer));
  });
  return { asked, db: await opened(url) };
}

describe("a server of 2.4", () => {
  const collectionName = "book";

  it("prints JSON as text and arrays as messages: they are read as what they are", async () => {
    const { db } = await olderServer();
    expect(await db.entities.query({ collectionName, filter: "book_id > 0" })).toEqual([
      { book_id: 1, vector: [1, 2], doc: { a: 1 }, list: [1, 2], word: "w" },
      { book_id: 2, vector: [0, 0], doc: "text", list: [], word: { deep: [1.5] } },
    ]);
  });

  it("does not say whose hits are whose: each query is asked where it is not clear", async () => {
    const { db, asked } = await olderServer();
    const search = (data: number[][], limit?: number) =>
      db.entities.search({ collectionName, data, ...(limit !== undefined && { limit }) });
    const searches = () => asked.filter(({ path }) => path === "entities/search").length;
    expect((await search([[3, 0]])).topks).toEqual([3]);
    expect(
      (
        await search(
          [
            [2, 0],
            [2, 0],
          ],
          2,
        )
      ).topks,
    ).toEqual([2, 2]);
    expect(
      (
        await search([
          [0, 0],
          [0, 0],
        ])
      ).topks,
    ).toEqual([0, 0]);
    expect(searches()).toBe(3);
    expect(
      (
        await search([
          [1, 0],
          [3, 0],
        ])
      ).topks,
    ).toEqual([1, 3]);
    expect(searches()).toBe(6);
  });

  it("deletes by filter only: keys become one", async () => {
    const { db, asked } = await olderServer();
    await db.entities.delete({ collectionName, id: [1, 9_007_199_254_740_993n] });
    await db.entities.delete({ collectionName, id: "7" });
    const deletes = asked.filter(({ path }) => path === "entities/delete").map(({ body }) => body["filter"]);
    expect(deletes).toEqual([undefined, "book_id in [1,9007199254740993]", "book_id in [7]"]);
    const injected = db.entities.delete({ collectionName, id: "1] or book_id > 0 or book_id in [2" });
    await expect(injected).rejects.toMatchObject({ kind: "BadPrimaryKey", code: 1806 });
    expect(await db.entities.delete({ collectionName, id: [] })).toEqual({ deleteCount: 0 });
    expect(asked.filter(({ path }) => path === "entities/delete").length).toBe(3);
  });

  it("answers a load before it has loaded: the call waits", async () => {
    const { db, asked } = await olderServer();
    expect(await db.collections.load({ collectionName })).toEqual({});
    expect(asked.filter(({ path }) => path === "collections/get_load_state").length).toBe(3);
  });

  it("says null for what is empty, and takes lists of rows only", async () => {
    const { db, asked } = await olderServer();
    expect(await db.collections.list()).toEqual([]);
    const { aliases, indexes, functions, collectionID } = await db.collections.describe({ collectionName });
    expect({ aliases, indexes, functions, collectionID }).toEqual({
      aliases: [],
      indexes: [],
      functions: [],
      collectionID: 451_234_567_890_123_456n,
    });
    await db.entities.insert({ collectionName, data: { book_id: 9_007_199_254_740_993n, vector: [1, 2] } });
    expect(asked.at(-1)?.text).toBe('{"collectionName":"book","data":[{"book_id":9007199254740993,"vector":[1,2]}]}');
  });
});
