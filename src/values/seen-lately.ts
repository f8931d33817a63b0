/** Texts that are told apart: two that fall together only count as one that has come before. */
const PLACES = 1024;
/** Of a longer text so many characters are looked at. */
const LOOKED_AT = 256;

/**
 * Whether a text has come before, not long ago. What is made of a text should be kept for those that come again: to keep what never does
 * costs more, in collecting garbage, than it would to make it.
 */
export class SeenLately {
  readonly #hashes = new Int32Array(PLACES);

  /** Has it come before? From now on it has. */
  note(text: string): boolean {
    const hash = hashOf(text);
    const place = (hash >>> 8) % PLACES;
    if (this.#hashes[place] === hash) return true;
    this.#hashes[place] = hash;
    return false;
  }
}

/** FNV-1a; of a long text over its ends and what lies evenly between. Never 0, which stands for nothing. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5 ^ text.length;
  const step = Math.max(1, Math.floor(text.length / LOOKED_AT));
  for (let at = text.length - 1; at >= 0; at -= step) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash === 0 ? 1 : hash;
}
