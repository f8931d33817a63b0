import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { PlainMetric } from "../../src/engine/model/types/field-type.js";
import type {
  SegmentKey,
  SegmentOptions,
  SnapshotRecord,
  SnapshotRecords,
  VectorIndexName,
  VectorSegment,
  VectorSource,
  VectorStore,
} from "../../src/engine/vector/contract.js";
import { createVectorStore } from "../../src/engine/vector/vector-store.js";
import { asBytes, clustered, INDEXES, Oracle, rowsOf, segmentOptions } from "./oracle.js";

const N = 3000;
const D = 20;

class Records implements SnapshotRecords {
  readonly map = new Map<string, SnapshotRecord>();
  get(key: SegmentKey) {
    return this.map.get(JSON.stringify(key));
  }
  put(record: SnapshotRecord) {
    this.map.set(JSON.stringify(record.key), record);
  }
  delete(key: SegmentKey) {
    this.map.delete(JSON.stringify(key));
  }
  all() {
    return [...this.map.values()];
  }
}

let folder: string;
let records: Records;
let stores: VectorStore[] = [];

let index: VectorIndexName;

function open(): VectorStore {
  const store = createVectorStore({ index, exactBelow: 1000, snapshotFolder: folder, records });
  stores.push(store);
  return store;
}

beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/elanus-snapshot-`);
  records = new Records();
});
afterEach(async () => {
  for (const store of stores) await store.close();
  stores = [];
  rmSync(folder, { recursive: true, force: true });
});

/** Counts what is read, so that a test can tell a snapshot from a rebuild. */
class CountingOracle extends Oracle {
  vectorsRead = 0;
  #sorted: Float64Array | undefined;
  override ids(): Float64Array {
    if (this.#sorted === undefined || this.#sorted.length !== this.rows.size) this.#sorted = super.ids();
    return this.#sorted;
  }
  override readRows(rowIds: Float64Array) {
    const read = super.readRows(rowIds);
    this.vectorsRead += read.vectors.length;
    return read;
  }
}

function source(metric: PlainMetric, from: number, count: number, seed: number): CountingOracle {
  const oracle = new CountingOracle(metric);
  const data = clustered(count, D, seed);
  for (let i = 0; i < count; i++) oracle.rows.set(from + i, data.slice(i * D, (i + 1) * D));
  return oracle;
}

async function load(store: VectorStore, options: SegmentOptions, from: VectorSource): Promise<VectorSegment> {
  const segment = store.createSegment(options);
  await segment.load(from, { aborted: false }, () => {});
  return segment;
}

/** Loads from the source, builds, writes the snapshot, closes. */
async function prepare(options: SegmentOptions, from: VectorSource): Promise<number[]> {
  const store = open();
  const segment = await load(store, options, from);
  await segment.idle();
  expect(segment.progress()).toMatchObject({ graphRows: N, pending: 0, snapshot: "current", failReason: "" });
  const answer = ids(segment);
  await store.close();
  return answer;
}

const query = clustered(1, D, 77);
const ids = (segment: VectorSegment, exact = false) =>
  Array.from(segment.search(asBytes(query), { k: 30, ef: 30, exact }).rowIds);
/** Snapshots in the folder; those of hnswlib have a second file. */
const files = () => readdirSync(folder).filter((name) => !name.endsWith(".rows"));

/** Whether the graph came from the snapshot: the kernel reads no vector then, hnswlib has its graph at once. */
function isRestored(segment: VectorSegment, from: CountingOracle, rows = N): boolean {
  return index === "kernel" ? from.vectorsRead === 0 : segment.progress().graphRows === rows;
}

describe.each(INDEXES)("snapshot of %s", (name) => {
  beforeEach(() => {
    index = name;
  });

  it.each(["L2", "IP", "COSINE"] as const)("brings a graph back, %s", async (metric) => {
    const options = segmentOptions(D, metric, "graph");
    const from = source(metric, 1, N, 1);
    const before = await prepare(options, from);
    expect(files()).toHaveLength(1);
    from.vectorsRead = 0;
    const segment = await load(open(), options, from);
    expect(isRestored(segment, from)).toBe(true);
    expect(segment.progress()).toMatchObject({ rows: N, graphRows: N, pending: 0, snapshot: "current" });
    expect(ids(segment)).toEqual(before);
    expect(ids(segment, true)).toEqual(from.search(query, 30).map((h) => h.rowId));
    await segment.idle();
    expect(files()).toHaveLength(1);
  });

  it("catches up with rows that came and went while it lay there, and goes on building", async () => {
    const options = segmentOptions(D, "L2", "graph");
    const from = source("L2", 1, N, 2);
    await prepare(options, from);
    for (let id = 5; id < 900; id += 3) from.rows.delete(id);
    for (const [id, v] of source("L2", N + 10, 2000, 3).rows) from.rows.set(id, v);
    from.vectorsRead = 0;
    const segment = await load(open(), options, from);
    if (index === "kernel") expect(from.vectorsRead).toBe(2000);
    else expect(segment.progress().growingRows).toBe(2000);
    expect(segment.size).toBe(from.rows.size);
    expect(ids(segment, true)).toEqual(from.search(query, 30).map((h) => h.rowId));
    segment.append(rowsOf(N + 5000, 1), asBytes(query));
    await segment.idle();
    expect(segment.progress()).toMatchObject({ rows: from.rows.size + 1, growingRows: 0, pending: 0 });
    expect(ids(segment)[0]).toBe(N + 5000);
    expect(files()).toHaveLength(1);
  });

  it("is rebuilt from the source when the source is another", async () => {
    const options = segmentOptions(D, "L2", "graph");
    await prepare(options, source("L2", 100, N, 4));
    // Rows with lower ids, which a snapshot of this source could not lack.
    const other = source("L2", 50, N, 5);
    const segment = await load(open(), options, other);
    expect(ids(segment, true)).toEqual(other.search(query, 30).map((h) => h.rowId));
    await segment.idle();
    expect(segment.progress()).toMatchObject({ rows: N, graphRows: N, snapshot: "current" });
  });

  const damages: Record<string, (path: string, other: string) => void> = {
    "cut short": (path) => writeFileSync(path, readFileSync(path).subarray(0, statSync(path).size - 512)),
    "cut to nothing": (path) => writeFileSync(path, ""),
    missing: (path) => rmSync(path),
    "longer than recorded": (path) => writeFileSync(path, Buffer.concat([readFileSync(path), Buffer.alloc(512)])),
    "another segment's file": (path, other) => copyFileSync(other, path),
    "no snapshot at all": (path) => writeFileSync(path, Buffer.alloc(statSync(path).size, 7)),
    "of a newer format": (path) => {
      const bytes = readFileSync(path);
      bytes.writeUInt32LE(99, 8);
      writeFileSync(path, bytes);
    },
    "with a changed header": (path) => flip(path, 40, 3),
    "with a bit flipped in the first vector": (path) => flip(path, 4096, 0),
    "with a bit flipped in the middle": (path) => flip(path, Math.floor(statSync(path).size / 2), 5),
    "with a bit flipped at the end": (path) => flip(path, statSync(path).size - 1, 7),
    "with two blocks exchanged": (path) => {
      const bytes = readFileSync(path);
      const block = Buffer.from(bytes.subarray(8192, 8256));
      bytes.copyWithin(8192, 8256, 8320);
      block.copy(bytes, 8256);
      writeFileSync(path, bytes);
    },
  };
  function flip(path: string, at: number, bit: number) {
    const bytes = readFileSync(path);
    bytes[at]! ^= 1 << bit;
    writeFileSync(path, bytes);
  }

  const ofRows = (path: string) => `${path}.rows`;
  /** The second file of hnswlib says which rows the labels are. */
  const damagedRows: Record<string, (path: string, other: string) => void> = {
    "without its rows": (path) => rmSync(ofRows(path)),
    "beside the rows of another segment": (path, other) => copyFileSync(ofRows(other), ofRows(path)),
    "beside rows cut short": (path) => writeFileSync(ofRows(path), readFileSync(ofRows(path)).subarray(0, -8)),
    "beside rows with a changed header": (path) => flip(ofRows(path), 60, 2),
    "beside rows with a bit flipped": (path) => flip(ofRows(path), 4096 + 800, 1),
  };
  const all = name === "hnswlib" ? { ...damages, ...damagedRows } : damages;

  it.each(Object.keys(all))("is not trusted when it is %s", async (damage) => {
    const options = segmentOptions(D, "L2", "graph");
    const from = source("L2", 1, N, 6);
    const answer = await prepare(options, from);
    const otherOptions = segmentOptions(D, "L2", "graph");
    await prepare(otherOptions, source("L2", 1, N, 7));
    const path = (o: SegmentOptions) => join(folder, records.get(o.key)!.file);
    all[damage]!(path(options), path(otherOptions));
    from.vectorsRead = 0;
    const segment = await load(open(), options, from);
    expect(isRestored(segment, from)).toBe(false);
    expect(ids(segment, true)).toEqual(from.search(query, 30).map((h) => h.rowId));
    // The graph comes back by itself, and is saved again.
    await segment.idle();
    expect(segment.progress()).toMatchObject({ graphRows: N, snapshot: "current", failReason: "" });
    expect(ids(segment)).toEqual(answer);
    expect(files()).toHaveLength(2);
  });

  it("is not used when the index parameters or the record changed", async () => {
    const options = segmentOptions(D, "L2", "graph");
    const from = source("L2", 1, N, 8);
    await prepare(options, from);
    for (const changed of [{ m: 12 }, { efConstruction: 77 }, { metric: "IP" as const }]) {
      from.vectorsRead = 0;
      const store = open();
      expect(isRestored(await load(store, { ...options, ...changed }, from), from)).toBe(false);
      await store.close();
      records.map.clear();
      rmSync(folder, { recursive: true, force: true });
      await prepare(options, from);
    }
    const record = records.get(options.key)!;
    records.put({ ...record, checksum: "0".repeat(16) });
    from.vectorsRead = 0;
    expect(isRestored(await load(open(), options, from), from)).toBe(false);
  });

  it("lets go of a segment that is closed, or told to stop, while it is read", async () => {
    const options = segmentOptions(D, "L2", "graph");
    const from = source("L2", 1, N, 14);
    await prepare(options, from);
    for (let turns = 0; turns < 12; turns++) {
      const store = open();
      const segment = store.createSegment(options);
      const signal = { aborted: false };
      const loading = segment.load(from, signal, () => {});
      for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
      if (turns % 2 === 0) segment.close();
      else signal.aborted = true;
      await loading;
      await store.close();
    }
    // The snapshot has done nothing wrong.
    from.vectorsRead = 0;
    expect(isRestored(await load(open(), options, from), from)).toBe(true);
  });

  it("goes with its segment: forget removes file and record, also of a build under way", async () => {
    const options = segmentOptions(D, "L2", "graph");
    await prepare(options, source("L2", 1, N, 9));
    const store = open();
    store.forget({ collectionId: 999 });
    expect(files()).toHaveLength(1);
    const other = segmentOptions(D, "L2", "graph", { key: { collectionId: 2, partitionId: 3, fieldId: 4 } });
    const segment = store.createSegment(other);
    segment.append(rowsOf(1, N), asBytes(clustered(N, D, 10)));
    await new Promise((resolve) => setTimeout(resolve, 50));
    store.forget({ collectionId: 2 });
    store.forget({ partitionId: options.key.partitionId });
    segment.close();
    await store.close();
    expect(files()).toEqual([]);
    expect(records.all()).toEqual([]);
  });

  it("removes files that nobody recorded, and nothing else", async () => {
    const options = segmentOptions(D, "L2", "graph");
    await prepare(options, source("L2", 1, N, 11));
    const known = files()[0]!;
    const ours = ["graph", "graph.tmp", "hnsw", "hnsw.tmp", "hnsw.rows", "hnsw.rows.tmp"];
    const left = ours.map((end) => `1-2-3-abc.elanus-${end}`);
    for (const name of [...left, `${known}.tmp`, "notes.txt"]) writeFileSync(join(folder, name), "left behind");
    open();
    expect(files().sort()).toEqual([known, "notes.txt"].sort());
    expect(readdirSync(folder)).toHaveLength(index === "kernel" ? 2 : 3);
  });

  it("saves what is built when the store closes in the middle of a long build", async () => {
    const options = segmentOptions(D, "L2", "graph", { m: 16, efConstruction: 200 });
    // Twice as many where this thread came too late to close in the middle.
    for (let count = 40_000; ; count *= 2) {
      const store = open();
      const segment = store.createSegment(options);
      segment.append(rowsOf(1, count), asBytes(clustered(count, D, 12)));
      while (segment.progress().graphRows < 12_000) await new Promise((resolve) => setTimeout(resolve, 10));
      await store.close();
      const { rows } = records.get(options.key)!;
      expect(rows).toBeGreaterThanOrEqual(12_000);
      if (rows < count) break;
    }
  });

  it("does without when the folder cannot be written", async () => {
    writeFileSync(join(folder, "file"), "");
    const store = createVectorStore({
      index,
      exactBelow: 1000,
      snapshotFolder: join(folder, "file", "below"),
      records,
    });
    stores.push(store);
    const segment = store.createSegment(segmentOptions(D, "L2", "graph"));
    segment.append(rowsOf(1, N), asBytes(clustered(N, D, 13)));
    await segment.idle();
    expect(segment.progress()).toMatchObject({ graphRows: N, snapshot: "none" });
    expect(segment.progress().failReason).toMatch(/snapshot/);
    expect(records.all()).toEqual([]);
  });
});
