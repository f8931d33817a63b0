import { setTimeout as delay } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { differenceOf } from "./differences.js";
import { anyOperation, perform, prepare, statesOf } from "./operations.js";
import { type Answer, Peer } from "./peer.js";
import { type RealServer, startRealServer } from "./real-server.js";

// Long tier: `npm run test:long`. A real Milvus is asked the same as we are.
const wanted = process.env["ELANUS_ORACLE"] === "1";
const RUNS = Number(process.env["ELANUS_ORACLE_RUNS"] ?? 20);
/** A real server reports loaded before its rows answer: it is asked again until it agrees, or so long. */
const PATIENCE_MS = 20_000;

describe.skipIf(!wanted)(`beside Milvus 2.3.5${wanted ? "" : ": skipped, ELANUS_ORACLE=1 runs it"}`, () => {
  let real: RealServer | undefined;
  let db: Elanus;
  let theirs: Peer;
  let ours: Peer;
  let why = "";

  beforeAll(async () => {
    try {
      real = await startRealServer();
    } catch (error) {
      why = String(error);
      console.log(`skipped: ${why}`);
      return;
    }
    db = await Elanus.open(":memory:", { v1ErrorDialect: "server", serverVersion: "2.6" });
    const { port } = await db.listen({ port: 0 });
    theirs = new Peer(real);
    ours = new Peer({ port, legacyPort: port });
    const isReady = async () => (await theirs.legacy("GET /collections", {})).code === 0;
    await settled(() => isReady().catch(() => false));
  }, 600_000);
  afterAll(async () => {
    await theirs?.close();
    await ours?.close();
    await db?.close();
    await real?.stop();
  });

  it("answers any sequence with the same codes, keys and states", { timeout: 3_600_000 }, async (context) => {
    if (real === undefined) return context.skip(why);
    const sequences = fc.array(anyOperation, { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(sequences, async (steps) => {
        await prepare(theirs);
        await prepare(ours);
        let next = 0;
        let mode: "collection" | "partition" = "partition";
        for (const step of steps) {
          const before = await statesOf(ours);
          const mine = await perform(ours, step, next);
          let real = await perform(theirs, step, next);
          const known = differenceOf(step, mine, real, { before, mode });
          if (known === "ends the sequence") return;
          if (known === undefined) {
            if (step.kind === "query") real = await untilSame(mine, real, () => perform(theirs, step, next));
            expect(real, JSON.stringify(step)).toEqual(mine);
          }
          if (step.kind === "insert") next += step.rows;
          if (step.kind === "loadAll") mode = "collection";
          const states = await statesOf(ours);
          if (states[0] === 1) mode = "partition";
          await settled(async () => JSON.stringify(await statesOf(theirs)) === JSON.stringify(states));
          expect(await statesOf(theirs), `after ${JSON.stringify(step)}`).toEqual(states);
        }
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
  });
});

async function untilSame(wanted: Answer, first: Answer, again: () => Promise<Answer>): Promise<Answer> {
  let answer = first;
  await settled(async () => {
    if (JSON.stringify(answer) === JSON.stringify(wanted)) return true;
    answer = await again();
    return false;
  });
  return answer;
}

/** Waits for a condition as long as patience lasts. */
async function settled(condition: () => Promise<boolean>): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!(await condition()) && performance.now() < end) await delay(100);
}
