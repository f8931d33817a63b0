// What a value adds to a score: the inner product, or BM25.

export let isBm25: bool = false;
let saturation: f64 = 1;
let base: f64 = 0;
let slope: f64 = 0;
export let averageLength: f64 = 1;
let k1: f64 = 0;
let b: f64 = 0;

/** 0: inner product; 1: BM25 with k1 and b. Once, before the first row. */
export function setWeighting(kind: u32, k: f64, balance: f64): void {
  isBm25 = kind == 1;
  k1 = k;
  b = balance;
  saturation = k1 + 1;
  setAverageLength(1);
}

/** Average length of all documents, at least 1. */
export function setAverageLength(average: f64): void {
  averageLength = average;
  base = k1 * (1 - b);
  slope = (k1 * b) / average;
}

/** A value's part of the score for a weight of 1. */
// @ts-ignore
@inline export function part(value: f64, length: f64): f64 {
  return isBm25 ? (value * saturation) / (value + base + slope * length) : value;
}

/** By how much the parts may have grown since lists were made for another average. */
export function growth(then: f64): f64 {
  return isBm25 && averageLength > then ? averageLength / then : 1;
}
