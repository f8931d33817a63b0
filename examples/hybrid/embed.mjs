const DIMENSION = 256;

/**
 * In place of a model: three letters in a row of each word are counted, so that words with the same parts are near each other ("bake",
 * "baking", "baker"), however they end.
 */
export function embed(texts) {
  return texts.map((text) => {
    const vector = new Float32Array(DIMENSION);
    for (const word of text.toLowerCase().match(/\p{L}+/gu) ?? []) {
      const padded = `^${word}$`;
      for (let i = 0; i + 3 <= padded.length; i += 1) vector[hash(padded.slice(i, i + 3)) % DIMENSION] += 1;
    }
    vector[0] += 0.001; // A text without words has a direction too.
    return vector;
  });
}

/** FNV-1a. */
function hash(text) {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i += 1) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  return value;
}

embed.dimension = DIMENSION;
