import { readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { runProgram } from "./process.js";

const C = { collectionName: "c" };
const ROWS = 3000;

async function withFile(): Promise<{ path: string; from: string }> {
  const path = temporaryPath();
  const db = await Elanus.open(path);
  await db.collections.create({ ...C, dimension: 2 });
  await db.entities.insert({ ...C, data: [{ id: 1, vector: [9, 9], old: true }] });
  await db.close();
  const from = join(dirname(path), "rows.ndjson");
  writeFileSync(from, Array.from({ length: ROWS }, (_, id) => `{"id":${id},"vector":[1,${id}]}`).join("\n"));
  return { path, from };
}

describe("a process that is killed in the middle", () => {
  it.each(["mid-import=kill@3", "before-import-commit=kill", "before-commit=kill@1", "after-commit-before-index=kill"])(
    "of an import (%s) leaves all of its rows or none, and a second run ends the work",
    async (ELANUS_FAILPOINTS) => {
      const { path, from } = await withFile();
      const program = `const db = await Elanus.open(path); await db.import({ collectionName: "c", from: ${JSON.stringify(from)} });`;
      const killed = await runProgram(path, program, { env: { ELANUS_FAILPOINTS } });
      expect(killed.signal).toBe("SIGKILL");
      const db = await Elanus.open(path);
      try {
        expect(readdirSync(dirname(path)).filter((name) => name.includes("-import-"))).toEqual([]);
        const { rowCount } = await db.collections.getStats(C);
        expect(rowCount).toBe(ELANUS_FAILPOINTS.startsWith("after-commit") ? ROWS : 1);
        expect((await db.check()).problems).toEqual([]);
        await db.import({ ...C, from });
        expect(await db.collections.getStats(C)).toEqual({ rowCount: ROWS });
        expect((await db.check()).problems).toEqual([]);
      } finally {
        await db.close();
      }
    },
  );

  it("of an export leaves no file under its name, and a second run writes it", async () => {
    const { path, from } = await withFile();
    const to = join(dirname(path), "out.csv");
    const body = `await db.import({ collectionName: "c", from: ${JSON.stringify(from)} });
      await db.export({ collectionName: "c", to: ${JSON.stringify(to)} });`;
    const killed = await runProgram(path, `const db = await Elanus.open(path); ${body}`, {
      env: { ELANUS_FAILPOINTS: "mid-export=kill@3" },
    });
    expect(killed.signal).toBe("SIGKILL");
    expect(readdirSync(dirname(path))).not.toContain("out.csv");
    const db = await Elanus.open(path, { readonly: true });
    try {
      expect(await db.export({ ...C, to })).toMatchObject({ rowCount: ROWS });
      expect(readdirSync(dirname(path))).not.toContain("out.csv.part");
    } finally {
      await db.close();
    }
  });
});

describe("a backup", () => {
  it.each(["mid-backup=kill@2", "before-backup-rename=kill"])(
    "that is killed (%s) leaves no file under its name, and a second run makes it",
    async (ELANUS_FAILPOINTS) => {
      const { path, from } = await withFile();
      const copy = join(dirname(path), "copy.db");
      const body = `await db.import({ collectionName: "c", from: ${JSON.stringify(from)} });
        await db.backup(${JSON.stringify(copy)});`;
      const killed = await runProgram(path, `const db = await Elanus.open(path); ${body}`, {
        env: { ELANUS_FAILPOINTS },
      });
      expect(killed.signal).toBe("SIGKILL");
      expect(readdirSync(dirname(path))).not.toContain("copy.db");
      const db = await Elanus.open(path, { readonly: true });
      try {
        await db.backup(copy);
      } finally {
        await db.close();
      }
      expect(readdirSync(dirname(path)).filter((name) => name.startsWith("copy"))).toEqual(["copy.db"]);
      const other = await Elanus.open(copy);
      try {
        expect(await other.collections.getStats(C)).toEqual({ rowCount: ROWS });
        expect((await other.check()).problems).toEqual([]);
      } finally {
        await other.close();
      }
    },
  );
});
