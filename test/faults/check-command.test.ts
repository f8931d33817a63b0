import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import BetterSqlite3 from "better-sqlite3";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runCli } from "../../src/cli/run.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 100);
const CLI = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));

function check(path: string): { status: number | null; result: Record<string, unknown> } {
  const { status, stdout } = spawnSync(process.execPath, [CLI, "check", path], { encoding: "utf8" });
  return { status, result: JSON.parse(stdout) as Record<string, unknown> };
}

describe("elanus check", () => {
  it("finds nothing in a whole file, also while it is in use, and says where a damaged one is damaged", async () => {
    const path = temporaryPath();
    const db = await Elanus.open(path);
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 2] }] });
    expect(check(path)).toEqual({ status: 0, result: { ok: true, problems: [] } });
    await db.close();
    expect(check(path)).toEqual({ status: 0, result: { ok: true, problems: [] } });
    const raw = new BetterSqlite3(path);
    raw.exec("UPDATE v_1_101 SET data = x'0102'");
    raw.close();
    expect(check(path)).toEqual({
      status: 1,
      result: {
        ok: false,
        problems: ["collection default.book (1): vector of row 1 in vector is 2 bytes long, not 8"],
      },
    });
  });

  it("says of what is no database that it is none, and of what it cannot look at why", async () => {
    const path = temporaryPath();
    writeFileSync(path, "x".repeat(5000));
    expect(check(path)).toEqual({
      status: 1,
      result: { ok: false, problems: [`${path}: the file is not a database, or is encrypted and needs its key`] },
    });
    expect(check(`${path}-none`)).toMatchObject({ status: 1, result: { code: 2 } });
    new BetterSqlite3(`${path}-other`).exec("CREATE TABLE notes (text)").close();
    expect(check(`${path}-other`)).toMatchObject({ status: 1, result: { code: 2 } });
    expect(readdirSync(dirname(path)).sort()).toEqual(["test.db", "test.db-other"]);
  });

  it("leaves a file in WAL mode alone as it was", async () => {
    const path = temporaryPath();
    const db = await Elanus.open(path);
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.close();
    const raw = new BetterSqlite3(path);
    raw.pragma("journal_mode = WAL");
    raw.close();
    expect(check(path)).toEqual({ status: 0, result: { ok: true, problems: [] } });
    expect(readdirSync(dirname(path))).toEqual(["test.db"]);
  });

  it("answers with problems, and leaves nothing, whatever is damaged (generated)", { timeout: 600_000 }, async () => {
    const whole = temporaryPath();
    const db = await Elanus.open(whole, { durability: "off" });
    await db.collections.create({ collectionName: "book", dimension: 4 });
    const data = Array.from({ length: 300 }, (_, id) => ({ id, vector: [id, 1, 2, 3], word: `w${id}` }));
    await db.entities.insert({ collectionName: "book", data });
    await db.close();
    const bytes = readFileSync(whole);
    const path = temporaryPath();
    const answer = async (): Promise<Record<string, unknown>> => {
      let out = "";
      const io = {
        out(text: string) {
          out += text;
        },
        err: () => {},
        untilStopped: async () => {},
        version: "",
      };
      await runCli(["check", path], io);
      return JSON.parse(out) as Record<string, unknown>;
    };
    const damage = fc.oneof(
      fc.record({ at: fc.nat(bytes.length - 1), bytes: fc.uint8Array({ minLength: 1, maxLength: 64 }) }),
      // The first page: what kind of file it is.
      fc.record({ at: fc.nat(110), bytes: fc.uint8Array({ minLength: 1, maxLength: 8 }) }),
      // In WAL mode, as it seems.
      fc.record({ at: fc.constant(18), bytes: fc.constant(new Uint8Array([2, 2])) }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(bytes.length)),
        async (damages, cut) => {
          const damaged = Buffer.from(bytes);
          for (const { at, bytes: written } of damages) damaged.set(written.subarray(0, damaged.length - at), at);
          writeFileSync(path, cut === null ? damaged : damaged.subarray(0, cut));
          const before = readFileSync(path);
          const result = await answer();
          if (result["code"] === undefined) {
            expect(result["problems"]).toHaveLength(
              result["ok"] === true ? 0 : (result["problems"] as unknown[]).length,
            );
            expect(result["ok"]).toBe((result["problems"] as unknown[]).length === 0);
          } else {
            // A format or an application that the damage has made up, or no bytes at all.
            expect(result["message"]).toMatch(/another application|has format|older format|holds no database/);
          }
          expect(readdirSync(dirname(path))).toEqual(["test.db"]);
          expect(readFileSync(path).equals(before)).toBe(true);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
