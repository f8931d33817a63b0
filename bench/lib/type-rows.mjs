// Rows and queries of every vector type, and their exact neighbours, computed here in double precision, apart from any engine.
import { clustered } from "../data.mjs";
import { distinct, randomOf, zipf } from "./zipf.mjs";

export const K = 10;
const QUERIES = 100;
const VOCABULARY = 20_000;

/** The K best of all rows. @param scoreOf larger is better */
function best(rows, scoreOf) {
  const list = [];
  for (let row = 0; row < rows; row++) {
    const score = scoreOf(row);
    if (score === undefined || (list.length === K && score <= list[K - 1].score)) continue;
    let at = list.length;
    while (at > 0 && list[at - 1].score < score) at--;
    list.splice(at, 0, { row, score });
    if (list.length > K) list.pop();
  }
  return list;
}

/** Whole numbers of -120 to 120: every type of numbers holds them exactly. */
function numbers(rows, dimension) {
  const { base, queries } = clustered(rows, QUERIES, dimension, 77);
  const whole = (all) => Float32Array.from(all, (x) => Math.max(-120, Math.min(120, Math.round(x * 40))));
  const [data, asked] = [whole(base), whole(queries)];
  const of = (all, i) => all.subarray(i * dimension, (i + 1) * dimension);
  const dot = (a, b) => a.reduce((sum, x, i) => sum + x * b[i], 0);
  const lengths = Float64Array.from({ length: rows }, (_, row) => Math.sqrt(dot(of(data, row), of(data, row))) || 1);
  const scores = {
    IP: (x) => (row) => dot(x, of(data, row)),
    COSINE: (x) => (row) => dot(x, of(data, row)) / lengths[row],
    L2: (x) => (row) => 2 * dot(x, of(data, row)) - lengths[row] ** 2,
  };
  return {
    value: (row) => Array.from(of(data, row)),
    queries: Array.from({ length: QUERIES }, (_, i) => Array.from(of(asked, i))),
    truth: (metric) => Array.from({ length: QUERIES }, (_, i) => best(rows, scores[metric](of(asked, i)))),
  };
}

const bitsIn = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll("0", "").length);

/** Bits around some centres, one in five of them turned over. */
function bits(rows, dimension) {
  const random = randomOf(5);
  const bytes = dimension / 8;
  const centres = Array.from({ length: 200 }, () => Uint8Array.from({ length: bytes }, () => random() * 256));
  const flips = () => {
    let byte = 0;
    for (let bit = 0; bit < 8; bit++) if (random() < 0.2) byte |= 1 << bit;
    return byte;
  };
  const make = () => centres[Math.floor(random() * centres.length)].map((byte) => byte ^ flips());
  const [data, asked] = [Array.from({ length: rows }, make), Array.from({ length: QUERIES }, make)];
  const count = (x, y, join) => x.reduce((sum, byte, i) => sum + bitsIn[join(byte, y[i])], 0);
  const differing = (x, y) => count(x, y, (a, b) => a ^ b);
  const scores = {
    HAMMING: (x) => (row) => -differing(x, data[row]),
    JACCARD: (x) => (row) => -differing(x, data[row]) / count(x, data[row], (a, b) => a | b),
  };
  return {
    value: (row) => data[row],
    queries: asked,
    truth: (metric) => asked.map((x) => best(rows, scores[metric](x))),
  };
}

function sparse(rows, terms) {
  const random = randomOf(42);
  const draw = zipf(random, VOCABULARY);
  const value = () => Math.fround(random() + 1e-6);
  const data = Array.from({ length: rows }, () => distinct(terms, draw, value));
  const asked = Array.from({ length: QUERIES }, () => distinct(10, draw, value));
  const scoreOf = (x) => (row) => {
    let sum = 0;
    for (const [term, weight] of x) sum += weight * (data[row].get(term) ?? 0);
    return sum > 0 ? sum : undefined;
  };
  return {
    value: (row) => Object.fromEntries(data[row]),
    queries: asked.map((x) => Object.fromEntries(x)),
    truth: () => asked.map((x) => best(rows, scoreOf(x))),
  };
}

function texts(rows, words) {
  const random = randomOf(7);
  const draw = zipf(random, VOCABULARY);
  const make = (count) => Array.from({ length: count }, () => `w${draw()}`);
  const data = Array.from({ length: rows }, () => make(Math.ceil(words * (0.5 + random()))));
  const asked = Array.from({ length: QUERIES }, () => make(4));
  const counts = data.map((text) => {
    const of = new Map();
    for (const word of text) of.set(word, (of.get(word) ?? 0) + 1);
    return of;
  });
  const average = data.reduce((sum, text) => sum + text.length, 0) / rows;
  const scoreOf = (x) => {
    const idf = x.map((word) => {
      const n = counts.filter((of) => of.has(word)).length;
      return Math.log(1 + (rows - n + 0.5) / (n + 0.5));
    });
    return (row) => {
      let sum = 0;
      for (const [i, word] of x.entries()) {
        const f = counts[row].get(word) ?? 0;
        sum += (idf[i] * f * 2.2) / (f + 1.2 * (0.25 + (0.75 * data[row].length) / average));
      }
      return sum > 0 ? sum : undefined;
    };
  };
  return {
    value: (row) => data[row].join(" "),
    queries: asked.map((x) => x.join(" ")),
    truth: () => asked.map((x) => best(rows, scoreOf(x))),
  };
}

export const MAKERS = { numbers, bits, sparse, texts };
