// Reads the MNIST images that ship in data/mnist (licence and origin beside them).
import { readFileSync } from "node:fs";
import { brotliDecompressSync } from "node:zlib";

const IMAGE_HEADER_BYTES = 16;
const LABEL_HEADER_BYTES = 8;

/** Every eleventh image is a query and stays out of the base. */
const QUERY_STRIDE = 11;

export const WIDTH = 28;
export const DIMENSION = WIDTH * WIDTH;

function read(name) {
  return brotliDecompressSync(readFileSync(new URL(`../../data/mnist/${name}.br`, import.meta.url)));
}

/**
 * The images as vectors: one float per pixel, 0 (paper) to 1 (ink).
 *
 * @returns {{ base: Digit[], queries: Digit[] }} 1,500 base images and 150 queries; `id` is the image's number in the file
 * @typedef {{ id: number, label: number, vector: number[] }} Digit
 */
export function loadMnist() {
  const images = read("images-idx3-ubyte").subarray(IMAGE_HEADER_BYTES);
  const labels = read("labels-idx1-ubyte").subarray(LABEL_HEADER_BYTES);
  const base = [];
  const queries = [];
  for (let id = 0; id < labels.length; id++) {
    const pixels = images.subarray(id * DIMENSION, (id + 1) * DIMENSION);
    const digit = { id, label: labels[id], vector: Array.from(pixels, (pixel) => pixel / 255) };
    (id % QUERY_STRIDE === QUERY_STRIDE - 1 ? queries : base).push(digit);
  }
  return { base, queries };
}
