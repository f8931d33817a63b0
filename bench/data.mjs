/** Uneven Gaussian clusters of intrinsic dimension 24: bit for bit the same on every machine (only + - * and Math.sqrt). */
export function clustered(rows, queries, dimension, seed, centres = 256) {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x9e3779b9) >>> 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
  };
  const gaussian = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3);
  const LATENT = 24;
  const weights = Float64Array.from({ length: dimension * LATENT }, gaussian);
  const middle = Float64Array.from({ length: centres * LATENT }, gaussian);
  const all = new Float32Array((rows + queries) * dimension);
  const z = new Float64Array(LATENT);
  for (let i = 0; i < rows + queries; i++) {
    const v = uniform();
    const centre = Math.floor(centres * v * Math.sqrt(v));
    for (let l = 0; l < LATENT; l++) z[l] = middle[centre * LATENT + l] + 0.6 * gaussian();
    for (let d = 0; d < dimension; d++) {
      let sum = 0;
      for (let l = 0; l < LATENT; l++) sum += weights[d * LATENT + l] * z[l];
      all[i * dimension + d] = sum / Math.sqrt(LATENT) + 0.1 * gaussian();
    }
  }
  return { base: all.subarray(0, rows * dimension), queries: all.subarray(rows * dimension) };
}

/** Uniform in the unit cube: intrinsic dimension = dimension, the hard case for graphs. */
export function uniformCube(rows, queries, dimension, seed) {
  let state = seed >>> 0;
  const all = new Float32Array((rows + queries) * dimension);
  for (let i = 0; i < all.length; i++) {
    state = (state + 0x9e3779b9) >>> 0;
    let t = state ^ (state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    all[i] = ((t ^ (t >>> 15)) >>> 0) / 2 ** 32;
  }
  return { base: all.subarray(0, rows * dimension), queries: all.subarray(rows * dimension) };
}
