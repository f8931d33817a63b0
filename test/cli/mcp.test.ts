import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { served } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";

interface Answer {
  readonly id: unknown;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

const never = (): Promise<void> => new Promise(() => {});

/** What the command answers to these lines, one after the other. */
async function session(args: readonly string[], lines: readonly (string | object)[]): Promise<Answer[]> {
  const input = lines.map((line) => `${typeof line === "string" ? line : JSON.stringify(line)}\n`).join("");
  const { code, out, err } = await runCommand(["mcp", ...args], never, undefined, input);
  expect([code, err], out).toEqual([0, ""]);
  return out
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Answer);
}

const request = (id: number, method: string, params: object = {}) => ({ jsonrpc: "2.0", id, method, params });
const use = (name: string, given: object = {}, id = 1) => request(id, "tools/call", { name, arguments: given });

/** What a tool says, and whether it failed. */
async function tool(
  args: readonly string[],
  name: string,
  given: object = {},
): Promise<{ text: string; failed: boolean }> {
  const [answer] = await session(args, [use(name, given)]);
  const { content, isError } = (answer?.result ?? {}) as {
    content: { type: string; text: string }[];
    isError: boolean;
  };
  expect(content.map(({ type }) => type)).toEqual(["text"]);
  return { text: content[0]?.text ?? "", failed: isError };
}

let path = "";
let db: Elanus;
beforeEach(async () => {
  path = temporaryPath();
  db = await Elanus.open(path);
  await db.collections.create({
    collectionName: "book",
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 65535, enable_analyzer: true } },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "words", dataType: "SparseFloatVector" },
      ],
      functions: [{ name: "bm25", type: "BM25", inputFieldNames: ["title"], outputFieldNames: ["words"] }],
    },
    indexParams: [
      { fieldName: "v", metricType: "L2" },
      { fieldName: "words", metricType: "BM25", indexType: "SPARSE_INVERTED_INDEX" },
    ],
  });
  const data = Array.from({ length: 150 }, (_, i) => ({
    id: 9_007_199_254_740_993n + BigInt(i),
    title: i === 7 ? `white whale ${"é".repeat(30_000)}` : `row ${i}`,
    v: [i, 1],
    lang: "en",
  }));
  await db.entities.insert({ collectionName: "book", data });
  await db.close();
});
afterEach(async () => db.close());

describe("the tools of elanus mcp", () => {
  it("are those that read, and with --write those that write", async () => {
    const names = async (...args: string[]) => {
      const [answer] = await session([path, ...args], [request(1, "tools/list")]);
      const { tools } = answer?.result ?? {};
      return (tools as { name: string }[]).map(({ name }) => name);
    };
    expect(await names()).toEqual(["list_collections", "describe", "query", "search"]);
    expect(await names("--write")).toEqual(["list_collections", "describe", "query", "search", "insert", "delete"]);
  });

  it("tell what there is", async () => {
    expect(JSON.parse((await tool([path], "list_collections")).text)).toEqual({
      collections: [{ name: "book", rows: 150, loaded: true }],
    });
    expect(JSON.parse((await tool([path], "describe", { collection: "book" })).text)).toMatchObject({
      rows: 150,
      key: "id",
      fields: [{ name: "id", is: ["primary key"] }, { type: expect.stringContaining("VarChar") }, {}, {}],
      searched: [
        { field: "v", by: ["vector", "id"] },
        { field: "words", by: ["text", "vector", "id"] },
      ],
      partitions: ["_default"],
    });
  });

  it("find rows by a text, a vector and a key, with all digits and without vectors", async () => {
    const rows = async (given: object) => (await tool([path], "search", { collection: "book", ...given })).text;
    expect(await rows({ text: "whale", fields: ["lang", "v", "words"] })).toMatch(
      /^\{"rows":\[\{"id":9007199254741000,"distance":[\d.]+,"lang":"en"\}\]\}$/,
    );
    expect(await rows({ vector: [3, 1], limit: 1, fields: ["title"] })).toBe(
      '{"rows":[{"id":9007199254740996,"distance":0,"title":"row 3"}]}',
    );
    expect(await rows({ id: "9007199254740996", limit: 2, fields: ["title"] })).toContain('"title":"row 2"');
    expect(await rows({ text: "row", filter: 'title == "row 5"' })).toContain('"title":"row 5"');
  });

  it("answer no more than 100 rows and 100 KB", async () => {
    const { text } = await tool([path], "query", { collection: "book", limit: 100 });
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
    expect(JSON.parse(text)).toMatchObject({ rows: { length: 100 } });
    const long = await tool([path], "query", { collection: "book", filter: 'title like "white%"' });
    expect(JSON.parse(long.text).rows[0].title).toHaveLength(30_012);
    db = await Elanus.open(path);
    const data = Array.from({ length: 30 }, (_, id) => ({
      id,
      title: "x".repeat(id === 0 ? 60_000 : 5_000),
      v: [0, 0],
      more: "y".repeat(id === 0 ? 60_000 : 1),
    }));
    await db.entities.insert({ collectionName: "book", data });
    await db.close();
    const cut = await tool([path], "query", { collection: "book", filter: "id < 100", limit: 30 });
    expect(Buffer.byteLength(cut.text)).toBeLessThanOrEqual(100_000);
    const { rows, left_out: left } = JSON.parse(cut.text) as { rows: { more: string }[]; left_out: number };
    expect(rows.length + left).toBe(30);
    expect(rows.find(({ more }) => more.length > 1)?.more).toMatch(/^y{1000}… \(60000 characters\)$/);
  });

  it("answer no more than that whatever is asked, or done", async () => {
    db = await Elanus.open(path);
    for (let i = 0; i < 170; i++)
      await db.partitions.create({ collectionName: "book", partitionName: `p${"x".repeat(245)}_${i}` });
    await db.collections.create({
      collectionName: "keyed",
      schema: {
        fields: [
          { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 65535 } },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
    });
    await db.close();
    const described = (await tool([path], "describe", { collection: "book" })).text;
    expect(Buffer.byteLength(described)).toBeLessThanOrEqual(100_000);
    const { partitions, partitions_left_out: left } = JSON.parse(described);
    expect([partitions.length > 100, partitions.length + left]).toEqual([true, 171]);
    const rows = ["a", "b", "c"].map((letter) => ({ id: letter.repeat(30_000), v: [1, 2] }));
    const inserted = await tool([path, "--write"], "insert", { collection: "keyed", rows });
    expect(JSON.parse(inserted.text)).toEqual({ inserted: 3, ids: ["a".repeat(30_000)], ids_left_out: 2 });
    const long = "é".repeat(200_000);
    const refused = await tool([path], "query", { collection: "book", [long]: 1 });
    expect(Buffer.byteLength(refused.text)).toBeLessThanOrEqual(100_000);
    expect(refused.text).toMatch(/^there is no argument "é+… \(\d+ bytes\)$/);
    for (const asked of [use(long), request(1, long), { ...request(1, "ping", {}), params: long }]) {
      const [answer] = await session([path], [asked]);
      expect(answer?.error?.message.length).toBeLessThanOrEqual(1_000);
    }
  });

  it("leave out the vectors of structs, too, and tell what else these have", async () => {
    db = await Elanus.open(path);
    await db.collections.create({
      collectionName: "order",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
        structFields: [
          {
            fieldName: "items",
            typeParams: { max_capacity: 9 },
            fields: [
              { fieldName: "name", dataType: "VarChar", elementTypeParams: { max_length: 20 } },
              { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
            ],
          },
        ],
      },
      indexParams: [
        { fieldName: "v", metricType: "L2" },
        { fieldName: "items[v]", indexName: "items", metricType: "MAX_SIM" },
      ],
    });
    await db.entities.insert({
      collectionName: "order",
      data: [{ id: 1, v: [1, 2], items: [{ name: "pen", v: [3, 4] }] }],
    });
    await db.close();
    const { fields } = JSON.parse((await tool([path], "describe", { collection: "order" })).text);
    expect((fields as { name: string }[]).map(({ name }) => name)).toEqual(["id", "v", "items[name]", "items[v]"]);
    const rows = async (given: object) => (await tool([path], "query", { collection: "order", ...given })).text;
    for (const asked of [undefined, ["*"], ["items"], ["items[name]", "items[v]", "v"]]) {
      expect(await rows(asked === undefined ? {} : { fields: asked })).toBe(
        '{"rows":[{"id":1,"items":[{"name":"pen"}]}]}',
      );
    }
    expect(await rows({ fields: ["items[v]"] })).toBe('{"rows":[{"id":1}]}');
  });

  it("say what is wrong, so that a model can mend it", async () => {
    const refused = async (name: string, given: object, ...args: string[]) => {
      const { text, failed } = await tool([path, ...args], name, given);
      return failed ? text : `not refused: ${text}`;
    };
    expect(await refused("query", { collection: "book", filter: "id > " })).toContain("line 1:5");
    expect(await refused("query", { collection: "book", limit: 101 })).toBe('"limit" must be 1 to 100');
    expect(await refused("query", {})).toBe('the argument "collection" is missing');
    expect(await refused("query", { collection: "book", filer: "" })).toContain('there is no argument "filer"');
    expect(await refused("query", { collection: 7 })).toBe('"collection" must be of type string');
    expect(await refused("describe", { collection: "nope" })).toMatch(/^100: .*nope/);
    expect(await refused("search", { collection: "book" })).toBe("give one of text, vector and id");
    expect(await refused("search", { collection: "book", vector: [1] })).toMatch(/^\d+: /);
    expect(await refused("insert", { collection: "book", rows: [{ id: 1 }] }, "--write")).toMatch(/^\d+: /);
  });

  it("write with --write only", async () => {
    const [answer] = await session([path], [use("delete", { collection: "book", filter: "id > 0" })]);
    expect(answer?.error).toEqual({ code: -32602, message: "Unknown tool: delete" });
    const rows = [{ id: 1, title: "new", v: [1, 2] }];
    expect((await tool([path, "--write"], "insert", { collection: "book", rows })).text).toBe(
      '{"inserted":1,"ids":[1]}',
    );
    expect((await tool([path, "--write"], "delete", { collection: "book", filter: "id == 1" })).text).toBe(
      '{"deleteCount":1}',
    );
  });

  it("reach a server by its address", async () => {
    const { store, server } = await served();
    await store.collections.create({ collectionName: "far", dimension: 2 });
    await store.entities.insert({ collectionName: "far", data: [{ id: 1, vector: [1, 2], title: "there" }] });
    expect((await tool(["--url", server.url], "list_collections")).text).toContain('"name":"far","rows":1');
    expect((await tool([server.url], "query", { collection: "far" })).text).toBe('{"rows":[{"id":1,"title":"there"}]}');
  });
});

describe("what elanus mcp is sent", () => {
  it("is answered in the version that was asked for, or in the newest with a handshake", async () => {
    for (const [asked, given] of [
      ["2024-11-05", "2024-11-05"],
      ["2025-06-18", "2025-06-18"],
      ["1999-01-01", "2025-11-25"],
    ]) {
      const [answer] = await session([path], [request(1, "initialize", { protocolVersion: asked })]);
      expect(answer?.result).toMatchObject({
        protocolVersion: given,
        serverInfo: { name: "elanus", version: "1.2.3" },
      });
    }
    const meta = (version: string) => ({ _meta: { "io.modelcontextprotocol/protocolVersion": version } });
    const [discovered, listed, refused] = await session(
      [path],
      [
        request(1, "server/discover", meta("2026-07-28")),
        request(2, "tools/list", meta("2026-07-28")),
        request(3, "tools/list", meta("2030-01-01")),
      ],
    );
    expect(discovered?.result).toMatchObject({ supportedVersions: ["2026-07-28"], resultType: "complete" });
    expect(listed?.result).toMatchObject({ resultType: "complete", ttlMs: 0, tools: { length: 4 } });
    expect(refused?.error).toMatchObject({ code: -32022, data: { requested: "2030-01-01" } });
  });

  it("may be junk: the next line is answered as if nothing had been", async () => {
    const answers = await session(
      [path],
      [
        "junk",
        "",
        "[]",
        "7",
        '{"jsonrpc":"1.0","id":3,"method":"ping"}',
        { jsonrpc: "2.0", id: {}, method: "ping" },
        { jsonrpc: "2.0", id: 4, method: "tools/call", params: [] },
        { jsonrpc: "2.0", id: 5, result: {} },
        { jsonrpc: "2.0", method: "notifications/initialized" },
        request(6, "resources/list"),
        [request(7, "ping"), { jsonrpc: "2.0", method: "notifications/cancelled" }],
        request(8, "ping"),
      ],
    );
    expect(answers.map((one) => (Array.isArray(one) ? one.map(({ id }) => id) : [one.id, one.error?.code]))).toEqual([
      [null, -32700],
      [null, -32600],
      [null, -32600],
      [3, -32600],
      [null, -32600],
      [4, -32602],
      [6, -32601],
      [7],
      [8, undefined],
    ]);
  });

  it("may end in the middle of a line, and a slip in the path makes no file", async () => {
    const cut = JSON.stringify(request(1, "ping"));
    const { out } = await runCommand(["mcp", path], never, undefined, `${cut}\n${cut.slice(0, 20)}`);
    expect(out.split("\n").map((line) => (line === "" ? undefined : (JSON.parse(line) as Answer).id))).toEqual([
      1,
      null,
      undefined,
    ]);
    const { code, out: said } = await runCommand(["mcp", `${path}x`], never, undefined, "");
    expect([code, JSON.parse(said).code, existsSync(`${path}x`)]).toEqual([1, 2, false]);
  });

  it("ends when it is told to stop, though nobody has ended the input", async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${JSON.stringify(request(1, "ping"))}\n`);
      await never();
    }
    let stop = (): void => {};
    const stopped = new Promise<void>((resolve) => {
      stop = resolve;
    });
    const running = runCommand(
      ["mcp", path],
      () => stopped,
      () => stop(),
      endless(),
    );
    expect((await running).code).toBe(0);
  });
});
