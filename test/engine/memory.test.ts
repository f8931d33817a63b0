import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { bundleSource } from "../../scripts/build/sources.mjs";
import { INDEXES } from "../vector/oracle.js";

const entry = await bundleSource("src/index.ts");

const ROWS = 10_000;
const DIMENSION = 64;
const CYCLES = 36;

interface Round {
  readonly loaded: number;
  readonly released: number;
  /** Bytes by owner, as stats tell them. */
  readonly owners: { readonly segmentsBytes: number; readonly keysBytes: number; readonly filtersBytes: number };
  readonly after: { readonly segmentsBytes: number; readonly keysBytes: number; readonly filtersBytes: number };
}

/** Loads, searches under many filters, releases, again and again; resident megabytes after a collection. */
function cycles(vectorIndex: string): {
  readonly rounds: Round[];
  /** Resident megabytes halfway, after a release. */
  readonly settled: number;
  /** And in the end. */
  readonly dropped: number;
} {
  const script = `
    const { Elanus } = await import(${JSON.stringify(entry)});
    const db = await Elanus.open(":memory:", { vectorIndex: ${JSON.stringify(vectorIndex)}, durability: "off" });
    const book = { collectionName: "book" };
    await db.collections.create({ ...book, dimension: ${DIMENSION}, indexParams: [
      { fieldName: "vector", indexType: "HNSW", metricType: "L2", params: { M: 4, efConstruction: 8 } },
    ] });
    for (let from = 0; from < ${ROWS}; from += 1000) {
      const data = Array.from({ length: 1000 }, (_, i) => ({
        id: from + i, n: (from + i) % 100, vector: Float32Array.from({ length: ${DIMENSION} }, (_, d) => Math.sin((from + i) * 7 + d * 3)),
      }));
      await db.entities.insert({ ...book, data });
    }
    const collect = async () => {
      for (let i = 0; i < 4; i++) { globalThis.gc(); await new Promise((r) => setTimeout(r, 15)); }
      return process.memoryUsage().rss / 1048576;
    };
    const memory = async () => (await db.stats()).memory;
    const CYCLES = ${CYCLES};
    const rounds = [];
    for (let cycle = 0; cycle < CYCLES; cycle++) {
      await db.collections.load(book);
      while ((await db.stats()).pendingRows > 0) await new Promise((r) => setTimeout(r, 5));
      // New filters in every cycle, each of them twice: the second time its rows are kept.
      for (let i = 0; i < 20; i++) {
        const filter = "n < " + (50 + i) + " and id >= " + cycle;
        for (let time = 0; time < 2; time++) {
          await db.entities.search({ ...book, data: [Array(${DIMENSION}).fill(0.5)], limit: 5, filter });
        }
      }
      const owners = await memory();
      const loaded = process.memoryUsage().rss / 1048576;
      await db.collections.release(book);
      rounds.push({ loaded, owners, after: await memory(), released: await collect() });
    }
    await db.collections.load(book);
    await db.collections.release(book);
    await db.collections.drop(book);
    const settled = Math.max(...rounds.slice(CYCLES / 2, CYCLES / 2 + 4).map(({ released }) => released));
    // Graphs that are still being built, and a heap that shrinks when there is time for it, may need a moment.
    let dropped = await collect();
    for (let i = 0; i < 300 && dropped >= settled + 15; i++) dropped = await collect();
    console.log(JSON.stringify({ rounds, settled, dropped }));
    await db.close();
  `;
  // Blocks that are given back go back to the system at once, and not when the allocator of the C library thinks of it.
  const env = {
    ...process.env,
    MALLOC_ARENA_MAX: "1",
    MALLOC_TRIM_THRESHOLD_: "65536",
    MALLOC_MMAP_THRESHOLD_: "65536",
  };
  // V8 lets its young generation grow in steps, by 16 MB and then by 32, as long as much is alive at a collection: that rise is not ours.
  const flags = ["--expose-gc", "--max-semi-space-size=2", "--input-type=module", "-e", script];
  return JSON.parse(execFileSync(process.execPath, flags, { encoding: "utf8", env }));
}

describe.each(INDEXES)("memory of loaded partitions in %s", (index) => {
  it("is told by owner and comes back at release, cycle after cycle", () => {
    const { rounds, settled, dropped } = cycles(index);
    const vectors = ROWS * DIMENSION * 4;
    for (const { owners, after } of rounds) {
      expect(owners.segmentsBytes).toBeGreaterThan(vectors);
      expect(owners.keysBytes).toBeGreaterThanOrEqual(ROWS * 16);
      // 20 filters that leave 5,000 to 7,000 rows, at 4 bytes a row and some bits.
      expect(owners.filtersBytes).toBeGreaterThan(20 * 5000 * 4);
      expect(after).toMatchObject({ segmentsBytes: 0, keysBytes: 0, filtersBytes: 0 });
    }
    // The first half warms up code, statements and compiled filters, of which 512 are kept. What stayed of the 14 cycles between would be 35 MB of vectors (in hnswlib 90) or 20 MB of filters.
    expect(dropped).toBeLessThan(settled + 15);
  });
});
