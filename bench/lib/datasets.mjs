// The data sets, made once and kept in bench/data, with the exact neighbours of every query.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { clustered, uniformCube } from "../data.mjs";

const folder = process.env.BENCH_DATA ?? join(import.meta.dirname, "../data");
const here = import.meta.dirname;
/** Neighbours kept per query. */
const K = 10;
/** Stands where fewer than K rows are allowed. */
const NONE = 0xffffffff;
const MNIST_NAMES = ["images-idx3-ubyte", "labels-idx1-ubyte"];
/** Values of `sel`: uniform integers below this. */
export const SEL_RANGE = 1_000_000;
/** Queries for which the neighbours under moving windows are known. */
export const WINDOW_QUERIES = 200;

const SETS = {
  clus100k: { metric: "L2", dimension: 128, queries: 500, make: (n) => clustered(n, 1000, 128, 1001), rows: 100_000 },
  clus50k: { metric: "COSINE", dimension: 768, queries: 300, make: (n) => clustered(n, 500, 768, 2002), rows: 50_000 },
  clus384: { metric: "COSINE", dimension: 384, queries: 300, make: (n) => clustered(n, 500, 384, 4004), rows: 20_000 },
  uniform: { metric: "L2", dimension: 128, queries: 200, make: (n) => uniformCube(n, 200, 128, 3003), rows: 50_000 },
  mnist: { metric: "L2", dimension: 784, queries: 500, make: mnist, rows: 0 },
};

/**
 * A data set: { name, metric, dimension, rows, base, sel, row(i), queryCount, query(i), truth(i) }, made when missing.
 * @param rows default: the size that the name tells
 */
export function dataset(name, rows = SETS[name].rows || mnistRows()) {
  const spec = SETS[name];
  const file = (part) => join(folder, `${name}-${rows}.${part}`);
  if (!existsSync(file("base"))) {
    const made = spec.make(rows);
    save(file("queries"), made.queries.subarray(0, spec.queries * spec.dimension));
    if (made.labels !== undefined) save(file("labels"), made.labels);
    save(file("base"), made.base);
  }
  let base;
  const queries = load(file("queries"), Float32Array);
  const d = spec.dimension;
  const set = {
    name,
    rows,
    metric: spec.metric,
    dimension: d,
    /** Read when first asked for: phases that measure memory never ask. */
    get base() {
      base ??= load(file("base"), Float32Array);
      return base;
    },
    queries,
    files: { base: file("base"), queries: file("queries"), truth: file("truth") },
    sel: selector(rows, 77),
    queryCount: Math.min(spec.queries, queries.length / d),
    row: (i) => set.base.subarray(i * d, (i + 1) * d),
    query: (i) => queries.subarray(i * d, (i + 1) * d),
  };
  if (existsSync(file("labels"))) set.labels = load(file("labels"), Uint8Array);
  let truth;
  set.truth = (i) => {
    if (truth === undefined) {
      if (!existsSync(file("truth"))) save(file("truth"), neighbours(set, spec.queries, K));
      truth = load(file("truth"), Uint32Array);
    }
    return truth.subarray(i * K, (i + 1) * K);
  };
  return set;
}

/** Makes sure that data, neighbours and windows of a set are on disk. */
export function prepare(name, rows, percents = []) {
  const set = dataset(name, rows);
  set.truth(0);
  for (const percent of percents) {
    windowTruth(set, percent)(0);
    fixedTruth(set, percent)(0);
  }
}

/**
 * The window of query `i` in pass `pass`: `sel >= from && sel < to`, `percent` of the rows wide, another one each time.
 */
export function windowOf(percent, i, pass) {
  const width = Math.round((SEL_RANGE * percent) / 100);
  const seed = (pass + 2) * 100_003 + i * 7919 + Math.round(percent * 31);
  const from = Math.floor(mixed(seed) * (SEL_RANGE - width));
  return { from, to: from + width };
}

/** Exact neighbours under the windows of pass 0: a function of the query's number. */
export function windowTruth(set, percent) {
  const file = `${set.files.base}.window${percent}`;
  if (!existsSync(file))
    save(
      file,
      selected(set, (i) => windowOf(percent, i, 0)),
    );
  return reader(file);
}

/** Exact neighbours under the one filter `sel < percent of the range`. */
export function fixedTruth(set, percent) {
  const file = `${set.files.base}.fixed${percent}`;
  if (!existsSync(file))
    save(
      file,
      selected(set, () => fixedWindow(percent)),
    );
  return reader(file);
}

export function fixedWindow(percent) {
  return { from: 0, to: Math.round((SEL_RANGE * percent) / 100) };
}

function selected(set, window) {
  const queries = Math.min(WINDOW_QUERIES, set.queryCount);
  return neighbours(set, queries, K, (i) => {
    const { from, to } = window(i);
    return (row) => set.sel[row] >= from && set.sel[row] < to;
  });
}

function reader(file) {
  const ids = load(file, Uint32Array);
  return (i) => ids.subarray(i * K, (i + 1) * K).filter((id) => id !== NONE);
}

/**
 * The exact `k` nearest rows of each query, in double precision, independent of the engine; places that stay empty
 * hold 0xffffffff.
 * @param allowed (query) -> (row) -> whether the row takes part; undefined: all rows do
 */
export function neighbours({ base, dimension, rows, metric, query }, queries, k, allowed) {
  const ids = new Uint32Array(queries * k).fill(NONE);
  const scale = new Float64Array(rows).fill(1);
  if (metric === "COSINE") {
    for (let i = 0; i < rows; i++) {
      let sum = 0;
      for (let d = 0; d < dimension; d++) sum += base[i * dimension + d] ** 2;
      scale[i] = 1 / Math.sqrt(sum);
    }
  }
  const distance = metric === "L2" ? squared : negatedDot;
  const best = new Float64Array(k);
  const rowsOf = new Uint32Array(k);
  for (let q = 0; q < queries; q++) {
    const vector = query(q);
    const takes = allowed?.(q);
    let found = 0;
    for (let i = 0; i < rows; i++) {
      if (takes !== undefined && !takes(i)) continue;
      const value = distance(base, i * dimension, vector, dimension) * scale[i];
      if (found === k && value >= best[k - 1]) continue;
      let at = found < k ? found++ : k - 1;
      while (at > 0 && best[at - 1] > value) {
        best[at] = best[at - 1];
        rowsOf[at] = rowsOf[at - 1];
        at--;
      }
      best[at] = value;
      rowsOf[at] = i;
    }
    ids.set(rowsOf.subarray(0, found), q * k);
  }
  return ids;
}

function squared(base, at, query, dimension) {
  let a = 0;
  let b = 0;
  let c = 0;
  let e = 0;
  for (let d = 0, p = at; d < dimension; d += 4, p += 4) {
    const w = base[p] - query[d];
    const x = base[p + 1] - query[d + 1];
    const y = base[p + 2] - query[d + 2];
    const z = base[p + 3] - query[d + 3];
    a += w * w;
    b += x * x;
    c += y * y;
    e += z * z;
  }
  return a + b + c + e;
}

function negatedDot(base, at, query, dimension) {
  let a = 0;
  let b = 0;
  let c = 0;
  let e = 0;
  for (let d = 0, p = at; d < dimension; d += 4, p += 4) {
    a -= base[p] * query[d];
    b -= base[p + 1] * query[d + 1];
    c -= base[p + 2] * query[d + 2];
    e -= base[p + 3] * query[d + 3];
  }
  return a + b + c + e;
}

/** Uniform integers below SEL_RANGE: `sel < 10_000` is 1 % of the rows. */
export function selector(rows, seed) {
  let state = seed >>> 0;
  return Int32Array.from({ length: rows }, () => {
    state = (state + 0x9e3779b9) >>> 0;
    return Math.floor(unit(state) * SEL_RANGE);
  });
}

function mixed(seed) {
  return unit((Math.imul(seed, 0x9e3779b1) + 0x7f4a7c15) >>> 0);
}

function unit(state) {
  let t = state ^ (state >>> 16);
  t = Math.imul(t, 0x21f0aaad);
  t ^= t >>> 15;
  t = Math.imul(t, 0x735a2d97);
  return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
}

/** With all 10,000 test images the last thousand are queries; of the part in the repository every eleventh image is one. */
function mnist(rows) {
  const files = mnistFiles();
  const pixels = files.images().subarray(16);
  const digits = files.labels().subarray(8);
  const isQuery = digits.length >= 10_000 ? (i) => i >= rows : (i) => i % 11 === 10;
  const order = Array.from(digits, (_, i) => i).sort((a, b) => Number(isQuery(a)) - Number(isQuery(b)) || a - b);
  const all = new Float32Array(digits.length * 784);
  for (let i = 0; i < order.length; i++) all.set(pixels.subarray(order[i] * 784, (order[i] + 1) * 784), i * 784);
  return {
    base: all.subarray(0, rows * 784),
    queries: all.subarray(rows * 784),
    labels: Uint8Array.from(order, (i) => digits[i]),
  };
}

/** Rows of the MNIST base at hand: 9000, or 1500 of the part in the repository. */
function mnistRows() {
  return mnistFiles().whole ? 9000 : 1500;
}

/** The images and labels: those in the folder that MNIST names (the original files), else those in the repository. */
function mnistFiles() {
  const original = process.env.MNIST;
  for (const prefix of original === undefined ? [] : ["mnist-t10k-", "t10k-"]) {
    const [images, labels] = MNIST_NAMES.map((name) => join(original, `${prefix}${name}.gz`));
    if (!existsSync(images) || !existsSync(labels)) continue;
    const read = (file) => gunzipSync(readFileSync(file));
    return { images: () => read(images), labels: () => read(labels), whole: true };
  }
  const [images, labels] = MNIST_NAMES.map((name) => join(here, "../../data/mnist", `${name}.br`));
  const read = (file) => brotliDecompressSync(readFileSync(file));
  return { images: () => read(images), labels: () => read(labels), whole: false };
}

function save(file, array) {
  mkdirSync(folder, { recursive: true });
  const bytes = Buffer.from(array.buffer, array.byteOffset, array.byteLength);
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

function load(file, Type) {
  const bytes = readFileSync(file);
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return new Type(copy.buffer);
}
