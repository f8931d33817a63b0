import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runCommand } from "../support/command.js";
import { temporaryPath } from "../support/temporary.js";
import { INDEXES } from "../vector/oracle.js";

const run = (...argv: string[]) => runCommand(argv, () => Promise.resolve());

async function envelope(...argv: string[]): Promise<unknown> {
  return JSON.parse((await run(...argv)).out);
}

describe("operations as commands", () => {
  it("walks the life of a partition, one process's worth of work per command", async () => {
    const path = ["--path", temporaryPath()];
    const book = ["--collection-name", "book"];
    expect(await envelope("collections", "create", ...book, "--dimension", "4", "--metric-type=L2", ...path)).toEqual({
      code: 0,
      data: {},
    });
    expect(await envelope("partitions", "create", ...book, "--partition-name", "novel", ...path)).toEqual({
      code: 0,
      data: {},
    });
    expect(await envelope("partitions", "list", "-c", "book", ...path)).toEqual({
      code: 0,
      data: ["_default", "novel"],
    });
    const rows = '[{"id": 9007199254740993, "vector": [1, 0, 0, 0]}, {"id": 2, "vector": [2, 0, 0, 0]}]';
    const inserted = await run("insert", "-c", "book", "-p", "novel", "--data", rows, ...path);
    expect(inserted).toMatchObject({ code: 0, out: expect.stringContaining('"insertIds":[9007199254740993,2]') });
    // What was loaded is loaded again by the next command.
    const loaded = await run("partitions", "drop", ...book, "--partition-name", "novel", ...path);
    expect(loaded.code).toBe(1);
    expect(JSON.parse(loaded.out)).toEqual({
      code: 1100,
      message: "partition cannot be dropped, partition is loaded, please release it first: invalid parameter",
    });
    expect(await envelope("release", "-c", "book", "-p", "novel", ...path)).toEqual({ code: 0, data: {} });
    expect(
      await envelope("collections", "get-load-state", "-c", "book", "--partition-names", "novel", ...path),
    ).toEqual({ code: 0, data: { loadState: "LoadStateNotLoad" } });
    expect(await envelope("load", "-c", "book", "-p", "novel", "-p", "_default", ...path)).toEqual({
      code: 0,
      data: {},
    });
    expect(
      await envelope("query", "-c", "book", "--filter", "id > 2", "--output-fields", "id", "--limit", "5", ...path),
    ).toMatchObject({ code: 0, data: [{}] });
    const facets = '{"data":[[2,0,0,0]],"searchAggregation":{"fields":["id"],"size":1}}';
    expect(await envelope("search", "-c", "book", "--json", facets, ...path)).toMatchObject({
      code: 0,
      aggTopks: [1],
      data: [{ buckets: [{ key: [{ fieldName: "id", value: 2 }], count: 1 }] }],
    });
    const asTable = await runCommand(["search", "-c", "book", "--json", facets, "--table", ...path]);
    expect(asTable.out).toBe("id  count\n2   1\n");
    expect(await envelope("search", "-c", "book", "--data", "[[2,0,0,0]]", "--limit", "1", ...path)).toMatchObject({
      data: [{ id: 2, distance: 0 }],
    });
    expect(await envelope("delete", "entities", "-c", "book", "--id", "2", "--id", "3", ...path)).toEqual({
      code: 0,
      data: { deleteCount: 1 },
    });
    expect(await envelope("release", "-c", "book", ...path)).toEqual({ code: 0, data: {} });
    expect(
      await envelope("partitions", "drop", "--json", '{"collectionName":"book","partitionName":"novel"}', ...path),
    ).toEqual({ code: 0, data: {} });
    expect(await envelope("list", "collections", ...path)).toEqual({ code: 0, data: ["book"] });
    expect(await envelope("describe", "collection", "-c", "book", ...path)).toMatchObject({
      data: { load: "LoadStateNotLoad" },
    });
    expect(await envelope("check", path[1] as string)).toEqual({ ok: true, problems: [] });
  });

  it("waits for the end of a job that it has begun: the next command finds what it has made", async () => {
    const path = ["--path", temporaryPath()];
    const snapshot = ["-c", "book", "--snapshot-name", "s"];
    await run("collections", "create", "-c", "book", "--dimension", "2", ...path);
    await run("insert", "-c", "book", "--data", '[{"id":1,"vector":[1,0]}]', ...path);
    await run("snapshots", "create", ...snapshot, ...path);
    const restored = await run("snapshots", "restore", ...snapshot, "--target-collection-name", "copy", ...path);
    expect(restored).toMatchObject({ code: 0, err: "" });
    expect(await envelope("jobs", "snapshot", "list", ...path)).toMatchObject({
      data: { records: [{ state: "RestoreSnapshotCompleted", reason: "" }] },
    });
    await run("load", "-c", "copy", ...path);
    expect(await envelope("query", "-c", "copy", "--filter", "id > 0", ...path)).toMatchObject({ data: [{ id: 1 }] });
  });

  it("types values by the request: flags, numbers, objects, lists", async () => {
    const path = ["--path", temporaryPath()];
    expect(
      await envelope(
        "collections",
        "create",
        "-c",
        "c",
        "--dimension",
        "2",
        "--auto-id",
        "--params",
        '{"enableDynamicField":false}',
        ...path,
      ),
    ).toMatchObject({ code: 0 });
    expect(await envelope("describe", "collection", "-c", "c", ...path)).toMatchObject({
      data: { autoId: true, enableDynamicField: false },
    });
    expect(
      await envelope(
        "entities",
        "insert",
        "-c",
        "c",
        "--data",
        '{"vector":[1,2]}',
        "--data",
        '{"vector":[3,4]}',
        ...path,
      ),
    ).toMatchObject({ data: { insertCount: 2 } });
    expect((await run("query", "-c", "c", "--limit", "many", ...path)).code).toBe(2);
    expect((await run("collections", "create", "-c", "d", "--dimension", "2", "--params", "{", ...path)).code).toBe(2);
  });

  it("obeys the load rules it is told", async () => {
    const path = ["--path", temporaryPath(), "--load-rules", "legacy"];
    await run("collections", "create", "-c", "c", "--dimension", "2", ...path);
    expect(await envelope("release", "-c", "c", "-p", "_default", ...path)).toMatchObject({
      code: 1100,
      message: "releasing some partitions after load collection is not supported: invalid parameter",
    });
    expect((await run("release", "-c", "c", "--path", "x.db", "--load-rules", "old")).code).toBe(2);
  });

  it("answers what cannot be opened with an envelope and 1", async () => {
    const path = temporaryPath("broken.db");
    writeFileSync(path, "this is no database, but long enough to look like a file header would");
    const before = readFileSync(path, "utf8");
    const { code, out } = await run("list", "collections", "--path", path);
    expect([code, JSON.parse(out)]).toEqual([1, { code: expect.any(Number), message: expect.any(String) }]);
    expect(readFileSync(path, "utf8")).toBe(before);
  });
});

describe("usage", () => {
  it("prints help and version", async () => {
    expect(await run("--version")).toEqual({ code: 0, out: "1.2.3\n", err: "" });
    const help = await run("--help");
    expect(help.code).toBe(0);
    expect(help.out).toContain("elanus serve --path");
    expect(help.out).toContain("partitions: create, drop, get-stats, has, list, load, release");
    const one = await run("partitions", "release", "--help");
    expect(one).toMatchObject({
      code: 0,
      out: expect.stringContaining("-p, --partition-names <text>, may be repeated (required)"),
    });
  });

  it.each([
    "import",
    "export",
    "backup",
    "rekey",
    "check",
    "completion",
    "push",
    "pull",
    "diff",
    "inspect",
    "shell",
    "mcp",
    "studio",
    "query",
  ])("tells how %s is used, however it is asked", async (command) => {
    const { code, out } = await run(command, "--help");
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^Usage: elanus (?:entities )?${command} `))]);
    expect(await run(command, "-h")).toEqual({ code, out, err: "" });
    expect(await run("help", command)).toEqual({ code, out, err: "" });
  });

  it("answers wrong usage with 2, the reason and help, and opens nothing", async () => {
    const wrong = [
      [],
      ["nope"],
      ["partitions", "nope"],
      ["partitions", "drop"],
      ["partitions", "drop", "--path"],
      ["partitions", "drop", "--nonsense", "1", "--path", "x.db"],
      ["partitions", "drop", "extra", "--path", "x.db"],
      ["serve"],
      ["serve", "--path", "x.db", "--port", "70000"],
      ["serve", "--path", "x.db", "--socket", "x.sock", "--port", "1"],
      ["serve", "--path", "x.db", "--auth", "nopassword"],
      ["serve", "--path", "x.db", "--vector-index", "annoy"],
      ["serve", "--path", "x.db", "--search-threads", "0"],
      ["serve", "--path", "x.db", "--search-threads", "10000"],
      ["serve", "--path", "x.db", "--memory", "code"],
      ["serve", "--path", "x.db", "--shared", "--readonly"],
      ["serve", "--path", ":memory:", "--shared"],
      ["check"],
      ["list", "collections", "--path", "x.db", "--json", "[]"],
    ];
    for (const argv of wrong) {
      const { code, out, err } = await run(...argv);
      expect([code, out], argv.join(" ")).toEqual([2, ""]);
      expect(err, argv.join(" ")).toMatch(/^elanus: .+\nUsage: elanus .+\n$/);
    }
  });

  it("says what matters in one line, and how it is used in another", async () => {
    const drop =
      "Usage: elanus partitions drop --path <file> --collection-name <text> --partition-name <text> [options]\n";
    expect((await run("partitions", "drop", "--partition-nam", "x", "--path", "x.db")).err).toBe(
      `elanus: unknown option --partition-nam: did you mean --partition-name?\n${drop}`,
    );
    expect((await run("partitions", "drop")).err).toBe(`elanus: an operation needs --path <file>\n${drop}`);
    expect((await run("partitions", "dorp", "--path", "x.db")).err).toMatch(
      /^elanus: there is no command "partitions dorp": did you mean "partitions drop"\?\nUsage: /,
    );
    expect((await run("serve", "--pth", "x.db")).err).toContain("did you mean --path?");
  });

  it.each([
    ["serv app.db", 'did you mean "serve"?'],
    ["chek", 'did you mean "check"?'],
    ["hlep", 'did you mean "help"?'],
    ["colection lst", 'did you mean "collections list"?'],
    ["list colections", 'did you mean "list collection"?'],
    ["drop partiton book", 'did you mean "drop partition"?'],
    ["serch", 'did you mean "search"?'],
    ["users lst", 'did you mean "users list"?'],
    ["collections fields ad", 'did you mean "collections fields add"?'],
    ["index", "indexes takes alter-properties, create, describe, drop, drop-properties, list"],
    ["aliases nonsense", "aliases takes alter, create, describe, drop, list"],
    ["create", "create takes alias, collection, database, index, partition, role, user"],
  ])("says what is near to %s", async (words, near) => {
    const usage = "Usage: elanus <group> <action> --path <file> [options]; elanus serve --path <file>; elanus --help";
    const err = `elanus: there is no command "${words}": ${near}\n${usage}\n`;
    expect(await run(...words.split(" "))).toEqual({ code: 2, out: "", err });
  });

  it("suggests nothing where nothing is near, and says where the command stands", async () => {
    expect((await run("nonsense")).err).toMatch(/^elanus: there is no command "nonsense"\nUsage: /);
    expect((await run("--path", "x.db", "collections", "list")).err).toMatch(
      /^elanus: the command stands before its options\nUsage: /,
    );
    expect((await run("check", "--pth", "x.db")).err).toContain("did you mean --path?");
  });

  it("promises only verbs that work", async () => {
    const { out } = await run("--help");
    const path = ["--path", temporaryPath()];
    await run("collections", "create", "-c", "c", "--dimension", "2", ...path);
    const forms = [...out.matchAll(/^ {2}elanus ([a-z|]+) ([a-z|]+|\[entities\]) \.\.\.$/gm)];
    expect(forms.length).toBeGreaterThan(4);
    for (const [, verbs = "", subjects = ""] of forms) {
      for (const verb of verbs.split("|")) {
        for (const subject of subjects === "[entities]" ? [undefined, "entities"] : subjects.split("|")) {
          const argv = [verb, ...(subject === undefined ? [] : [subject]), ...path];
          const { out: answer, err } = await run(...argv);
          // What they need is missing, but they are there.
          expect(err, argv.join(" ")).toBe("");
          expect([0, 1802, 1100], argv.join(" ")).toContain(JSON.parse(answer).code);
        }
      }
    }
    const served = out.slice(out.indexOf("Groups and actions:"));
    const commands = (text: string) =>
      [...text.matchAll(/^ {2}([a-z-]+): (.+)$/gm)].flatMap(([, group = "", actions = ""]) =>
        actions.split(", ").map((action) => [group, ...action.split(" ")]),
      );
    for (const argv of commands(served)) {
      const { code } = JSON.parse((await run(...argv, ...path)).out) as { code: number };
      expect(code, argv.join(" ")).not.toBe(3000);
    }
    for (const group of ["users", "snapshots"]) expect(served).toContain(group);
    expect(served).not.toContain("namespaces");
  });

  it("gives hints beside the message, and refuses what an operation does not know", async () => {
    const path = ["--path", temporaryPath()];
    await run("collections", "create", "-c", "books", "--dimension", "2", ...path);
    expect(await envelope("search", "-c", "books", "--data", "[1,2]", ...path)).toEqual({
      code: 1801,
      message: expect.any(String),
      hint: "data is a list of query vectors, [[...]]: this is one vector by itself",
    });
    expect(await envelope("describe", "collection", "-c", "bocks", ...path)).toMatchObject({
      code: 100,
      hint: 'did you mean "books"?',
    });
    expect(await envelope("query", "--json", '{"collectionName":"books","filtre":"id > 5"}', ...path)).toMatchObject({
      code: 1100,
    });
  });
});

describe("serve", () => {
  it("prints one line with the URL, then stops when told", async () => {
    const { code, out } = await run(
      "serve",
      "--path",
      ":memory:",
      "--port",
      "0",
      "--auth",
      "root:Milvus",
      "--api-key",
      "k",
    );
    expect(code).toBe(0);
    expect(out).toMatch(/^elanus is listening on http:\/\/127\.0\.0\.1:\d+ \(:memory:\)\n$/);
  });

  it("listens on a socket", async () => {
    const socket = temporaryPath("elanus.sock");
    const { code, out } = await run("serve", "--path", ":memory:", "--socket", socket);
    expect([code, out]).toEqual([0, `elanus is listening on unix:${socket} (:memory:)\n`]);
  });

  it.skipIf(!INDEXES.includes("hnswlib"))("takes the index it is told to", async () => {
    const index = ["--vector-index", "hnswlib"];
    expect((await run("serve", "--path", ":memory:", "--port", "0", ...index)).code).toBe(0);
  });

  it("reads what is loaded before it listens, where it is told to", async () => {
    const path = ["--path", temporaryPath()];
    await run("collections", "create", "-c", "books", "--dimension", "2", ...path);
    const serve = (...options: string[]) => run("serve", ...path, "--port", "0", ...options);
    expect((await serve("--preload")).code).toBe(0);
    expect((await serve("--preload-collection", "books")).code).toBe(0);
    const wrong = await serve("--preload-collection", "books", "--preload-collection", "bocks");
    expect(wrong.code).toBe(1);
    expect(JSON.parse(wrong.out)).toEqual({
      code: 1100,
      message: '"preload" of Elanus.open: there is no collection "bocks": did you mean "books"?: invalid parameter',
    });
  });

  it("asks the users of the file, who are made by commands", async () => {
    const path = ["--path", temporaryPath()];
    const nobody = await run("serve", ...path, "--port", "0", "--authenticate");
    expect([nobody.code, nobody.out]).toEqual([1, expect.stringContaining("auth: give at least one user or API key")]);
    const make = ["--user-name", "anna", "--password", "secret1"];
    expect((await run("create", "user", ...make, ...path)).code).toBe(0);
    expect((await run("users", "grant-role", "--user-name", "anna", "--role-name", "admin", ...path)).code).toBe(0);
    expect(JSON.parse((await run("users", "describe", "--user-name", "anna", ...path)).out)).toMatchObject({
      data: ["admin"],
    });
    const flags = ["--authenticate", "--super-user", "anna"];
    expect((await run("serve", ...path, "--port", "0", "--host", "0.0.0.0", ...flags)).code).toBe(0);
  });

  it("refuses other addresses without credentials", async () => {
    const { code, out } = await run("serve", "--path", ":memory:", "--port", "0", "--host", "0.0.0.0");
    expect([code, JSON.parse(out)]).toEqual([1, { code: 1100, message: expect.stringContaining("insecure") }]);
    expect((await run("serve", "--path", ":memory:", "--port", "0", "--host", "0.0.0.0", "--insecure")).code).toBe(0);
  });
});
