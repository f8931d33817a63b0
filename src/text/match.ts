import { type Deadline, NO_DEADLINE } from "../values/deadline.js";
import type { Analyzer } from "./analyzer.js";

/** Whether a text holds words, or words in a row. */

/** A word of a phrase and its place: words that a filter took out leave gaps. */
export interface PhraseToken {
  readonly text: string;
  readonly position: number;
}

/** The tokens of a query, and how often each stands there. */
export type TokenCounts = ReadonlyMap<string, number>;

export function countTokens(tokens: readonly string[]): TokenCounts {
  const counts = new Map<string, number>();
  for (const token of tokens) counts.set(token, (counts.get(token) ?? 0) + 1);
  return counts;
}

/**
 * Do at least `minimum` of the tokens occur in a text? A token that stands twice in the query counts twice. False when there
 * are no tokens.
 */
export function matchesText(analyzer: Analyzer, text: string, tokens: TokenCounts, minimum: number): boolean {
  if (tokens.size === 0) return false;
  if (minimum <= 0) return true;
  let found = 0;
  for (const word of new Set(analyzer.words(text))) {
    found += tokens.get(word) ?? 0;
    if (found >= minimum) return true;
  }
  return false;
}

/**
 * Does a text hold the tokens as a phrase? `slop` is the number of positions by which words may be moved in all (an exchange
 * of two neighbours costs 2). False when there are no tokens.
 *
 * The shift of a token is its position in the text less its place in the phrase. Two tokens, or no slop: shifts can be chosen
 * within a window of `slop`. More tokens with slop: as the text index of Milvus does it, step by step, which is wider.
 */
export function matchesPhrase(
  analyzer: Analyzer,
  text: string,
  tokens: readonly PhraseToken[],
  slop: number,
  deadline: Deadline = NO_DEADLINE,
): boolean {
  const words = placedWords(analyzer, text, tokens);
  if (words === undefined) return false;
  if (tokens.length <= 2 || slop === 0) return fitsInWindow(words, slop, deadline);
  const lists = tokens.map(({ text: word, position }): ShiftList => {
    const { positions } = words.find((one) => one.text === word) as PlacedWord;
    return { positions, place: position };
  });
  return fitsStepwise(lists, slop, deadline);
}

/** A word of the phrase: its places there, and where it stands in the text; both rise. */
interface PlacedWord {
  readonly text: string;
  readonly places: number[];
  readonly positions: number[];
  /** For each place the first position that the window has not passed. */
  readonly first: number[];
}

/** The words of a phrase, the rarest first; undefined when the text lacks one, or there are none. */
function placedWords(analyzer: Analyzer, text: string, tokens: readonly PhraseToken[]): PlacedWord[] | undefined {
  const words = new Map<string, PlacedWord>();
  for (const { text: word, position } of tokens) {
    const known = words.get(word);
    if (known === undefined) words.set(word, { text: word, places: [position], positions: [], first: [0] });
    else {
      known.places.push(position);
      known.first.push(0);
    }
  }
  for (const token of analyzer.tokens(text)) words.get(token.text)?.positions.push(token.position);
  const list = [...words.values()];
  if (list.length === 0 || list.some((word) => word.positions.length === 0)) return undefined;
  return list.sort((a, b) => a.positions.length - b.positions.length);
}

/**
 * Can a shift of each token be chosen so that all lie within `slop`? The window only ever moves to the right: to where the
 * token that does not fit is next. So each position is passed once per place of its word.
 */
function fitsInWindow(words: readonly PlacedWord[], slop: number, deadline: Deadline): boolean {
  let low = Number.NEGATIVE_INFINITY;
  for (let rounds = 1; ; rounds += 1) {
    if (rounds % 256 === 0) deadline.check();
    const next = firstMisfit(words, low, low === Number.NEGATIVE_INFINITY ? low : low + slop);
    if (next === undefined) return true;
    if (next === Number.POSITIVE_INFINITY) return false;
    low = next - slop;
  }
}

/** @returns undefined when all tokens have a shift in [low, high], else the shift that the window must reach */
function firstMisfit(words: readonly PlacedWord[], low: number, high: number): number | undefined {
  for (const { places, positions, first } of words) {
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] as number;
      let at = first[i] as number;
      while (at < positions.length && (positions[at] as number) - place < low) at += 1;
      first[i] = at;
      if (at === positions.length) return Number.POSITIVE_INFINITY;
      const shift = (positions[at] as number) - place;
      if (shift > high) return shift;
    }
  }
  return undefined;
}

/** The shifts of one token: its positions less its place. */
interface ShiftList {
  readonly positions: readonly number[];
  readonly place: number;
}

/** Shifts that a phrase up to some token can have, ascending, and the slop used for each. */
class Reached {
  shifts: Int32Array;
  used: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.shifts = new Int32Array(capacity);
    this.used = new Int32Array(capacity);
  }

  /** What was added before stays; the last one takes the smaller slop. */
  add(shift: number, used: number): void {
    const last = this.length - 1;
    if (last >= 0 && (this.shifts[last] as number) >= shift) {
      if (this.shifts[last] === shift && used < (this.used[last] as number)) this.used[last] = used;
      return;
    }
    this.shifts[this.length] = shift;
    this.used[this.length++] = used;
  }
}

function fitsStepwise(lists: readonly ShiftList[], slop: number, deadline: Deadline): boolean {
  const [first] = lists as readonly [ShiftList];
  let reached = new Reached(first.positions.length);
  for (const position of first.positions) reached.add(position - first.place, 0);
  for (const middle of lists.slice(1, -1)) {
    deadline.check();
    reached = step(reached, middle, slop);
    if (reached.length === 0) return false;
  }
  // The last token only has to be near enough: what was used before does not count.
  const { positions, place } = lists[lists.length - 1] as ShiftList;
  for (let i = 0, j = 0; i < reached.length && j < positions.length; ) {
    const difference = (positions[j] as number) - place - (reached.shifts[i] as number);
    if (Math.abs(difference) <= slop) return true;
    if (difference < 0) j += 1;
    else i += 1;
  }
  return false;
}

/** Walks both lists from the left and joins what lies near enough. */
function step(reached: Reached, { positions, place }: ShiftList, slop: number): Reached {
  const { shifts, used, length } = reached;
  const count = positions.length;
  const joined = new Reached(length + count);
  let i = 0;
  let j = 0;
  // Elements before these have been added already.
  let passedLeft = 0;
  let passedRight = 0;
  while (i < length && j < count) {
    const left = shifts[i] as number;
    const right = (positions[j] as number) - place;
    let total = (used[i] as number) + Math.abs(left - right);
    if (total > slop) {
      if (left < right) i += 1;
      else j += 1;
      continue;
    }
    joined.add(Math.min(left, right), total);
    if (left < right) {
      let k = Math.max(i + 1, passedLeft - 1);
      for (; k < length && (shifts[k] as number) <= right; k += 1) {
        const further = (used[k] as number) + right - (shifts[k] as number);
        if (further > slop) continue;
        total = further;
        joined.add(shifts[k] as number, total);
      }
      passedLeft = k;
    } else {
      let k = Math.max(j + 1, passedRight - 1);
      for (; k < count && (positions[k] as number) - place <= left; k += 1) {
        const further = (used[i] as number) + left - ((positions[k] as number) - place);
        if (further > slop) continue;
        total = further;
        joined.add((positions[k] as number) - place, total);
      }
      passedRight = k;
    }
    joined.add(Math.max(left, right), total);
    i += 1;
    j += 1;
  }
  // One list has ended: its last element may still reach what remains of the other.
  const lastShift = (positions[count - 1] as number) - place;
  for (; i < length; i += 1) {
    const total = (used[i] as number) + Math.abs((shifts[i] as number) - lastShift);
    if (total <= slop) joined.add(shifts[i] as number, total);
  }
  const lastReached = shifts[length - 1] as number;
  const lastUsed = used[length - 1] as number;
  for (; j < count; j += 1) {
    const total = lastUsed + Math.abs((positions[j] as number) - place - lastReached);
    if (total <= slop) joined.add((positions[j] as number) - place, total);
  }
  return joined;
}
