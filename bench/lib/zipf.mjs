// Terms as texts have them: a few of them nearly everywhere, most of them rare.

/** Numbers in [0, 1), the same on every machine. */
export function randomOf(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Terms by how often they come: the n-th as 1/n. */
export function zipf(random, vocabulary) {
  const sums = new Float64Array(vocabulary);
  let sum = 0;
  for (let i = 0; i < vocabulary; i++) {
    sum += 1 / (i + 1);
    sums[i] = sum;
  }
  return () => {
    const at = random() * sum;
    let [low, high] = [0, vocabulary - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle] < at) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/** So many different terms, each with a value. */
export function distinct(count, draw, value) {
  const pairs = new Map();
  while (pairs.size < count) pairs.set(draw(), value());
  return pairs;
}
