import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { inspect } from "node:util";
import { createContext, runInContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 200);

async function refusalOf(work: () => Promise<unknown>): Promise<{ code: number; message: string }> {
  try {
    const db = (await work()) as { close?(): Promise<void> } | undefined;
    await db?.close?.();
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return { code: error.code, message: error.message };
  }
  throw new Error("nothing was refused");
}

const open = (path: unknown, options?: unknown) => () => Elanus.open(path as string, options as object);
const refused = (text: string) => ({ code: 1100, message: `${text}: invalid parameter` });

describe("the path of a database", () => {
  it.each<[string, unknown, string]>([
    ["missing", undefined, 'it must be a text, ":memory:" among them, or a file: URL, not nothing'],
    ["a number", 5, 'it must be a text, ":memory:" among them, or a file: URL, not 5'],
    ["an object", { path: "x" }, 'it must be a text, ":memory:" among them, or a file: URL, not an Object'],
    ["null", null, 'it must be a text, ":memory:" among them, or a file: URL, not null'],
    ["a URL of neither", new URL("ftp://example.com/x.db"), "ftp://example.com/x.db: The URL must be of scheme file"],
  ])("is refused when it is %s", async (_, path, text) => {
    expect(await refusalOf(open(path))).toEqual(refused(`the path of the database: ${text}`));
  });

  it.each<[string, (folder: string) => string, RegExp]>([
    ["empty", () => "", /must not be empty/],
    ["blank", () => "  ", /must not be empty/],
    [
      "cut by a null character",
      (folder) => `${folder}/a\0b.db`,
      /must not contain a null character: ".*a\\u0000b\.db"/,
    ],
    ["half of a character", (folder) => `${folder}/\ud800.db`, /must not contain a lone surrogate: ".*\\ud800\.db"/],
    ["followed by a space", (folder) => `${folder}/a.db `, /must not end with a space/],
    ["followed by a line break", (folder) => `${folder}/a.db\n`, /must not end with a space/],
  ])("is refused when it is %s", async (_, path, text) => {
    const folder = dirname(temporaryPath());
    for (const options of [{}, { readonly: true }, { worker: true }]) {
      const { code, message } = await refusalOf(open(path(folder), options));
      expect(code).toBe(1100);
      expect(message).toMatch(text);
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each(["localhost:19530", "127.0.0.1:19530", "[::1]:19530", "tcp://milvus:19530", "file:///tmp/a.db"])(
    "is refused when it is the address of something else: %s",
    async (address) => {
      const { code, message } = await refusalOf(open(address));
      expect([code, message]).toEqual([
        1100,
        `the path of the database: ${address} is no file: a server is http://host:port, a file: URL is given as a URL: invalid parameter`,
      ]);
      expect(existsSync(address)).toBe(false);
    },
  );

  it("whose folder is missing, or none, is refused with the folder's name", async () => {
    const folder = dirname(temporaryPath());
    writeFileSync(join(folder, "file"), "");
    const missing = join(folder, "not", "there");
    expect(await refusalOf(open(join(missing, "x.db")))).toEqual({
      code: 2,
      message: `service unavailable: ${join(missing, "x.db")}: there is no folder ${missing}`,
    });
    expect((await refusalOf(open(join(folder, "file", "x.db")))).message).toContain(
      `${join(folder, "file")} is no folder`,
    );
    mkdirSync(join(folder, "x.db"));
    expect((await refusalOf(open(join(folder, "x.db")))).message).toContain("is a folder");
  });

  it("may be a URL, of another realm too", async () => {
    const path = temporaryPath("a b#c?d%.db");
    const url = pathToFileURL(path);
    const foreign = { href: url.href, protocol: url.protocol };
    for (const given of [url, foreign as URL]) {
      const db = await Elanus.open(given);
      await db.close();
      expect(existsSync(path)).toBe(true);
    }
  });
});

describe("the options of open", () => {
  it.each<[object, string]>([
    [
      { durability: "FULL" },
      '"durability" of Elanus.open must be "full", "normal" or "off", not "FULL": did you mean "full"?',
    ],
    [
      { durability: "nomal" },
      '"durability" of Elanus.open must be "full", "normal" or "off", not "nomal": did you mean "normal"?',
    ],
    [{ readonly: "false" }, '"readonly" of Elanus.open must be true or false, not "false"'],
    [{ readonly: null }, '"readonly" of Elanus.open must be true or false, not null'],
    [{ loadRules: "old" }, '"loadRules" of Elanus.open must be "modern", "legacy" or "lite", not "old"'],
    [
      { exactBelow: Number.NaN },
      '"exactBelow" of Elanus.open must be an integer from 0 to 9007199254740991, or Infinity, not NaN',
    ],
    [
      { exactBelow: -1 },
      '"exactBelow" of Elanus.open must be an integer from 0 to 9007199254740991, or Infinity, not -1',
    ],
    [{ buildWorkers: "2" }, '"buildWorkers" of Elanus.open must be an integer from 0 to 64, not "2"'],
    [{ buildWorkers: 1.5 }, '"buildWorkers" of Elanus.open must be an integer from 0 to 64, not 1.5'],
    ...[0, -1, "2", 10_000].map((searchThreads): [object, string] => [
      { searchThreads },
      `"searchThreads" of Elanus.open must be an integer from 1 to 64, not ${JSON.stringify(searchThreads)}`,
    ]),
    [{ worker: 1 }, '"worker" of Elanus.open must be true or false, not 1'],
    [{ shared: "joins" }, '"shared" of Elanus.open must be true, false or "join", not "joins": did you mean "join"?'],
    [
      { shared: true, readonly: true },
      '"shared" and "readonly" of Elanus.open exclude each other: who only reads needs nobody',
    ],
    [{ cors: "yes" }, '"cors" of Elanus.open must be true or false, not "yes"'],
    [{ maxBodyBytes: 0 }, '"maxBodyBytes" of Elanus.open must be an integer from 1 to 9007199254740991, not 0'],
    [{ v1ErrorDialect: "zilliz" }, '"v1ErrorDialect" of Elanus.open must be "cloud" or "server", not "zilliz"'],
    [{ memory: "code" }, '"memory" of Elanus.open must be "vectors" or "codes", not "code": did you mean "codes"?'],
    [{ vectorIndex: "faiss" }, '"vectorIndex" of Elanus.open must be "kernel" or "hnswlib", not "faiss"'],
    [{ auth: "me:secret" }, '"auth" of Elanus.open must be an object, not "me:secret"'],
    [{ auth: { user: { a: "b" } } }, 'Elanus.open has no option "auth.user": did you mean "users"?'],
    [
      { auth: { users: ["a"] } },
      '"auth.users" of Elanus.open must be an object of passwords, or of { password, roles }, not an Array',
    ],
    [{ auth: { apiKeys: [1] } }, '"auth.apiKeys" of Elanus.open must be an array of texts, not an Array'],
    [{ durabilty: "full" }, 'Elanus.open has no option "durabilty": did you mean "durability"?'],
    [{ readOnly: true }, 'Elanus.open has no option "readOnly": did you mean "readonly"?'],
    [{ zzz: 1 }, 'Elanus.open has no option "zzz"'],
  ])("%j are refused", async (options, text) => {
    const path = temporaryPath();
    expect(await refusalOf(open(path, options))).toEqual(refused(text));
    expect(existsSync(path)).toBe(false);
  });

  it.each([["x"], [5], [null], [[]], [new Map()], [() => 1]])("%s are none", async (options) => {
    const { code, message } = await refusalOf(open(":memory:", options));
    expect(code).toBe(1100);
    expect(message).toContain("the options of Elanus.open must be an object, not ");
  });

  it.each<[string, object]>([
    [
      "a getter",
      {
        get durability() {
          throw new Error("boo");
        },
      },
    ],
    [
      "a Proxy",
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error("boo");
          },
        },
      ),
    ],
  ])("that throw are refused with what they say: %s", async (_name, options) => {
    expect(await refusalOf(open(":memory:", options))).toEqual(
      refused("the options of Elanus.open cannot be read: boo"),
    );
  });

  it("may be absent, undefined, of another realm, or of a class", async () => {
    class Settings {
      readonly durability = "off";
    }
    const foreign = runInContext(
      '({ durability: "off", auth: { users: { a: "b" }, apiKeys: ["k"] } })',
      createContext(),
    );
    for (const options of [undefined, {}, { durability: undefined }, foreign, new Settings()]) {
      await (await Elanus.open(":memory:", options as object)).close();
    }
  });

  it("no value of any other kind opens a file (generated)", async () => {
    const names = [
      "loadRules",
      "readonly",
      "durability",
      "exactBelow",
      "vectorIndex",
      "memory",
      "buildWorkers",
      "searchThreads",
      "key",
      "worker",
      "shared",
      "v1ErrorDialect",
      "auth",
      "maxBodyBytes",
      "cors",
    ];
    const taken = new Set<unknown>([
      "modern",
      "legacy",
      "lite",
      "join",
      "full",
      "normal",
      "off",
      "kernel",
      "hnswlib",
      "vectors",
      "codes",
      "cloud",
      "server",
    ]);
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom(...names), fc.string()), fc.anything(), async (name, value) => {
        const fits = value === undefined || typeof value === "boolean" || taken.has(value) || Number.isInteger(value);
        if (names.includes(name) && (fits || value === Number.POSITIVE_INFINITY)) return;
        const options = JSON.parse("{}") as Record<string, unknown>;
        Object.defineProperty(options, name, { value, enumerable: true });
        const { code, message } = await refusalOf(open(":memory:", options));
        expect(code).toBe(1100);
        expect(message).toContain(name);
      }),
      { numRuns: RUNS },
    );
  });
});

describe("the options of listen and request", () => {
  it.each<[object, string]>([
    [{ port: "abc" }, '"port" of listen must be an integer from 0 to 65535, not "abc"'],
    [{ port: "8080" }, '"port" of listen must be an integer from 0 to 65535, not "8080"'],
    [{ port: 70_000 }, '"port" of listen must be an integer from 0 to 65535, not 70000'],
    [{ host: "" }, '"host" of listen must be a text that is not empty, not ""'],
    [{ path: "a\0b" }, '"path" of listen must be a text that is not empty, not "a\\u0000b"'],
    [{ path: "/tmp/x", port: 0 }, '"path" of listen stands instead of "host" and "port"'],
    [{ allowedHosts: "localhost" }, '"allowedHosts" of listen must be an array of texts, not "localhost"'],
    [{ maxConcurrentRequests: 0 }, '"maxConcurrentRequests" of listen must be an integer from 1 to 1000000, not 0'],
    [{ bodyTimeoutMs: 2 ** 31 }, '"bodyTimeoutMs" of listen must be an integer from 1 to 2147483647, not 2147483648'],
    [{ prt: 1 }, 'listen has no option "prt": did you mean "port"?'],
  ])("%j are refused", async (options, text) => {
    const db = await Elanus.open(":memory:");
    expect(await refusalOf(() => db.listen(options))).toEqual(refused(text));
    expect(existsSync("abc")).toBe(false);
    await db.close();
  });

  it("a request answers what is wrong with its options", async () => {
    const db = await Elanus.open(":memory:");
    const ask = (options: object) => db.request("/v2/vectordb/collections/list", {}, options);
    expect(await ask({ method: 5 })).toEqual({
      code: 1100,
      message: '"method" of request must be a text, not 5: invalid parameter',
    });
    expect(await ask({ header: {} })).toMatchObject({
      code: 1100,
      message: expect.stringContaining('did you mean "headers"?'),
    });
    expect(await ask({ headers: { a: 1 } })).toMatchObject({
      code: 1100,
      message: '"headers" of request must be an object of texts, not an Object: invalid parameter',
    });
    await db.close();
  });
});

describe("an open database", () => {
  it("has a text and prints itself in one line", async () => {
    const path = temporaryPath();
    const db = await Elanus.open(path);
    expect(`${db}`).toBe(`Elanus(${JSON.stringify(path)})`);
    expect(inspect(db)).toBe(`Elanus(${JSON.stringify(path)})`);
    expect(`${db.collections}`).toBe("[namespace collections]");
    expect(`${db.jobs.import}`).toBe("[namespace import]");
    expect(Object.keys(db)).toContain("collections");
    await db.close();
    expect(`${db}`).toBe(`Elanus(${JSON.stringify(path)}, closed)`);
  });

  it("follows progress with a function only", async () => {
    const db = await Elanus.open(":memory:");
    for (const listener of [undefined, null, 5, "log", {}]) {
      const { code, message } = await refusalOf(async () => db.onProgress(listener as never));
      expect(code).toBe(1100);
      expect(message).toContain("onProgress takes a function");
    }
    await db.close();
  });

  it.each([false, true])("answers every call with code 1 from close on (worker: %s)", async (worker) => {
    const db = await Elanus.open(":memory:", { worker });
    const server = await db.listen({ port: 0 });
    const closing = db.close();
    const closed = { code: 1, message: "service not ready: the database is closed" };
    for (const when of ["while it closes", "afterwards"]) {
      const calls: (() => Promise<unknown>)[] = [
        () => db.collections.list(),
        () => db.collections.list({ nonsense: 1 } as never),
        () => db.check(),
        () => db.stats(),
        () => db.listen({ port: 0 }),
        async () => db.onProgress(() => {}),
      ];
      for (const call of calls) expect(await refusalOf(call), when).toEqual(closed);
      for (const path of ["/v2/vectordb/collections/list", "/v1/vector/collections", "/api/v1/health", "/nope"]) {
        expect(await db.request(path), `${path} ${when}`).toEqual(closed);
        const response = await db.fetch(`http://x${path}`, { method: "POST", body: "{}" });
        expect(await response.json(), `${path} ${when}`).toEqual(closed);
      }
      expect(db.close()).toBe(closing);
      await closing;
    }
    await expect(fetch(`${server.url}/api/v1/health`)).rejects.toThrow();
  });
});
