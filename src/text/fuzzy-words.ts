import { type Deadline, NO_DEADLINE } from "../values/deadline.js";

/** Verdicts on words that are kept, since texts share most of their words: so many, of words of so many characters together. */
const KNOWN_WORDS = 100_000;
const KNOWN_CHARACTERS = 2_000_000;
/** Words of the query between two looks at the deadline. */
const LOOK_EVERY = 1024;

/**
 * Words, and whether another one differs from any of them by at most `distance` changes: a character put in, left out or
 * replaced, or two neighbours exchanged (optimal string alignment: what was exchanged is not changed again). A character is
 * a Unicode code point.
 *
 * The words stand in order, so that what two of them begin with is compared once, and a beginning that is too far away
 * already takes all its words along.
 */
export class FuzzyWords {
  readonly #distance: number;
  readonly #words: readonly Uint32Array[];
  /** Of each word: how many characters it begins with like the one before it. */
  readonly #shared: readonly number[];
  readonly #exact: ReadonlySet<string>;
  readonly #longest: number;
  /** Emptied when it is full: to keep what is used most would cost more for each word than it wins. */
  readonly #known = new Map<string, boolean>();
  #knownCharacters = 0;

  /** @param distance 0, 1 or 2 */
  constructor(words: readonly string[], distance: number) {
    this.#distance = distance;
    this.#exact = new Set(words);
    this.#words = [...this.#exact].map(codePoints).sort(compareCodePoints);
    this.#shared = this.#words.map((word, i) => sharedLength(word, this.#words[i - 1] ?? new Uint32Array()));
    this.#longest = this.#words.reduce((most, word) => Math.max(most, word.length), 0);
  }

  /** Is any of these words near enough to one of the query? */
  matches(words: readonly string[], deadline: Deadline = NO_DEADLINE): boolean {
    for (const word of words) {
      if (this.#known.get(word) ?? this.#judge(word, deadline)) return true;
    }
    return false;
  }

  #judge(word: string, deadline: Deadline): boolean {
    const near = this.#isNear(word, deadline);
    if (this.#known.size >= KNOWN_WORDS || this.#knownCharacters + word.length > KNOWN_CHARACTERS) {
      this.#known.clear();
      this.#knownCharacters = 0;
    }
    this.#known.set(word, near);
    this.#knownCharacters += word.length;
    return near;
  }

  #isNear(word: string, deadline: Deadline): boolean {
    if (this.#exact.has(word)) return true;
    // A character is one or two units.
    if (this.#distance === 0 || word.length > 2 * (this.#longest + this.#distance)) return false;
    const rows = new Rows(codePoints(word), this.#distance);
    // Beginnings up to this length have their rows; `Infinity`: all of the last word.
    let tooFarAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < this.#words.length; i++) {
      if (i % LOOK_EVERY === 0) deadline.check();
      const candidate = this.#words[i] as Uint32Array;
      const shared = this.#shared[i] as number;
      if (shared >= tooFarAt) continue;
      tooFarAt = Number.POSITIVE_INFINITY;
      let row = shared;
      while (row < candidate.length) {
        row++;
        if (rows.add(candidate, row)) continue;
        tooFarAt = row;
        break;
      }
      if (tooFarAt === Number.POSITIVE_INFINITY && rows.last(candidate.length) <= this.#distance) return true;
    }
    return false;
  }
}

/**
 * The table of distances between beginnings of two words, but for a band around its diagonal: what lies further away than
 * `most` places has more changes than that. Row `i` is about the first `i` characters of a candidate.
 */
class Rows {
  readonly #word: Uint32Array;
  readonly #most: number;
  readonly #width: number;
  #cells: Uint8Array;

  constructor(word: Uint32Array, most: number) {
    this.#word = word;
    this.#most = most;
    this.#width = 2 * most + 1;
    this.#cells = new Uint8Array(this.#width * 32);
    for (let at = 0; at < this.#width; at++) this.#cells[at] = at >= most ? at - most : most + 1;
  }

  /** Fills a row from those before it. @returns false where no continuation can be near enough */
  add(candidate: Uint32Array, row: number): boolean {
    this.#reserve(row);
    const most = this.#most;
    const far = most + 1;
    let least = far;
    for (let at = 0; at < this.#width; at++) {
      const column = row - most + at;
      let changes = far;
      if (column === 0) changes = Math.min(far, row);
      else if (column > 0 && column <= this.#word.length) {
        const same = candidate[row - 1] === this.#word[column - 1];
        changes = Math.min(
          this.#cell(row - 1, at) + (same ? 0 : 1),
          at + 1 < this.#width ? this.#cell(row - 1, at + 1) + 1 : far,
          at > 0 ? this.#cell(row, at - 1) + 1 : far,
          far,
        );
        if (
          row > 1 &&
          column > 1 &&
          candidate[row - 1] === this.#word[column - 2] &&
          candidate[row - 2] === this.#word[column - 1]
        ) {
          changes = Math.min(changes, this.#cell(row - 2, at) + 1);
        }
      }
      this.#cells[row * this.#width + at] = changes;
      if (changes < least) least = changes;
    }
    // Two neighbours may still be exchanged across this row, which costs one more than the row before.
    return least <= most || this.#least(row - 1) < most;
  }

  /** Changes between the whole word and a candidate of that length. */
  last(length: number): number {
    const at = this.#word.length - length + this.#most;
    return at < 0 || at >= this.#width ? this.#most + 1 : this.#cell(length, at);
  }

  #cell(row: number, at: number): number {
    return this.#cells[row * this.#width + at] as number;
  }

  #least(row: number): number {
    let least = this.#most + 1;
    for (let at = 0; at < this.#width; at++) least = Math.min(least, this.#cell(row, at));
    return least;
  }

  #reserve(row: number): void {
    if ((row + 1) * this.#width <= this.#cells.length) return;
    const larger = new Uint8Array(this.#cells.length * 2);
    larger.set(this.#cells);
    this.#cells = larger;
  }
}

function codePoints(text: string): Uint32Array {
  return Uint32Array.from(text, (character) => character.codePointAt(0) as number);
}

function sharedLength(a: Uint32Array, b: Uint32Array): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}

function compareCodePoints(a: Uint32Array, b: Uint32Array): number {
  const shared = sharedLength(a, b);
  return (a[shared] ?? -1) - (b[shared] ?? -1);
}
