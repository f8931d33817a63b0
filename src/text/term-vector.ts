import { crc32 } from "node:zlib";

/** Texts as BM25 sees them: how often each term occurs, as the bytes of a sparse vector. */

/** Index and value take four bytes each. */
const ENTRY_BYTES = 8;
/** Longer words are told apart by their first bytes only. */
const TERM_BYTES = 100;
/** The largest 32-bit number is no index. */
const INDICES = 0xffff_ffff;
const MOST = 65535;

/** The number of a term: words of one number are one term. */
export function termId(word: string): number {
  if (word.length * 3 <= TERM_BYTES) return crc32(word) % INDICES;
  const bytes = Buffer.from(word);
  return crc32(bytes.length <= TERM_BYTES ? bytes : bytes.subarray(0, TERM_BYTES)) % INDICES;
}

/** Pairs of term and number of occurrences, little-endian, ascending by term. */
export function termVector(words: Iterable<string>): Uint8Array {
  const counts = new Map<number, number>();
  for (const word of words) {
    const id = termId(word);
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  const terms = [...counts.keys()].sort((a, b) => a - b);
  const view = new DataView(new ArrayBuffer(terms.length * ENTRY_BYTES));
  for (const [i, term] of terms.entries()) {
    view.setUint32(i * ENTRY_BYTES, term, true);
    view.setFloat32(i * ENTRY_BYTES + 4, Math.min(MOST, counts.get(term) as number), true);
  }
  return new Uint8Array(view.buffer);
}
