import { rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Random } from "../crash/random.js";
import { temporaryPath } from "../support/temporary.js";
import { CutProxy } from "./cut-proxy.js";
import { fillAtRandom } from "./random-store.js";
import { contentsOf, openServer, openStore } from "./stores.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 6);
const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);

describe(`a push (ELANUS_SEED=${SEED})`, () => {
  it("puts collections of every schema onto a server as they are", { timeout: 600_000 }, async () => {
    for (let run = 0; run < RUNS; run++) {
      const path = temporaryPath();
      const db = await openStore(path);
      const { db: far, server } = await openServer();
      const over = run % 2 === 0 ? "grpc" : "rest";
      // Over REST nothing tells that the server is so new that it has them.
      await fillAtRandom(db, SEED + run, { nullVectors: over === "grpc" });
      const report = await db.push({ to: server.url, over });
      expect([SEED + run, report.comparisons.map(({ same, remarks }) => [same, remarks])]).toEqual([
        SEED + run,
        [[true, []]],
      ]);
      expect(await contentsOf(far)).toEqual(await contentsOf(db));
      await db.close();
      await far.close();
      rmSync(path);
    }
  });

  it("that is broken off at any byte goes on where it was, and loses and doubles nothing", {
    timeout: 600_000,
  }, async () => {
    const random = new Random(SEED);
    for (let run = 0; run < RUNS; run++) {
      const db = await openStore();
      const { db: far, server } = await openServer();
      await fillAtRandom(db, SEED + run, { most: 600 });
      const proxy = await CutProxy.to(server.port);
      let cuts = 0;
      // As a kill does: the server sees its connection end, and what comes next is another call that has the journal alone.
      for (let ended = false; !ended; ) {
        const killed = new AbortController();
        // What a push that was quicker has left of its bytes would break off the last one, which nobody kills.
        proxy.cutAfter(cuts < 3 ? random.int(0, 60_000) : Number.POSITIVE_INFINITY, () => killed.abort());
        try {
          await db.push({ to: proxy.url, compare: cuts < 3 ? "nothing" : "rows", signal: killed.signal });
          ended = cuts >= 3;
          if (!ended) cuts = 3;
        } catch (error) {
          if (!killed.signal.aborted) throw error;
          cuts++;
        }
      }
      expect([SEED + run, await contentsOf(far)]).toEqual([SEED + run, await contentsOf(db)]);
      await proxy.close();
      await db.close();
      await far.close();
    }
  });
});
