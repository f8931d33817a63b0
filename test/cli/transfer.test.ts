import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/run.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

async function run(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const printed = { out: "", err: "" };
  const code = await runCli(argv, {
    out: (text) => {
      printed.out += text;
    },
    err: (text) => {
      printed.err += text;
    },
    untilStopped: () => new Promise(() => {}),
    version: "1.2.3",
    line: {
      columns: 80,
      write(text) {
        printed.err += text;
      },
    },
  });
  return { code, ...printed };
}

async function withBooks(): Promise<string> {
  const path = temporaryPath("app.db");
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName: "book", dimension: 2 });
  await db.entities.insert({
    collectionName: "book",
    data: [1, 2, 3].map((id) => ({ id, vector: [1, id], t: `${id}` })),
  });
  await db.close();
  return path;
}

describe("import and export as commands", () => {
  it("carry rows through a file, and say how many", async () => {
    const path = await withBooks();
    const csv = temporaryPath("book.csv");
    const exported = await run("export", path, "--collection", "book", "--to", csv, "--filter", "id > 1");
    expect(JSON.parse(exported.out)).toEqual({ code: 0, data: { rowCount: 2, bytes: readFileSync(csv).length } });
    // A line of progress that is taken away at the end.
    expect(exported.err).toMatch(/^(?:\rexport 2 rows, 0\.0 MB)+\r +\r$/);
    expect(readFileSync(csv, "utf8")).toBe('id,vector,$meta\n2,"[1,2]","{""t"":""2""}"\n3,"[1,3]","{""t"":""3""}"\n');
    const db = await Elanus.open(path);
    await db.collections.create({ collectionName: "copy", dimension: 2 });
    await db.close();
    const imported = await run("import", path, "-c", "copy", `--from=${csv}`, `--from=${csv}`);
    expect([imported.code, JSON.parse(imported.out)]).toEqual([0, { code: 0, data: { rowCount: 4 } }]);
  });

  it("refuse what is wrong, in words", async () => {
    const path = await withBooks();
    const bad = temporaryPath("bad.json");
    writeFileSync(bad, '[{"id":1}]');
    const refused = await run("import", path, "-c", "book", "--from", bad);
    expect([refused.code, JSON.parse(refused.out)]).toEqual([
      1,
      { code: 2100, message: `${bad}: row 1, line 1: value of field 'vector' is missed: importing data failed` },
    ]);
    const usage = await run("import", path, "-c", "book");
    expect(usage).toMatchObject({
      code: 2,
      err: expect.stringContaining("the option --from is missing\nUsage: elanus import"),
    });
    expect((await run("export", path, "--to", "x")).err).toContain("the option --collection is missing");
    expect((await run("export", "--to", "x")).err).toContain("export needs one database file");
    expect((await run("export", path, "-c", "book", "--to", "x.y", "--fromat", "csv")).err).toContain(
      "unknown option --fromat: did you mean --format?",
    );
    expect((await run("exprt")).err).toContain('did you mean "export"');
    const twice = await run("export", path, "-c", "book", "--to", bad);
    expect([twice.code, JSON.parse(twice.out).message]).toEqual([1, `${bad} exists already: invalid parameter`]);
  });
});
