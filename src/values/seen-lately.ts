import { sampledHash } from "./sampled-hash.js";

/** Texts that are told apart: two that fall together only count as one that has come before. */
const PLACES = 1024;

/**
 * Whether a text has come before, not long ago. What is made of a text should be kept for those that come again: to keep what never does
 * costs more, in collecting garbage, than it would to make it.
 */
export class SeenLately {
  readonly #hashes = new Int32Array(PLACES);

  /** Has it come before? From now on it has. */
  note(text: string): boolean {
    const hash = sampledHash(text);
    const place = (hash >>> 8) % PLACES;
    if (this.#hashes[place] === hash) return true;
    this.#hashes[place] = hash;
    return false;
  }
}
