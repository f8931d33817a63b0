/** How many numbers stand for a text. */
export const DIMENSION = 64;

/** A text as the words that are in it: a model that needs no network. Texts of the same words are near to each other. */
export function embed(text) {
  const vector = new Array(DIMENSION).fill(0);
  for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) {
    let hash = 2166136261;
    for (const letter of word) hash = Math.imul(hash ^ letter.codePointAt(0), 16777619) >>> 0;
    vector[hash % DIMENSION] += 1;
  }
  const length = Math.hypot(...vector) || 1;
  return vector.map((value) => value / length);
}
