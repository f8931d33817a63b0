import { existsSync, writeFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { rowTable, tableOf } from "../../src/cli/table.js";
import { Elanus } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { served } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";

const run = (argv: readonly string[], input = "") => runCommand(argv, () => new Promise(() => {}), undefined, input);

let path = "";
beforeEach(async () => {
  path = temporaryPath();
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName: "book", dimension: 2 });
  await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 2], title: "Moby-Dick" }] });
  await db.close();
});

describe("what a command is given", () => {
  it("may stand in a file, or come from the standard input", async () => {
    const rows = '[{"id": 9007199254740993, "vector": [1, 0]}]';
    const file = temporaryPath("rows.json");
    writeFileSync(file, rows);
    const insert = ["insert", "-c", "book", "--path", path];
    expect(JSON.parse((await run([...insert, "--data", `@${file}`])).out)).toMatchObject({ data: { insertCount: 1 } });
    expect((await run([...insert, "--data", "-"], rows)).out).toContain('"insertIds":[9007199254740993]');
    const request = '{"collectionName":"book","filter":"id < 5","outputFields":["title"]}';
    expect((await run(["query", "--path", path, "--json", "-"], request)).out).toContain("Moby-Dick");
    writeFileSync(file, request);
    expect((await run(["query", "--path", path, "--json", `@${file}`])).out).toContain("Moby-Dick");
    // What is no JSON is taken as it stands.
    expect((await run(["query", "-c", "book", "--path", path, "--filter", 'title == "@x"'])).code).toBe(0);
  });

  it("is told in a line where it cannot be read", async () => {
    const said = async (...argv: string[]) => {
      const { code, err } = await run(["insert", "-c", "book", "--path", path, ...argv], "{");
      return [code, err.split("\n")[0]];
    };
    expect(await said("--data", "@nope.json")).toEqual([2, expect.stringMatching(/^elanus: --data: ENOENT/)]);
    expect(await said("--json", "-")).toEqual([2, expect.stringMatching(/^elanus: --json is no JSON/)]);
    expect(await said("--json", "-", "--data", "-")).toEqual([2, "elanus: the standard input can be read once"]);
  });

  it("may be the address of a server in place of a file", async () => {
    const { store, server } = await served({ auth: { users: { ann: "secret" } } });
    await store.collections.create({ collectionName: "far", dimension: 2 });
    const list = ["collections", "list", "--url", server.url];
    expect((await run([...list, "--token", "ann:secret"])).out).toBe('{"code":0,"data":["far"]}\n');
    expect(JSON.parse((await run([...list, "--token", "ann:wrong"])).out)).toMatchObject({ code: 1800 });
    expect((await run([...list, "--path", path])).err).toMatch(/is meant, not both\n/);
    for (const address of ["nonsense", "ftp://there", "localhost:19530"]) {
      const slip = await run(["collections", "list", "--url", address]);
      expect([slip.code, slip.err.split("\n")[0]]).toEqual([
        2,
        "elanus: --url must be http://host:port or https://host",
      ]);
      expect(existsSync(address)).toBe(false);
    }
    expect((await run(["collections", "list", "--path", path, "--token", "x"])).err).toMatch(/--token is for a server/);
  });

  it("makes no file by a slip in the path, but where something is made", async () => {
    const slip = `${path}.slip`;
    for (const argv of [
      ["collections", "list"],
      ["insert", "-c", "book", "--data", "[]"],
      ["collections", "drop", "-c", "book"],
    ]) {
      const { code, out } = await run([...argv, "--path", slip]);
      expect([code, JSON.parse(out)]).toEqual([
        1,
        expect.objectContaining({ code: 2, message: expect.stringContaining("there is no database file") }),
      ]);
    }
    for (const argv of [
      ["check", slip],
      ["studio", slip],
      ["export", slip, "-c", "book", "--to", "-"],
    ])
      await run(argv);
    expect(existsSync(slip)).toBe(false);
    expect((await run(["collections", "create", "-c", "new", "--dimension", "2", "--path", slip])).code).toBe(0);
    expect(existsSync(slip)).toBe(true);
  });

  it("is read beside who writes, where the command only reads", async () => {
    const db = await Elanus.open(path);
    expect((await run(["collections", "list", "--path", path])).out).toBe('{"code":0,"data":["book"]}\n');
    expect((await run(["collections", "drop", "-c", "book", "--path", path])).code).toBe(1);
    await db.close();
  });
});

describe("help", () => {
  it("tells of a group, and of an action", async () => {
    const { code, out } = await run(["partitions", "--help"]);
    expect(code).toBe(0);
    expect(out).toMatch(/elanus partitions drop --collection-name <text> --partition-name <text>/);
    expect((await run(["help", "partitions"])).out).toBe(out);
    expect((await run(["help", "partitions", "drop"])).out).toBe((await run(["partitions", "drop", "--help"])).out);
    for (const command of ["check", "studio", "mcp", "push", "serve"]) {
      expect([command, (await run(["help", command])).code]).toEqual([command, 0]);
    }
    expect((await run(["help", "nonsense"])).code).toBe(2);
  });
});

describe("a table", () => {
  it("has rows under their names, and vectors by their first numbers", async () => {
    const { out } = await run([
      "query",
      "-c",
      "book",
      "--filter",
      "id < 9",
      "--output-fields",
      "*",
      "--path",
      path,
      "--table",
    ]);
    expect(out).toBe("id  vector  title\n1   [1,2]   Moby-Dick\n");
    expect((await run(["collections", "list", "--path", path, "--table"])).out).toBe("value\nbook\n");
    expect((await run(["collections", "get-stats", "-c", "book", "--path", path, "--table"])).out).toBe(
      "rowCount  1\n",
    );
    expect((await run(["collections", "flush", "-c", "book", "--path", path, "--table"])).out).toBe("done\n");
  });

  it("fits into 40 columns, row by row where it has too many of them", () => {
    const wide = Object.fromEntries(Array.from({ length: 30 }, (_, i) => [`column_${i}`, "x".repeat(60)]));
    for (const rows of [[{ id: 1, title: "y".repeat(90), more: "日本語".repeat(20) }], [wide, wide]]) {
      const lines = rowTable(rows, { columns: 40 }).split("\n");
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(40);
    }
    expect(tableOf([wide], { columns: 40 })).toContain("column_29");
  });

  it("shows what would steer a terminal as marks", () => {
    expect(rowTable([{ "a\x1b[2J": "b\x1b]0;x\x07\u202e" }], {})).toBe("a�[2J\nb�]0;x��\n");
  });
});
