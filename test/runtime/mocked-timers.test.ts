import { expect, it } from "vitest";
import { runProgram } from "../faults/process.js";
import { temporaryPath } from "../support/temporary.js";

it("mocked timers of Node's own test module stop nothing", async () => {
  const body = `
      const { mock } = await import("node:test");
      mock.timers.enable({ apis: ["setTimeout", "setInterval", "setImmediate", "Date"], now: 0 });
      const db = await Elanus.open(path, { durability: "off", exactBelow: 500 });
      await db.collections.create({ collectionName: "c", dimension: 2 });
      for (let from = 0; from < 6000; from += 200) {
        await db.entities.insert({ collectionName: "c", data: Array.from({ length: 200 }, (_, i) => ({ id: from + i, vector: [from, i] })) });
      }
      while ((await db.stats()).pendingRows > 0) await db.collections.list();
      await db.close();
      console.log("done");
    `;
  expect(await runProgram(temporaryPath(), body)).toMatchObject({ code: 0, out: "done\n" });
});
