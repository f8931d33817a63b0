import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

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

  it("refuses what is no database with the error and exit code 1", () => {
    const path = temporaryPath();
    writeFileSync(path, "x".repeat(5000));
    expect(check(path)).toEqual({
      status: 1,
      result: { code: 2, message: `service unavailable: ${path}: the file is not a database` },
    });
  });
});
