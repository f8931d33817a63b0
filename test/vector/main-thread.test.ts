import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bundleSource } from "../../scripts/build/sources.mjs";
import { Elanus, type ProgressEvent } from "../../src/index.js";
import { clustered } from "./oracle.js";

const storeFile = await bundleSource("src/engine/vector/vector-store.ts");

describe("where no build worker can be started", () => {
  // Code that says nothing, that is no program, that fails: each must end in a graph and one warning.
  it.each([[""], ["this is no program"], ["throw new Error('not in this place')"]])(
    "graphs are built on the calling thread, in slices, and one warning says so: %s",
    (code) => {
      const script = `
      const { createVectorStore } = await import(${JSON.stringify(storeFile)});
      const warnings = [];
      process.on("warning", (w) => warnings.push(w.code));
      const store = createVectorStore({ exactBelow: 1000, buildWorkerCode: ${JSON.stringify(code)} });
      const N = 4000, D = 64;
      const make = (partitionId) => {
        const key = { collectionId: 1, partitionId, fieldId: 1 };
        const segment = store.createSegment({ type: "FloatVector", dimension: D, vectorBytes: D * 4, metric: "L2", kind: "graph", m: 16, efConstruction: 100, key });
        const data = Float32Array.from({ length: N * D }, (_, i) => ((i * 7919) % 1009) / 1009);
        segment.append(Float64Array.from({ length: N }, (_, i) => i + 1), new Uint8Array(data.buffer));
        return segment;
      };
      const segments = [make(1), make(2)];
      // Of this thread's own processor time: what others take of the machine does not count.
      const spent = () => { const used = process.threadCpuUsage?.(); return used && (used.user + used.system) / 1000; };
      let turns = 0;
      let longest = 0;
      let last = spent();
      let on = true;
      const turn = () => {
        turns++;
        longest = Math.max(longest, spent() - last || 0);
        last = spent();
        if (on) setImmediate(turn);
      };
      setImmediate(() => { last = spent(); turn(); });
      for (const segment of segments) await segment.idle();
      on = false;
      const rows = segments.map((segment) => segment.progress().graphRows);
      console.log(JSON.stringify({ rows, builds: store.builds, warnings, longest, turns }));
      await store.close();
    `;
      const out = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "-e", script], {
        encoding: "utf8",
      });
      const { longest, turns, ...said } = JSON.parse(out) as { longest: number; turns: number };
      expect(said).toEqual({ rows: [4000, 4000], builds: "main thread", warnings: ["ELANUS_NO_BUILD_WORKER"] });
      // Builds of some hundred milliseconds, in slices of 5 ms each; the whole of one would be a single turn.
      expect(turns).toBeGreaterThan(10);
      expect(longest).toBeLessThan(150);
    },
  );
});

describe("with no build workers asked for", () => {
  it("stats and progress say where graphs are built", async () => {
    const db = await Elanus.open(":memory:", { buildWorkers: 0, exactBelow: 500 });
    const events: ProgressEvent[] = [];
    db.onProgress((event) => events.push(event));
    await db.collections.create({ collectionName: "c", dimension: 8 });
    const vectors = clustered(800, 8, 1);
    const data = Array.from({ length: 800 }, (_, id) => ({ id, vector: [...vectors.subarray(id * 8, id * 8 + 8)] }));
    await db.entities.insert({ collectionName: "c", data });
    await expect
      .poll(() => events.filter((e) => e.kind === "build"))
      .toMatchObject([{ builtOn: "main thread", pendingRows: 0 }]);
    expect(await db.stats()).toMatchObject({ builds: "main thread", graphRows: 800 });
    await db.close();
  });
});
