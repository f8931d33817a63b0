/** The `standard` analyzer: runs of letters and digits, lower-cased; everything else separates. */

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
 */
export function matchesPhrase(text: string, tokens: readonly string[], slop: number): boolean {
  if (tokens.length === 0) return false;
  const words = analyze(text);
  const places = new Map<string, number[]>();
  words.forEach((word, position) => {
    const list = places.get(word);
    if (list === undefined) places.set(word, [position]);
    else list.push(position);
  });
  // Shift of a word: its position less its place in the phrase. A match keeps all shifts within `slop` of each other.
  const shifts = tokens.map((token, place) => (places.get(token) ?? []).map((position) => position - place));
  if (shifts.some((list) => list.length === 0)) return false;
  const starts = new Set(shifts.flat());
  for (const start of starts) {
    if (fits(tokens, shifts, start, start + slop)) return true;
  }
  return false;
}

/** Can every token take a position of its own with its shift in [low, high]? */
function fits(tokens: readonly string[], shifts: readonly (readonly number[])[], low: number, high: number): boolean {
  const byWord = new Map<string, number[][]>();
  for (let place = 0; place < tokens.length; place += 1) {
    const allowed = (shifts[place] ?? []).filter((s) => s >= low && s <= high).map((s) => s + place);
    if (allowed.length === 0) return false;
    const word = tokens[place] ?? "";
    const group = byWord.get(word);
    if (group === undefined) byWord.set(word, [allowed]);
    else group.push(allowed);
  }
  // Equal words compete for positions. Their windows move to the right with the place: the earliest free one serves best.
  for (const group of byWord.values()) {
    const taken = new Set<number>();
    for (const allowed of group) {
      const free = allowed.find((position) => !taken.has(position));
      if (free === undefined) return false;
      taken.add(free);
    }
  }
  return true;
}
