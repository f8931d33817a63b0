import { randomUUID } from "node:crypto";
import { closeSync, openSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPackage, loadPackage } from "../../../runtime/packages.js";
import { type BuildJob, STOP } from "../build/build-job.js";
import { CONTROL } from "../kernel/kernel.js";
import type { Part } from "../part.js";

// The other builder: hnswlib-node makes the graph, its links are copied into the part. The same graph search serves
// both, so one is the other's oracle.

interface HnswIndex {
  initIndex(maxElements: number, m: number, efConstruction: number, seed: number): void;
  resizeIndex(maxElements: number): void;
  addPoint(vector: number[], label: number): void;
  writeIndexSync(file: string): void;
}
type HnswModule = { HierarchicalNSW: new (space: "l2" | "ip", dimension: number) => HnswIndex };

/** True when hnswlib-node is installed; it is not loaded for that. */
export function hasHnswlib(): boolean {
  try {
    findPackage("hnswlib-node");
    return true;
  } catch {
    return false;
  }
}

interface Building {
  readonly index: HnswIndex;
  capacity: number;
  /** Rows taken over or passed over as deleted. */
  rows: number;
  added: number;
}
const underWay = new WeakMap<Part, Building>();

/** Adds the rows that are not in the index yet, then copies the graph over. Goes on where an earlier call ended. */
export function buildWithHnswlib(job: BuildJob, part: Part): void {
  const { dimension, metric, m } = job.geometry;
  const rows = Atomics.load(part.words, CONTROL.rows);
  let state = underWay.get(part);
  if (state === undefined) {
    const { HierarchicalNSW } = loadPackage("hnswlib-node") as HnswModule;
    // Rows of a cosine field are stored with length 1: their inner product is the cosine.
    const index = new HierarchicalNSW(metric === "L2" ? "l2" : "ip", dimension);
    const capacity = Math.ceil(rows * 1.2) + 1000;
    index.initIndex(capacity, m, job.efConstruction, 100);
    state = { index, capacity, rows: 0, added: 0 };
    underWay.set(part, state);
  }
  if (rows > state.capacity) {
    state.capacity = Math.ceil(rows * 1.5);
    state.index.resizeIndex(state.capacity);
  }
  part.kernel.refresh();
  // addPoint takes plain arrays only; one is enough.
  const vector = new Array<number>(dimension).fill(0);
  for (let row = state.rows; row < rows; row++) {
    // The thread is never terminated from outside while it adds: that would abort the process.
    if (Atomics.load(part.words, CONTROL.stop) !== STOP.run) return;
    if (!part.isRemoved(row)) {
      const bytes = part.bytesAt(part.kernel.vectorAddress(row) >>> 0, dimension * 4);
      const floats = new Float32Array(bytes.buffer, bytes.byteOffset, dimension);
      for (let i = 0; i < dimension; i++) vector[i] = floats[i]!;
      state.index.addPoint(vector, row);
      state.added++;
    }
    state.rows = row + 1;
  }
  part.kernel.encodeRows(0, rows);
  if (state.added > 0) copyGraph(state, part, job.snapshot?.folder ?? tmpdir());
  Atomics.store(part.words, CONTROL.graphRows, rows);
}

/** By way of a file, the only form in which the addon gives its links away; it is gone when this returns. */
function copyGraph(state: Building, part: Part, folder: string): void {
  const path = join(folder, `elanus-${process.pid}-${randomUUID()}.hnsw`);
  try {
    state.index.writeIndexSync(path);
    // writeIndexSync reports no error: a missing or short file shows here.
    const file = openSync(path, "r");
    try {
      importLinks(file, part, state.added);
    } finally {
      closeSync(file);
    }
  } finally {
    rmSync(path, { force: true });
  }
}

function importLinks(file: number, part: Part, expected: number): void {
  const { m, rowShift } = part.geometry;
  const { kernel } = part;
  const header = readAt(file, 0, 96);
  const number = (at: number) => Number(header.readBigUInt64LE(at));
  const count = number(16);
  const elementBytes = number(24);
  const labelAt = number(32);
  if (count !== expected || number(56) !== m || number(64) !== 2 * m) throw new Error("hnswlib wrote another graph");
  const chunkMask = (1 << rowShift) - 1;
  const chunkOf = (row: number) => (kernel.vectorAddress(row & ~chunkMask) >>> 0) >>> 2;
  const offLinks = kernel.getOffLinks() >>> 2;
  const offUpper = kernel.getOffUpper() >>> 2;
  // Labels are our ordinals; hnswlib's own numbers count the added rows only.
  const ordinals = new Uint32Array(count);
  const batch = Math.max(1, Math.floor((4 * 1024 * 1024) / elementBytes));
  for (let i = 0; i < count; i += batch) {
    const n = Math.min(batch, count - i);
    const block = readAt(file, 96 + i * elementBytes, n * elementBytes);
    for (let j = 0; j < n; j++) ordinals[i + j] = block.readUInt32LE(j * elementBytes + labelAt);
  }
  const writeList = (words: Uint32Array, at: number, width: number, block: Buffer, from: number) => {
    const n = block.readUInt16LE(from);
    for (let l = 0; l < n; l++) words[at + l] = ordinals[block.readUInt32LE(from + 4 + 4 * l)]!;
    if (n < width) words[at + n] = 0xffffffff;
  };
  for (let i = 0; i < count; i += batch) {
    const n = Math.min(batch, count - i);
    const block = readAt(file, 96 + i * elementBytes, n * elementBytes);
    for (let j = 0; j < n; j++) {
      const row = ordinals[i + j]!;
      writeList(part.words, chunkOf(row) + offLinks + (row & chunkMask) * 2 * m, 2 * m, block, j * elementBytes);
    }
  }
  const listBytes = 4 * m + 4;
  let position = 96 + count * elementBytes;
  let block: Buffer = Buffer.alloc(0);
  let at = 0;
  const need = (bytes: number) => {
    if (at + bytes <= block.length) return;
    position += at;
    block = readSome(file, position, Math.max(bytes, 1024 * 1024));
    at = 0;
    if (block.length < bytes) throw new Error("hnswlib wrote a short file");
  };
  for (let i = 0; i < count; i++) {
    need(4);
    const bytes = block.readUInt32LE(at);
    at += 4;
    if (bytes === 0) continue;
    need(bytes);
    const level = bytes / listBytes;
    const upper = kernel.makeUpper(level) >>> 0;
    if (upper === 0) throw new Error("no memory for the graph");
    part.bytesAt(upper, bytes);
    for (let l = 0; l < level; l++) {
      writeList(part.words, (upper >>> 2) + 1 + l * m, m, block, at + l * listBytes);
    }
    const row = ordinals[i]!;
    Atomics.store(part.words, chunkOf(row) + offUpper + (row & chunkMask), upper);
    at += bytes;
  }
  part.words[CONTROL.entryRow] = ordinals[header.readUInt32LE(52)]!;
  part.words[CONTROL.entryLevels] = header.readInt32LE(48) + 1;
}

function readSome(file: number, position: number, bytes: number): Buffer {
  const block = Buffer.alloc(bytes);
  let done = 0;
  while (done < bytes) {
    const n = readSync(file, block, done, bytes - done, position + done);
    if (n === 0) break;
    done += n;
  }
  return block.subarray(0, done);
}

function readAt(file: number, position: number, bytes: number): Buffer {
  const block = readSome(file, position, bytes);
  if (block.length < bytes) throw new Error("hnswlib wrote a short file");
  return block;
}
