/** Of a longer text or list so many characters or numbers are looked at. */
const LOOKED_AT = 256;

const [BASIS, PRIME] = [0x811c9dc5, 0x01000193];

/** FNV-1a of a text in 32 bits; of a long one over its ends and what lies evenly between. Never 0, which stands for nothing. */
export function sampledHash(text: string): number {
  let hash = BASIS ^ text.length;
  const step = Math.max(1, Math.floor(text.length / LOOKED_AT));
  for (let at = text.length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ text.charCodeAt(at), PRIME);
  return hash === 0 ? 1 : hash;
}

/** The same of a list, by the lower halves of its numbers. */
export function sampledHashOfNumbers(numbers: Float64Array): number {
  let hash = BASIS ^ numbers.length;
  const step = Math.max(1, Math.floor(numbers.length / LOOKED_AT));
  for (let at = numbers.length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ (numbers[at] as number), PRIME);
  return hash === 0 ? 1 : hash;
}
