import { describe, expect, it } from "vitest";
import { FAILPOINTS } from "../../src/engine/failpoints.js";
import { temporaryPath } from "../support/temporary.js";
import { Chain, type Moment, type Outcome } from "./chain.js";
import { Random } from "./random.js";

/** Kills at random moments. Every failpoint gets a kill of its own besides. */
const RUNS = Number(process.env["ELANUS_CRASH_RUNS"] ?? 10);
const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);
/** Databases that live through crashes side by side. */
const LANES = 2;
const LONG = RUNS > 10;

/** A script of random steps may not come to a point; then another one is tried. */
const ATTEMPTS = 12;

/** These are passed once in the life of a file, or at its opening and closing. */
const EARLY = ["mid-migration", "after-lock"];
const LATE = ["mid-close", "before-unlock"];
/** Where files are read and written, which no script does: killed at in faults/transfers.test.ts. */
const OF_FILES = ["mid-import", "before-import-commit", "mid-export", "mid-backup", "before-backup-rename"];
/** Wants models, which no script has: killed at in faults/reembed.test.ts. */
const OF_MODELS = ["before-reembed-swap"];
/** Of files that are closed: killed at in encryption/killed-rekey.test.ts. */
const OF_KEYS = ["mid-rekey-copies", "before-rekey", "after-rekey"];
/** Never killed at: there it matters that an error is survived. */
const SURVIVED = ["append-to-segment", "fill-column"];
const POINTS = FAILPOINTS.filter((point) => ![...OF_FILES, ...OF_MODELS, ...OF_KEYS, ...SURVIVED].includes(point));

function report(outcome: Outcome, seed: number, moment: Moment): string {
  return `seed ${seed}, ${JSON.stringify(moment)}, last line "${outcome.lastLine}":\n${outcome.problems.join("\n")}`;
}

describe(`a database whose process is killed (ELANUS_SEED=${SEED})`, () => {
  it("is whole again at every named failpoint, and holds every acknowledged write", {
    timeout: 3_600_000,
  }, async () => {
    const points = [...POINTS, ...(LONG ? [...POINTS, ...POINTS, ...POINTS] : [])];
    const random = new Random(SEED);
    const hit = new Map<string, number>();
    const recall = { found: 0, wanted: 0 };
    const lane = async (mine: readonly string[], number: number): Promise<void> => {
      let chain = new Chain(temporaryPath(), SEED + number, recall);
      for (const point of mine) {
        if (EARLY.includes(point)) chain = new Chain(temporaryPath(), random.int(1, 2 ** 30), recall);
        const once = EARLY.includes(point) || LATE.includes(point) || point.includes("snapshot");
        const pass = once ? 1 : random.int(1, 3);
        const moment: Moment = { kind: "failpoint", point, pass };
        for (let attempt = 0, killed = false; attempt < ATTEMPTS && !killed; attempt++) {
          const length = LATE.includes(point) ? 25 : 140;
          const exact = { ...moment, pass: attempt === 0 ? pass : 1 };
          const outcome = await chain.crash(exact, length, point.includes("snapshot"));
          expect(outcome.problems, report(outcome, SEED, moment)).toEqual([]);
          killed = outcome.killed;
          if (killed) hit.set(point, (hit.get(point) ?? 0) + 1);
        }
      }
    };
    const lanes = Array.from({ length: LANES }, (_, n) => points.filter((_point, i) => i % LANES === n));
    await Promise.all(lanes.map(lane));
    if (LONG) console.log(`${[...hit.values()].reduce((a, b) => a + b, 0)} kills at failpoints, seed ${SEED}`);
    expect([...hit.keys()].sort()).toEqual([...POINTS].sort());
    expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
  });

  it("is whole again after a kill at any moment", { timeout: 3_600_000 }, async () => {
    let kills = 0;
    let acknowledged = 0;
    const recall = { found: 0, wanted: 0 };
    const lane = async (number: number): Promise<void> => {
      const random = new Random(SEED + 1000 + number);
      let chain = new Chain(temporaryPath(), random.int(1, 2 ** 30), recall);
      let crashes = 0;
      // A kill that comes late, as on a busy machine, finds nobody any more: then there is another one.
      while (kills < RUNS) {
        if (++crashes % 25 === 0) chain = new Chain(temporaryPath(), random.int(1, 2 ** 30), recall);
        const moment: Moment = {
          kind: "line",
          line: random.chance(0.1) ? random.int(1, 3) : random.int(4, 240),
          microseconds: random.pick([0, 50, 200, 500, 1000, 3000, 10_000]),
        };
        const outcome = await chain.crash(moment, 130);
        expect(outcome.problems, report(outcome, SEED, moment)).toEqual([]);
        if (outcome.killed) kills++;
        acknowledged += outcome.acknowledged;
      }
    };
    await Promise.all(Array.from({ length: LANES }, (_, number) => lane(number)));
    if (LONG) console.log(`${kills} kills at random moments, ${acknowledged} acknowledged calls, seed ${SEED}`);
    expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
    expect(acknowledged).toBeGreaterThan(RUNS * 10);
  });
});
