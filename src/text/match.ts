import { type Deadline, NO_DEADLINE } from "../values/deadline.js";
import type { Analyzer } from "./analyzer.js";
import { fitsStepwise, type ShiftList } from "./phrase-steps.js";

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
 * within a window of `slop`. More tokens with slop: as the text index of Milvus does it, step by step (`phrase-steps.ts`).
 *
 * @param tokens of the phrase; where `goesByOrder` says so, in the order in which they are looked for
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
  if (!goesByOrder(tokens, slop)) return fitsInWindow(words, slop, deadline);
  const lists = tokens.map(({ text: word, position }): ShiftList => {
    const { positions } = words.find((one) => one.text === word) as PlacedWord;
    return { positions, place: position };
  });
  return fitsStepwise(lists, slop, deadline);
}

/** Does it matter in which order the tokens of a phrase are looked for? */
export function goesByOrder(tokens: readonly PhraseToken[], slop: number): boolean {
  return tokens.length > 2 && slop > 0;
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
