import { beforeEach, describe, expect, it } from "vitest";
import { candidates } from "../../src/cli/candidates.js";
import { completeLine } from "../../src/cli/shell/complete-line.js";
import { faultText } from "../../src/cli/shell/fault-text.js";
import { ShellSession } from "../../src/cli/shell/session.js";
import { splitWords } from "../../src/cli/shell/split-words.js";
import { Elanus } from "../../src/index.js";
import { runCommand } from "../support/command.js";
import { atEnd, served } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";

const run = (argv: readonly string[], input = "") => runCommand(argv, () => new Promise(() => {}), undefined, input);

let path = "";
beforeEach(async () => {
  path = temporaryPath();
  const db = await Elanus.open(path);
  await db.collections.create({
    collectionName: "book",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 100, enable_analyzer: true } },
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
  const titles = ["Moby-Dick", "Emma", "Dracula \x1b[31m"];
  await db.entities.insert({
    collectionName: "book",
    data: titles.map((title, i) => ({ id: i + 1, title, v: [i, 1] })),
  });
  await db.close();
});

describe("elanus shell", () => {
  const shell = async (...lines: string[]) => {
    const { code, out, err } = await run(["shell", path], `${lines.join("\n")}\n`);
    expect([code, err]).toEqual([0, ""]);
    return out;
  };

  it("shows the rows that a line selects, and what in them would steer a terminal as marks", async () => {
    expect(await shell("id > 1")).toBe("id  title\n2   Emma\n3   Dracula �[31m\n2 rows\n");
    expect(await shell(".limit 1", "")).toBe("id  title\n1   Moby-Dick\n3 rows\n");
    expect(await shell("id > 9")).toBe("0 rows\n");
  });

  it("puts carets under what is wrong with a filter", async () => {
    expect(await shell("id > ")).toMatch(/^id > \n {5}\^\nline 1:5 no viable alternative/);
    expect(await shell("id > 0 and title > 3")).toMatch(/^id > 0 and title > 3\n {11}\^{9}\ncomparisons between/);
    expect(await shell("id + 1")).toMatch(/^1100: .*not a boolean/);
  });

  it("finds rows by a key, a text and a vector", async () => {
    expect(await shell(".like 2", ".limit 1", ".near [2, 1]", ".text emma")).toMatch(
      /^distance {2}id {2}title\n0 {9}2 {3}Emma\n[\s\S]*3 hits\n[\s\S]*Dracula[\s\S]*1 hit\n[\s\S]*Emma\n1 hit\n$/,
    );
    expect(await shell(".like", ".text ", ".near")).toBe(
      ".like takes the key of a row\n.text takes words\n.near takes a vector\n",
    );
    expect(await shell(".near [1", ".near [1]", ".like x")).toMatch(/^this is no vector: .*\n\d+: .*\n\d+: .*\n$/);
  });

  it("runs operations on the collection that is asked, those that write with --write only", async () => {
    expect(await shell(".partitions list")).toBe("value\n_default\n");
    expect(await shell(".delete --filter 'id > 0'")).toBe(
      "this session only reads: elanus shell --write may entities delete\n",
    );
    const { out } = await run(["shell", path, "--write"], ".delete --filter 'id > 1'\n.collections drop\nid > 0\n");
    expect(out).toBe('{"deleteCount":2}\n{}\nwhich collection? .use <collection>, or .help\n');
  });

  it("goes on after whatever it does not understand", async () => {
    const said = await shell(".nope", ".use nope", ".limit x", ".insert 'x", ".partitions", ".help", ".exit", "id > 0");
    expect(said).toMatch(
      /^there is no \.nope: \.help\n100: .*\n\.limit takes 1 to 16384\na ' is not closed\nthere is no /,
    );
    expect(said).not.toContain("3 rows");
    expect((await run(["shell", `${path}x`])).code).toBe(1);
  });

  it("asks a server", async () => {
    const { store, server } = await served();
    await store.collections.create({ collectionName: "far", dimension: 2 });
    await store.entities.insert({ collectionName: "far", data: [{ id: 7, vector: [1, 2] }] });
    expect((await run(["shell", "--url", server.url], "id > 0\n")).out).toBe("id\n7\n1 row\n");
  });

  it("gives up what it is told to give up", async () => {
    const db = await Elanus.open(path, { readonly: true });
    atEnd(() => db.close());
    let said = "";
    const io = { out: (text: string) => (said += text), err() {}, untilStopped: async () => {}, version: "" };
    const session = new ShellSession(db, io, false);
    await session.refresh();
    for (const line of ["id > 0", ".like 1", ".recall", ".partitions list"])
      await session.run(line, AbortSignal.abort());
    expect(said).toBe("given up\n".repeat(4));
    said = "";
    await session.run("id > 2", new AbortController().signal);
    expect(said).toContain("1 row\n");
  });

  it("completes names of commands, collections and fields", async () => {
    const db = await Elanus.open(path, { readonly: true });
    atEnd(() => db.close());
    const session = new ShellSession(db, { out() {}, err() {}, untilStopped: async () => {}, version: "" }, false);
    await session.refresh();
    expect(session.prompt).toBe("book> ");
    const narrow = { out() {}, err() {}, untilStopped: async () => {}, version: "", columns: 6 };
    const other = new ShellSession(db, narrow, false);
    await other.refresh();
    expect(other.prompt).toBe("bo…> ");
    expect(completeLine("ti", session)).toEqual([["title"], "ti"]);
    expect(completeLine('title == "x" an', session)).toEqual([["and"], "an"]);
    expect(completeLine(".use b", session)).toEqual([["book"], "b"]);
    expect(completeLine(".des", session)[0]).toContain(".describe");
    expect(completeLine(".partitions dr", session)).toEqual([["drop"], "dr"]);
  });
});

describe("a fault in a filter", () => {
  const fault = (filter: string, start: number, end = start) => ({ filter, start, end, text: "wrong" });

  it("is shown under what was typed, and in a narrow terminal by the part around it", () => {
    expect(faultText(fault("id > x", 5, 6), 6, { columns: 80 })).toBe("           ^\nwrong\n");
    const long = `${"id == 1 or ".repeat(10)}x == 2`;
    const shown = faultText(fault(long, 110, 111), 6, { columns: 40 });
    expect(shown).toMatch(/^….*x == 2\n +\^\nwrong\n$/);
    for (const line of shown.split("\n")) expect(line.length).toBeLessThanOrEqual(40);
    const [text = "", carets = ""] = shown.split("\n");
    expect(text[carets.indexOf("^")]).toBe("x");
  });
});

it("words of a line are split as a shell does", () => {
  expect(splitWords(`insert --data '[{"a": 1}]' "b \\" c" d\\ e ''`)).toEqual([
    "insert",
    "--data",
    '[{"a": 1}]',
    'b " c',
    "d e",
    "",
  ]);
});

describe("elanus inspect", () => {
  it("tells what there is, and of one collection all about it", async () => {
    const all = await run(["inspect", path]);
    expect(all.out).toMatch(/on disk, 1 collection in database default\n\ncollection {2}rows {2}state {3}fields/);
    const one = await run(["inspect", path, "-c", "book", "--recall", "--rows", "1"]);
    expect(one.out).toMatch(/^book: 3 rows, loaded\n\nfield [\s\S]*Moby-Dick[\s\S]*recall of v: 100\.0 % at 10/);
    expect(one.out).not.toContain("Emma");
    expect((await run(["inspect", path, "--recall"])).code).toBe(2);
    expect((await run(["inspect", path, "-c", "nope"])).code).toBe(1);
    expect((await run(["inspect", `${path}x`])).out).toContain("there is no database file");
  });

  it("says of a file that is no database what it is", async () => {
    const { code, out } = await run(["inspect", import.meta.filename]);
    expect([code, JSON.parse(out).code]).toEqual([1, 2]);
  });
});

describe("completion", () => {
  it("knows groups, actions and options", async () => {
    expect(candidates([], "coll")).toEqual(["collections"]);
    expect(candidates(["partitions"], "dr")).toEqual(["drop"]);
    expect(candidates(["partitions", "drop"], "--coll")).toEqual(["--collection-name"]);
    expect(candidates(["partitions", "drop", "--path"], "a")).toEqual([]);
    expect((await run(["complete", "--", "part"])).out).toBe("partitions\n");
    expect((await run(["complete", "--", "help", "part"])).out).toBe("partitions\n");
    expect((await run(["complete", "--", "completion", ""])).out).toBe("bash\nfish\nzsh\n");
    for (const [command, option] of [
      ["inspect", "--recall"],
      ["shell", "--write"],
      ["mcp", "--url"],
      ["push", "--dry-run"],
      ["export", "--filter"],
      ["backup", "--force"],
    ] as const) {
      expect((await run(["complete", "--", command, option.slice(0, 4)])).out.split("\n")).toContain(option);
    }
    expect((await run(["complete", "--", "partitions", "drop", "--p"])).out).toMatch(/^--partition-name\n--path\n$/);
  });

  it("has a script for each shell", async () => {
    for (const shell of ["bash", "zsh", "fish"])
      expect((await run(["completion", shell])).out).toContain("elanus complete");
    expect((await run(["completion", "csh"])).code).toBe(2);
  });
});
