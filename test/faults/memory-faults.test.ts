import { describe, expect, it } from "vitest";
import { temporaryPath } from "../support/temporary.js";
import { runProgram } from "./process.js";

describe("memory that cannot take a committed write", () => {
  it("is given up and filled anew: the write is acknowledged, and every search finds it", async () => {
    const body = `
      const db = await Elanus.open(path);
      await db.collections.create({ collectionName: "c", dimension: 2, metricType: "L2" });
      const found = [];
      for (let id = 1; id <= 6; id++) {
        const { insertCount } = await db.entities.insert({ collectionName: "c", data: [{ id, vector: [id, id] }] });
        const [hit] = await db.entities.search({ collectionName: "c", data: [[id, id]], limit: 1 });
        found.push([insertCount, Number(hit.id), hit.distance]);
      }
      const { ok } = await db.check();
      console.log(JSON.stringify({ found, ok }));
      await db.close();
    `;
    for (const pass of [1, 3, 6]) {
      const { out, err } = await runProgram(temporaryPath(), body, {
        env: { ELANUS_FAILPOINTS: `append-to-segment=throw@${pass}` },
      });
      expect(err).toBe("");
      expect(JSON.parse(out)).toEqual({ found: [1, 2, 3, 4, 5, 6].map((id) => [1, id, 0]), ok: true });
    }
  });
});

describe("a column that cannot be read", () => {
  it("is done without: SQL answers the filter, and the next one begins anew", async () => {
    const body = `
      const db = await Elanus.open(path);
      await db.collections.create({ collectionName: "c", dimension: 2, metricType: "L2" });
      const data = Array.from({ length: 100 }, (_, id) => ({ id, vector: [id, id], n: id % 10, tag: "t" + (id % 3) }));
      await db.entities.insert({ collectionName: "c", data });
      const found = [];
      for (let i = 0; i < 6; i++) {
        const request = { collectionName: "c", data: [[0, 0]], limit: 100, filter: 'n == 3 and tag != "t' + i + '"' };
        found.push((await db.entities.search(request)).length);
      }
      console.log(JSON.stringify({ found, held: (await db.stats()).memory.columnsBytes > 0 }));
      await db.close();
    `;
    for (const pass of [1, 2]) {
      const { out, err } = await runProgram(temporaryPath(), body, {
        env: { ELANUS_FAILPOINTS: `fill-column=throw@${pass}` },
      });
      expect(err).toBe("");
      expect(JSON.parse(out)).toEqual({ found: [6, 7, 7, 10, 10, 10], held: true });
    }
  });
});

describe("a failpoint", () => {
  it("that is misspelt is refused, and without the variable none can be armed", async () => {
    const { err } = await runProgram(temporaryPath(), "await Elanus.open(path)", {
      env: { ELANUS_FAILPOINTS: "mid-drp=kill" },
    });
    expect(err).toContain("ELANUS_FAILPOINTS: mid-drp=kill is no failpoint");
    const { armFailpoints } = await import("../../src/engine/failpoints.js");
    expect(() => armFailpoints("mid-drop=throw")).toThrow("ELANUS_FAILPOINTS");
  });
});
