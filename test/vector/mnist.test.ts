import { readdirSync, readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { VectorSegment } from "../../src/engine/vector/contract.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { asBytes, rowsOf, segmentOptions } from "./oracle.js";

const folder = new URL("../../data/mnist/", import.meta.url);
const file = (part: string) => {
  const name = readdirSync(folder).find((n) => n.includes(part) && n.endsWith(".br"));
  return brotliDecompressSync(readFileSync(new URL(name!, folder)));
};
const D = 784;

describe("on MNIST", () => {
  const store = createVectorStore({ exactBelow: 1000 });
  let segment: VectorSegment;
  let queries: Float32Array;
  let labels: Buffer;
  let rows: number;

  beforeAll(async () => {
    const images = file("images");
    labels = file("labels").subarray(8);
    const count = images.readUInt32BE(4);
    const pixels = Float32Array.from(images.subarray(16));
    rows = count - 100;
    queries = pixels.subarray(rows * D);
    segment = store.createSegment(segmentOptions(D, "L2", "graph", { m: 16, efConstruction: 200 }));
    segment.append(rowsOf(0, rows), asBytes(pixels.subarray(0, rows * D)));
    await segment.idle();
    expect(segment.progress().graphRows).toBe(rows);
  });
  afterAll(() => store.close());

  function recall(k: number, ef: number, more = {}): number {
    let found = 0;
    let wanted = 0;
    for (let q = 0; q < 100; q++) {
      const query = queries.subarray(q * D, (q + 1) * D);
      const exact = new Set(segment.search(asBytes(query), { k, ef, exact: true, ...more }).rowIds);
      for (const id of segment.search(asBytes(query), { k, ef, ...more }).rowIds) if (exact.has(id)) found++;
      wanted += exact.size;
    }
    return found / wanted;
  }

  it("reaches the recall of the graph literature", () => {
    expect(recall(10, 20)).toBeGreaterThan(0.95);
    expect(recall(10, 50)).toBeGreaterThan(0.985);
    expect(recall(1, 20)).toBeGreaterThan(0.96);
    expect(recall(100, 20)).toBeGreaterThan(0.98);
  });

  it("finds what a filter by label allows, of the query's own class and of another", () => {
    for (const digits of [[3], [0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]) {
      const filter = segment.prepare(rowsOf(0, rows).filter((id) => digits.includes(labels[id]!)));
      expect(recall(10, 50, { filter })).toBeGreaterThan(0.985);
    }
  });
});
