/** The `standard` analyzer: runs of letters and digits, lower-cased; everything else separates. */

import { type Deadline, NO_DEADLINE } from "./deadline.js";

const WORD = /[\p{Alphabetic}\p{N}]+/gu;

/** The words of a text in order. */
export function analyze(text: string): readonly string[] {
  return (text.match(WORD) ?? []).map((word) => word.toLowerCase());
}

/** Does `text` hold at least `minimum` of the (distinct) tokens? False when there are no tokens. */
export function matchesText(text: string, tokens: readonly string[], minimum: number): boolean {
  if (tokens.length === 0) return false;
  const words = new Set(analyze(text));
  let found = 0;
  for (const token of tokens) {
    if (words.has(token)) found += 1;
    if (found >= minimum) return true;
  }
  return false;
}

/**
 * Does `text` hold the tokens as a phrase? `slop` is the number of positions by which words may be moved in all
 * (an exchange of two neighbours costs 2). False when there are no tokens.
 *
 * A word's shift is its position in the text less its place in the phrase. Every token must have a position of its own, so
 * that all shifts lie in one window of `slop + 1`. The window only ever moves to the right: to where the token that does
 * not fit has its next position. So each position is passed once per place of its word.
 */
export function matchesPhrase(
  text: string,
  tokens: readonly string[],
  slop: number,
  deadline: Deadline = NO_DEADLINE,
): boolean {
  if (tokens.length === 0) return false;
  const words = wordsOf(text, tokens);
  if (words === undefined) return false;
  let low = -tokens.length;
  for (let rounds = 1; ; rounds += 1) {
    if (rounds % 256 === 0) deadline.check();
    const next = firstMisfit(words, low, low + slop);
    if (next === undefined) return true;
    if (next === Number.POSITIVE_INFINITY) return false;
    low = next - slop;
  }
}

/** A word of the phrase: where it stands in the phrase and in the text, both rising. */
interface PhraseWord {
  readonly places: number[];
  readonly positions: number[];
  /** For each place the first position that the window has not passed. */
  readonly first: number[];
}

/** The words of a phrase, the rarest first; undefined when the text has too few of one. */
function wordsOf(text: string, tokens: readonly string[]): PhraseWord[] | undefined {
  const words = new Map<string, PhraseWord>();
  tokens.forEach((token, place) => {
    const word = words.get(token);
    if (word === undefined) words.set(token, { places: [place], positions: [], first: [0] });
    else {
      word.places.push(place);
      word.first.push(0);
    }
  });
  analyze(text).forEach((token, position) => {
    words.get(token)?.positions.push(position);
  });
  const list = [...words.values()];
  if (list.some((word) => word.positions.length < word.places.length)) return undefined;
  return list.sort((a, b) => a.positions.length - b.positions.length);
}

/**
 * Gives each place the first free position whose shift is in [low, high].
 * @returns undefined when all fit, else the shift of a position that the window must reach for any window to fit
 */
function firstMisfit(words: readonly PhraseWord[], low: number, high: number): number | undefined {
  for (const { places, positions, first } of words) {
    let free = 0;
    for (let i = 0; i < places.length; i += 1) {
      const place = places[i] as number;
      let at = first[i] as number;
      while (at < positions.length && (positions[at] as number) < low + place) at += 1;
      first[i] = at;
      // Equal words compete: the earlier place has taken the earlier position.
      if (at < free) at = free;
      if (at >= positions.length) return Number.POSITIVE_INFINITY;
      const shift = (positions[at] as number) - place;
      if (shift > high) return shift;
      free = at + 1;
    }
  }
  return undefined;
}
