import { rmSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { FAILPOINTS } from "../../src/engine/failpoints.js";
import { Elanus } from "../../src/index.js";
import { callStep, codeOf } from "../crash/call-step.mjs";
import { Chain, type Moment } from "../crash/chain.js";
import { Model, REFUSED } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeScript } from "../crash/script.js";
import { compareSearches, expectedPicture, pictureOf, type Recall, restoreLoadState } from "../crash/verify.js";
import { temporaryPath } from "../support/temporary.js";

/** Thirty minutes: `npm run soak`. */
const SECONDS = Number(process.env["SOAK_SECONDS"] ?? 3);
const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);
const DURABILITIES = ["full", "normal", "off"] as const;

/** A database in this process, or in a worker thread of it, side by side with its model. */
async function modelRun(random: Random, recall: Recall): Promise<number> {
  const path = temporaryPath();
  const model = new Model();
  const open = () =>
    Elanus.open(path, { exactBelow: 40, worker: random.chance(0.3), durability: random.pick(DURABILITIES) });
  let db = await open();
  let calls = 0;
  try {
    for (let part = 0; part < (SECONDS < 30 ? 1 : 4); part++) {
      for (const step of makeScript(random, model, { length: 60, pauses: true, reopen: true })) {
        if (step.call === "pause") await new Promise((resolve) => setTimeout(resolve, Number(step.request["ms"])));
        else if (step.call === "reopen") {
          await db.close();
          db = await open();
        } else {
          const expected = model.apply(step);
          const code = await codeOf(callStep(db, step));
          const agrees = expected === REFUSED ? code !== 0 : code === expected;
          expect(agrees, `${JSON.stringify(step).slice(0, 300)} answered ${code}, expected ${expected}`).toBe(true);
        }
        if (calls++ % 8 === 0) expect(await compareSearches(db, model, random, recall)).toEqual([]);
      }
      expect(await db.check()).toEqual({ ok: true, problems: [] });
      expect(await pictureOf(db)).toBe(expectedPicture(model));
      await restoreLoadState(db, model);
    }
  } finally {
    await db.close();
    // Half an hour of databases would fill a disk.
    rmSync(dirname(path), { recursive: true, force: true });
  }
  return calls;
}

describe(`a long life (ELANUS_SEED=${SEED}, SOAK_SECONDS=${SECONDS})`, () => {
  it("agrees with its model through writes, loads, releases, reopenings and crashes", {
    timeout: (SECONDS + 600) * 1000,
  }, async () => {
    const random = new Random(SEED);
    const recall = { found: 0, wanted: 0 };
    const end = performance.now() + SECONDS * 1000;
    const count = { crashes: 0, kills: 0, modelRuns: 0, calls: 0 };
    const crashLane = async (): Promise<void> => {
      let chain: Chain | undefined;
      while (performance.now() < end || count.kills === 0) {
        if (chain === undefined || random.chance(0.04))
          chain = new Chain(temporaryPath(), random.int(1, 2 ** 30), recall);
        const moment: Moment = random.chance(0.3)
          ? { kind: "failpoint", point: random.pick(FAILPOINTS), pass: random.int(1, 4) }
          : { kind: "line", line: random.int(1, 320), microseconds: random.pick([0, 50, 200, 1000, 5000, 20_000]) };
        const outcome = await chain.crash(moment, 160, random.chance(0.1));
        expect(outcome.problems, `seed ${SEED}, ${JSON.stringify(moment)}, "${outcome.lastLine}"`).toEqual([]);
        count.crashes++;
        if (outcome.killed) count.kills++;
        count.calls += outcome.acknowledged;
      }
    };
    const modelLane = async (): Promise<void> => {
      const own = new Random(SEED + 1);
      while (performance.now() < end || count.modelRuns === 0) {
        count.calls += await modelRun(own, recall);
        count.modelRuns++;
        if (count.modelRuns % 100 === 0)
          console.log(JSON.stringify({ seed: SEED, ...count, rss: process.memoryUsage.rss() }));
      }
    };
    await Promise.all([crashLane(), modelLane()]);
    if (SECONDS > 30) console.log(JSON.stringify({ seed: SEED, ...count, recall: recall.found / recall.wanted }));
    expect(count.kills).toBeGreaterThan(0);
    expect(count.modelRuns).toBeGreaterThan(0);
    expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
  });
});
