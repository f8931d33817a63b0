import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { bundleSource } from "../../scripts/build/sources.mjs";
import type {
  ComingSearch,
  SegmentHits,
  SegmentSearch,
  VectorSegment,
  VectorStore,
  VectorStoreOptions,
} from "../../src/engine/vector/contract.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { temporaryPath } from "../support/temporary.js";
import { asBytes, clustered, rowsOf, segmentOptions } from "./oracle.js";

const storeFile = await bundleSource("src/engine/vector/vector-store.ts");

const stores: VectorStore[] = [];
function open(options: VectorStoreOptions = {}): VectorStore {
  const store = createVectorStore({ exactBelow: 1000, searchThreads: 2, ...options });
  stores.push(store);
  return store;
}
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close();
});

const D = 32;
const N = 4000;
const queries = clustered(64, D, 9);
const query = (i: number): Uint8Array => asBytes(queries.subarray(i * D, (i + 1) * D));

function filled(
  store: VectorStore,
  kind: "exact" | "graph" = "exact",
  metric: "L2" | "IP" | "COSINE" = "L2",
): VectorSegment {
  const segment = store.createSegment(segmentOptions(D, metric, kind));
  segment.append(rowsOf(1, N), asBytes(clustered(N, D, 1)));
  return segment;
}

/** What the threads find, and what the segments themselves do; undefined where those had to be asked. */
function both(store: VectorStore, searches: readonly ComingSearch[]): [SegmentHits | undefined, SegmentHits][] {
  const ahead = store.searchAhead(searches);
  const found = searches.map((_, i) => ahead.take(i));
  ahead.end();
  return searches.map(({ segment, query: vector, request }, i) => [found[i], segment.search(vector, request)]);
}

function agree(store: VectorStore, searches: readonly ComingSearch[]): void {
  for (const [together, alone] of both(store, searches)) if (together !== undefined) expect(together).toEqual(alone);
}

const all = (segment: VectorSegment, request: SegmentSearch): ComingSearch[] =>
  Array.from({ length: 64 }, (_, i) => ({ segment, query: query(i), request }));

/** Searches until threads take part. */
async function busy(store: VectorStore, segment: VectorSegment): Promise<void> {
  const before = store.searchThreads.searched;
  const searched = () => {
    agree(store, all(segment, { k: 5, ef: 20, exact: true }));
    return store.searchThreads.searched;
  };
  await expect.poll(searched, { interval: 1 }).toBeGreaterThan(before);
}

describe("search threads", () => {
  it("are not started for one search after the other, nor for a few together", async () => {
    for (;;) {
      const store = open();
      const segment = filled(store);
      for (let i = 0; i < 200; i++) both(store, [{ segment, query: query(i % 64), request: { k: 5, ef: 20 } }]);
      expect(store.searchThreads).toEqual({ most: 2, running: 0, searched: 0, failReason: "" });
      both(store, all(segment, { k: 5, ef: 20 }).slice(0, 2));
      // Where this thread lost its core just then, the two were many for what they seemed to take.
      if (store.searchThreads.running === 0) break;
    }
  });

  it("take part in small batches too, when one follows the other", async () => {
    const store = open();
    const segment = filled(store);
    const searched = () => {
      for (let i = 0; i < 20; i++) agree(store, all(segment, { k: 5, ef: 20, exact: true }).slice(0, 8));
      return store.searchThreads.searched;
    };
    await expect.poll(searched, { interval: 1 }).toBeGreaterThan(0);
  });

  it.each(["L2", "IP", "COSINE"] as const)("find what one thread finds, in %s", async (metric) => {
    const store = open({ partRows: 3000 });
    const segment = filled(store, "graph", metric);
    await busy(store, segment);
    agree(store, all(segment, { k: 10, ef: 40, exact: true }));
    await segment.idle();
    agree(store, all(segment, { k: 10, ef: 40 }));
    agree(store, all(segment, { k: N * 2, ef: 1 }).slice(0, 8));
    const [radius, rangeFilter] = metric === "L2" ? [40, 2] : [0.1, 0.9];
    agree(store, all(segment, { k: 50, ef: 60, radius }));
    agree(store, all(segment, { k: 50, ef: 60, radius, rangeFilter }));
    expect(store.searchThreads.failReason).toBe("");
    // A filter of several searches goes to the threads, more of them than they keep; one of a single search does not.
    for (let round = 1; round < 40; round++) {
      const rows = rowsOf(1, N).filter((_, i) => i % round === 0);
      const filter = segment.prepare(rows);
      const before = store.searchThreads.searched;
      agree(store, all(segment, { k: 10, ef: 40, filter }));
      if (round === 1) expect(store.searchThreads.searched).toBeGreaterThanOrEqual(before);
    }
    const own = Array.from({ length: 20 }, (_, i) => segment.prepare(rowsOf(1 + i * 10, 1000)));
    agree(
      store,
      own.flatMap((filter, i) => all(segment, { k: 10, ef: 40, filter }).slice(0, 1 + (i % 3))),
    );
    segment.remove(rowsOf(500, 300));
    const halves = segment.prepare(rowsOf(1, N / 2));
    agree(store, all(segment, { k: 10, ef: 40, filter: halves }));
  });

  it("find what one thread finds while rows come and go, memory grows and graphs are built (generated)", async () => {
    const store = open({ partRows: 6000 });
    const segment = filled(store, "graph");
    await busy(store, segment);
    let last = N;
    const more = clustered(2000, D, 3);
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 2000 }) }),
      fc.record({ remove: fc.integer({ min: 1, max: N }), count: fc.integer({ min: 1, max: 400 }) }),
      fc.record({ k: fc.integer({ min: 1, max: 200 }), ef: fc.integer({ min: 1, max: 100 }) }),
      fc.constant({ clear: true }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        for (const one of steps) {
          if ("add" in one) {
            segment.append(rowsOf(last + 1, one.add), asBytes(more.subarray(0, one.add * D)));
            last += one.add;
          } else if ("remove" in one) segment.remove(rowsOf(last - one.remove, one.count));
          else if ("clear" in one) segment.clear();
          else {
            await segment.idle();
            agree(store, all(segment, { k: one.k, ef: one.ef }));
          }
          // While a graph is built, two walks need not find the same.
          agree(store, all(segment, { k: 3, ef: 10, exact: true }).slice(0, 9));
          await new Promise((resolve) => setImmediate(resolve));
        }
      }),
      { numRuns: 12 },
    );
    expect(store.searchThreads.failReason).toBe("");
  });

  it.each([1, 3])("begin with searches as they are added, behind the first %s", async (first) => {
    const store = open({ partRows: 3000 });
    const segment = filled(store);
    await busy(store, segment);
    const before = store.searchThreads.searched;
    const filter = segment.prepare(rowsOf(1, N).filter((row) => row % 3 === 0));
    const round = () => {
      // With so many results no board of before has room for them.
      for (const [k, expected] of [
        [5, 16],
        [3000, 7],
        [5, 2],
      ] as const) {
        const request = { k, ef: 20, exact: true, ...(expected === 2 ? { filter } : {}) };
        const searches = all(segment, request).slice(0, 16);
        const ahead = store.searchAhead(searches.slice(0, first), expected);
        for (const search of searches.slice(first)) ahead.add([search]);
        for (const [i, { query: vector }] of searches.entries()) {
          const found = ahead.take(i);
          if (found !== undefined) expect(found).toEqual(segment.search(vector, request));
        }
        ahead.end();
      }
      return store.searchThreads.searched;
    };
    await expect.poll(round, { interval: 1 }).toBeGreaterThan(before);
  });

  it("tell nothing of what was begun before rows came or went", async () => {
    const store = open();
    const segment = filled(store);
    await busy(store, segment);
    let last = N;
    const changes = [
      () => segment.append(rowsOf(++last, 1), asBytes(clustered(1, D, last))),
      () => void segment.remove(rowsOf(last - 1, 1)),
    ];
    for (let round = 0; round < 40; round++) {
      const searches = all(segment, { k: 5, ef: 20, exact: true });
      const ahead = store.searchAhead(searches.slice(0, 8), 64);
      changes[round % 2]!();
      ahead.add(searches.slice(8));
      for (let i = 0; i < 8; i++) expect(ahead.take(i)).toBeUndefined();
      for (let i = 8; i < 64; i++) {
        const found = ahead.take(i);
        if (found !== undefined) expect(found).toEqual(segment.search(query(i), searches[i]!.request));
      }
      ahead.end();
      await busy(store, segment);
    }
  });

  it("answer for several segments at once; a query that is no vector is left to its segment", async () => {
    const store = open();
    const segments = [filled(store), filled(store, "exact", "IP")];
    await busy(store, segments[0]!);
    const bad = asBytes(new Float32Array(D).fill(Number.NaN));
    const searches = segments.flatMap((segment) => all(segment, { k: 3, ef: 8 }));
    searches.splice(5, 0, { segment: segments[1]!, query: bad, request: { k: 3, ef: 8 } });
    const ahead = store.searchAhead(searches);
    for (const [i, { segment, query: vector, request }] of searches.entries()) {
      const found = ahead.take(i);
      if (vector === bad) expect(found).toBeUndefined();
      else if (found !== undefined) expect(found).toEqual(segment.search(vector, request));
    }
    ahead.end();
  });

  it("let go of segments that are closed, also in the middle of their searches", async () => {
    const store = open();
    const kept = filled(store);
    await busy(store, kept);
    for (let i = 0; i < 10; i++) {
      const segment = filled(store);
      const ahead = store.searchAhead(all(segment, { k: 3, ef: 8 }));
      ahead.take(0);
      segment.close();
      // What was begun before is not told any more.
      expect(ahead.take(40)).toBeUndefined();
      ahead.end();
      agree(store, all(kept, { k: 3, ef: 8 }));
    }
  });

  it("end, and others are started, when they hold too much that has gone", async () => {
    const store = open();
    const kept = filled(store);
    await busy(store, kept);
    const wide = asBytes(clustered(16, 1024, 5));
    const vectors = asBytes(clustered(3000, 1024, 2));
    const runningAfter = () => {
      const large = store.createSegment(segmentOptions(1024, "L2", "exact"));
      large.append(rowsOf(1, 3000), vectors);
      const searches = Array.from({ length: 16 }, (_, i) => ({
        segment: large,
        query: wide.subarray(i * 4096, (i + 1) * 4096),
        request: { k: 3, ef: 8 },
      }));
      agree(store, searches);
      large.close();
      return store.searchThreads.running;
    };
    // While their cores are wanted elsewhere the threads are told of nothing, and hold nothing.
    await expect.poll(runningAfter, { interval: 1 }).toBe(0);
    await busy(store, kept);
  });
});

const STARTED = 'const { parentPort, workerData } = require("node:worker_threads"); parentPort.postMessage("started");';
/** Words of the control block: `next`, and what the first thread does. */
const TAKES =
  "const control = new Int32Array(workerData.control); while (Atomics.load(control, 1) === 0); Atomics.store(control, 8, 1); Atomics.add(control, 2, 1);";

describe("a search thread that fails", () => {
  it.each([
    ["says nothing", ""],
    ["is no program", "this is no program"],
    ["cannot be started", "throw new Error('not in this place')"],
    ["dies at once", `${STARTED} process.exit(3);`],
    ["dies with a search that it has taken", `${STARTED} ${TAKES} process.exit(3);`],
    [
      "never ends a search that it has taken",
      `${STARTED} ${TAKES} for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);`,
    ],
  ])("is done without: %s", async (name, code) => {
    const store = open({ searchWorkerCode: code, searchThreads: 1 });
    const segment = filled(store);
    const searchOnce = () => agree(store, all(segment, { k: 5, ef: 20 }));
    if (name.startsWith("never")) for (let i = 0; i < 20; i++) searchOnce();
    else {
      const failReason = () => {
        searchOnce();
        return store.searchThreads.failReason;
      };
      await expect.poll(failReason, { interval: 1 }).not.toBe("");
    }
    agree(store, all(segment, { k: 5, ef: 20 }));
  });

  it("is told of once, and keeps no program from ending", () => {
    const script = `
      const { createVectorStore } = await import(${JSON.stringify(storeFile)});
      const warnings = [];
      process.on("warning", (w) => warnings.push(w.code));
      const N = 4000, D = 64;
      const data = Float32Array.from({ length: N * D }, (_, i) => ((i * 7919) % 1009) / 1009);
      const bytes = (i, n) => new Uint8Array(data.buffer, i * D * 4, n * D * 4);
      const searching = async (searchWorkerCode) => {
        const store = createVectorStore({ searchThreads: 1, ...(searchWorkerCode === undefined ? {} : { searchWorkerCode }) });
        const segment = store.createSegment({ type: "FloatVector", dimension: D, vectorBytes: D * 4, metric: "L2", kind: "exact", m: 0, efConstruction: 0, key: { collectionId: 1, partitionId: 1, fieldId: 1 } });
        segment.append(Float64Array.from({ length: N }, (_, i) => i + 1), bytes(0, N));
        const until = performance.now() + 60000;
        let state;
        do {
          const ahead = store.searchAhead(Array.from({ length: 8 }, (_, i) => ({ segment, query: bytes(i, 1), request: { k: 1, ef: 1 } })));
          for (let i = 0; i < 8; i++) ahead.take(i);
          ahead.end();
          await new Promise((resolve) => setImmediate(resolve));
          state = store.searchThreads;
        } while (state.searched === 0 && state.failReason === "" && performance.now() < until);
        return state.failReason === "" ? "searched" : "failed";
      };
      console.log(await searching(), await searching("no program"), await searching("no program"));
      // A warning comes in a turn of its own.
      while (warnings.length === 0) await new Promise((resolve) => setImmediate(resolve));
      console.log(warnings.join());
      // Nothing is closed.
    `;
    // A file, and not an argument: not every runtime takes a module from its command line.
    const file = temporaryPath("program.mjs");
    writeFileSync(file, script);
    const out = execFileSync(process.execPath, ["--no-warnings", file], { encoding: "utf8" });
    expect(out).toBe("searched failed failed\nELANUS_NO_SEARCH_THREAD\n");
  });
});
