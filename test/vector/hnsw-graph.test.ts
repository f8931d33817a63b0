import { describe, expect, it } from "vitest";
import { loadHnswlib } from "../../src/engine/vector/hnswlib/addon.js";
import { HnswGraph } from "../../src/engine/vector/hnswlib/hnsw-graph.js";
import { geometryOf } from "../../src/engine/vector/kernel/geometry.js";
import { Part } from "../../src/engine/vector/part.js";
import { type PartFilter, PartSearch } from "../../src/engine/vector/part-search.js";
import { asBytes, clustered, INDEXES, rowsOf } from "./oracle.js";

const D = 12;
const N = 3000;
const PARAMETERS = { m: 12, efConstruction: 80 };
const geometry = geometryOf({ type: "FloatVector", dimension: D, metric: "L2", vectorBytes: D * 4 }, 0, 1e6);

function partOf(data: Float32Array, firstId = 1): Part {
  const part = new Part(geometry);
  const rows = data.length / D;
  expect(part.reserve(rows)).toBe(true);
  expect(part.stage(0, rowsOf(firstId, rows), asBytes(data), 0)).toBe(-1);
  part.publish(rows);
  return part;
}

/** A fresh part with the live rows of another. */
function compacted(part: Part): Part {
  const live = part.liveOrdinals(0, part.rows);
  const fresh = new Part(geometry);
  fresh.reserve(live.length);
  fresh.stageFrom(0, part, live);
  fresh.publish(live.length);
  return fresh;
}

function remove(part: Part, graph: HnswGraph, ordinal: number): void {
  if (part.removeOrdinal(ordinal)) graph.removed(ordinal);
}

/** How many of the true `k` nearest are among the candidates. */
function hits(part: Part, graph: HnswGraph, query: Float32Array, k: number, filter?: PartFilter): number {
  const search = new PartSearch(part);
  search.setQuery(asBytes(query));
  const near = graph.nearest(search.query, k, 60, filter) ?? new Uint32Array(0);
  const found = new Set(Array.from(near, (ordinal) => part.ids[ordinal]));
  const n = search.scan(k, undefined, filter);
  let same = 0;
  for (let i = 0; i < n; i++) if (found.has(search.rowAt(i))) same++;
  return same;
}

describe.skipIf(!INDEXES.includes("hnswlib"))("a graph of hnswlib", () => {
  const make = INDEXES.includes("hnswlib") ? loadHnswlib() : () => Promise.reject() as never;
  const queries = clustered(20, D, 2);
  const queryOf = (i: number) => queries.subarray(i * D, (i + 1) * D);
  const built = (part: Part) => {
    const graph = HnswGraph.empty(make, PARAMETERS, part);
    while (graph.rows < part.rows) graph.addNext();
    return graph;
  };
  const total = (part: Part, graph: HnswGraph, filter?: PartFilter) =>
    Array.from({ length: 20 }, (_, i) => hits(part, graph, queryOf(i), 10, filter)).reduce((a, b) => a + b);

  it("finds what is near, and grows with its part", () => {
    const data = clustered(N, D, 1);
    const part = partOf(data.subarray(0, 1000 * D));
    const graph = built(part);
    const before = graph.memoryBytes;
    part.reserve(N - 1000);
    part.stage(0, rowsOf(1001, N - 1000), asBytes(data), 1000);
    part.publish(N - 1000);
    while (graph.rows < part.rows) graph.addNext();
    expect([graph.labels, graph.rows]).toEqual([N, N]);
    expect(graph.memoryBytes).toBeGreaterThan(before);
    expect(total(part, graph)).toBeGreaterThan(195);
  });

  it("asks a filter about every candidate", () => {
    const part = partOf(clustered(N, D, 1));
    const graph = built(part);
    const ordinals = Uint32Array.from({ length: N / 2 }, (_, i) => i * 2);
    const search = new PartSearch(part);
    search.setQuery(asBytes(queryOf(0)));
    const near = graph.nearest(search.query, 30, 60, { ordinals, count: ordinals.length })!;
    expect(near.length).toBeGreaterThanOrEqual(30);
    expect(near.every((ordinal) => ordinal % 2 === 0)).toBe(true);
    expect(total(part, graph, { ordinals, count: ordinals.length })).toBeGreaterThan(190);
  });

  it("says so when the allowed rows are elsewhere", () => {
    const data = clustered(N, D, 1, 4);
    for (let i = 0; i < N; i += 2) for (let j = 0; j < D; j++) data[i * D + j]! += 50;
    const part = partOf(data);
    const graph = built(part);
    const search = new PartSearch(part);
    search.setQuery(asBytes(clustered(1, D, 3, 4)));
    const ordinals = Uint32Array.from({ length: N / 2 }, (_, i) => i * 2);
    expect(graph.nearest(search.query, 10, 20, { ordinals, count: ordinals.length })).toBeUndefined();
  });

  it("keeps finding live rows when many are deleted, also after their part was compacted", () => {
    const part = partOf(clustered(N, D, 1));
    const graph = HnswGraph.empty(make, PARAMETERS, part);
    while (graph.rows < N / 2) graph.addNext();
    for (let i = 0; i < N; i += 5) remove(part, graph, i);
    // Rows that were deleted before they were reached are passed over.
    while (graph.rows < N) graph.addNext();
    expect([graph.labels, graph.dead]).toEqual([N - N / 10, N / 10]);
    expect(total(part, graph)).toBeGreaterThan(195);
    const fresh = compacted(part);
    graph.moveTo(fresh);
    expect([graph.part, graph.rows, graph.dead]).toEqual([fresh, N - N / 5, N / 10]);
    expect(total(fresh, graph)).toBeGreaterThan(195);
    for (let i = 0; i < fresh.rows; i += 7) remove(fresh, graph, i);
    graph.moveTo(compacted(fresh));
    expect(total(graph.part, graph)).toBeGreaterThan(190);
  });

  it("comes back over the rows of its source, and over no others", () => {
    const data = clustered(N, D, 1);
    const part = partOf(data, 100);
    const graph = built(part);
    const ids = graph.rowIds();
    for (const gone of [0, 7, 8, N - 1]) part.removeOrdinal(gone);
    const reread = compacted(part);
    const restored = HnswGraph.restored(graph.index, PARAMETERS, reread, ids)!;
    expect([restored.rows, restored.labels, restored.dead]).toEqual([N - 4, N, 4]);
    expect(total(reread, restored)).toBeGreaterThan(195);
    // A row in front, and one in the middle, that the graph does not have.
    const other = partOf(data, 99);
    expect(HnswGraph.restored(graph.index, PARAMETERS, other, ids)).toBeUndefined();
    const holed = Float64Array.from(ids.filter((id) => id !== 500));
    expect(HnswGraph.restored(graph.index, PARAMETERS, partOf(data, 100), holed)).toBeUndefined();
  });
});
