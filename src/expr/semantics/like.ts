/** LIKE patterns: taken apart, and matched in JavaScript. */

export type PatternPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "any" }
  | { readonly kind: "one" };

/** Takes a pattern apart into literal text, `%` and `_`; repeated `%` become one. */
export function patternParts(pattern: string): PatternPart[] {
  const parts: PatternPart[] = [];
  let text = "";
  const flush = (): void => {
    if (text !== "") parts.push({ kind: "text", text });
    text = "";
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at] ?? "";
    if (char === "\\") {
      at += 1;
      text += pattern[at] ?? "";
    } else if (char === "%") {
      flush();
      if (parts.at(-1)?.kind !== "any") parts.push({ kind: "any" });
    } else if (char === "_") {
      flush();
      parts.push({ kind: "one" });
    } else {
      text += char;
    }
  }
  flush();
  return parts;
}

/** Stands for `_` among code points. */
const ONE = -1;

/**
 * A pattern made ready to be matched again and again. `%` cuts it into runs; each is looked for behind the one before,
 * as far to the left as possible, so nothing is ever taken back. A match reads the text once; where a run holds `_` each
 * code point costs a 32nd of the run's length.
 */
export class LikePattern {
  /** Code points and `_` of the runs. */
  readonly #runs: readonly Run[];
  /** Code points that a matching text has at least. */
  readonly #least: number;

  constructor(pattern: string) {
    const runs: number[][] = [[]];
    for (const part of patternParts(pattern)) {
      const run = runs[runs.length - 1] as number[];
      if (part.kind === "any") runs.push([]);
      else if (part.kind === "one") run.push(ONE);
      else for (const char of part.text) run.push(char.codePointAt(0) as number);
    }
    this.#runs = runs.map((points) => new Run(points));
    this.#least = this.#runs.reduce((sum, run) => sum + run.length, 0);
  }

  matches(text: string): boolean {
    // A code point is one unit or two.
    if (text.length < this.#least) return false;
    const points = pointsOf(text);
    const first = this.#runs[0] as Run;
    const last = this.#runs[this.#runs.length - 1] as Run;
    if (points.length < this.#least) return false;
    if (this.#runs.length === 1) return points.length === first.length && first.isAt(points, 0);
    const end = points.length - last.length;
    if (!first.isAt(points, 0) || !last.isAt(points, end)) return false;
    let at = first.length;
    for (let i = 1; i < this.#runs.length - 1; i += 1) {
      const run = this.#runs[i] as Run;
      at = run.findEnd(points, at, end);
      if (at < 0) return false;
    }
    return at <= end;
  }
}

type Points = Uint16Array | Uint32Array;

function pointsOf(text: string): Points {
  if (!/[\ud800-\udfff]/.test(text)) {
    const units = new Uint16Array(text.length);
    for (let i = 0; i < text.length; i += 1) units[i] = text.charCodeAt(i);
    return units;
  }
  const points = new Uint32Array(text.length);
  let count = 0;
  for (let i = 0; i < text.length; count += 1) {
    const point = text.codePointAt(i) as number;
    points[count] = point;
    i += point > 0xffff ? 2 : 1;
  }
  return points.subarray(0, count);
}

/** Code points and `_` that stand side by side. */
class Run {
  readonly #points: readonly number[];
  #search: ((text: Points, from: number, to: number) => number) | undefined;

  constructor(points: readonly number[]) {
    this.#points = points;
  }

  get length(): number {
    return this.#points.length;
  }

  isAt(text: Points, start: number): boolean {
    for (let i = 0; i < this.#points.length; i += 1) {
      const point = this.#points[i];
      if (point !== ONE && point !== text[start + i]) return false;
    }
    return true;
  }

  /** The end of the first occurrence within [from, to), or -1. */
  findEnd(text: Points, from: number, to: number): number {
    if (this.length === 0) return from;
    if (to - from < this.length) return -1;
    this.#search ??= this.#points.includes(ONE) ? wildcardSearch(this.#points) : literalSearch(this.#points);
    return this.#search(text, from, to);
  }
}

/** The search of Knuth, Morris and Pratt: each code point of the text is looked at once or twice. */
function literalSearch(run: readonly number[]): (text: Points, from: number, to: number) => number {
  // Length of the longest beginning of the run that ends before each place, without being all of it.
  const fallback = new Int32Array(run.length + 1);
  fallback[0] = -1;
  for (let i = 0, k = -1; i < run.length; ) {
    while (k >= 0 && run[i] !== run[k]) k = fallback[k] as number;
    i += 1;
    k += 1;
    fallback[i] = k;
  }
  return (text, from, to) => {
    let matched = 0;
    for (let at = from; at < to; at += 1) {
      while (matched >= 0 && run[matched] !== text[at]) matched = fallback[matched] as number;
      matched += 1;
      if (matched === run.length) return at + 1;
    }
    return -1;
  };
}

/**
 * All places of the run advance together, as bits: after each code point of the text bit i says whether the first i + 1
 * places match the text up to there.
 */
function wildcardSearch(run: readonly number[]): (text: Points, from: number, to: number) => number {
  const words = (run.length + 31) >>> 5;
  const anything = new Uint32Array(words);
  const places = new Map<number, number[]>();
  run.forEach((point, i) => {
    if (point === ONE) setBit(anything, i);
    else if (places.has(point)) (places.get(point) as number[]).push(i);
    else places.set(point, [i]);
  });
  // A code point that stands in many places has them as bits; there can be few of these.
  const dense = new Map<number, Uint32Array>();
  for (const [point, list] of places) {
    if (list.length <= words) continue;
    const bits = anything.slice();
    for (const place of list) setBit(bits, place);
    dense.set(point, bits);
  }
  return (text, from, to) => {
    const state = new Uint32Array(words);
    const reached: number[] = [];
    for (let at = from; at < to; at += 1) {
      const point = text[at] as number;
      const bits = dense.get(point);
      reached.length = 0;
      if (bits === undefined) {
        for (const place of places.get(point) ?? []) if (place === 0 || hasBit(state, place - 1)) reached.push(place);
      }
      const allowed = bits ?? anything;
      let carry = 1;
      for (let w = 0; w < words; w += 1) {
        const before = state[w] as number;
        state[w] = ((before << 1) | carry) & (allowed[w] as number);
        carry = before >>> 31;
      }
      for (const place of reached) setBit(state, place);
      if (hasBit(state, run.length - 1)) return at + 1;
    }
    return -1;
  };
}

function hasBit(bits: Uint32Array, at: number): boolean {
  return ((bits[at >>> 5] as number) & (1 << (at & 31))) !== 0;
}

function setBit(bits: Uint32Array, at: number): void {
  bits[at >>> 5] = (bits[at >>> 5] as number) | (1 << (at & 31));
}
