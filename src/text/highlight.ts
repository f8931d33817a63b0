import type { Analyzer } from "./analyzer.js";

/** How words are marked in a text, and how much of the text is shown around them. Lengths are in code points. */
export interface HighlightStyle {
  /** Put before and after the marked places of a fragment, one after the other; not empty. */
  readonly preTags: readonly string[];
  readonly postTags: readonly string[];
  /** What is shown before the first marked place of a fragment. */
  readonly offset: number;
  /** Length of a fragment; longer where a marked place needs it. */
  readonly size: number;
  /** Most fragments. */
  readonly count: number;
}

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Part of a text that is shown, and what is marked in it. */
interface Fragment {
  readonly start: number;
  end: number;
  readonly marks: Span[];
}

/** The parts of a text around some words, with the words marked. */
export function highlighted(
  analyzer: Analyzer,
  text: string,
  words: ReadonlySet<string>,
  style: HighlightStyle,
): string[] {
  const spans = merged(analyzer.tokens(text).filter((token) => words.has(token.text)));
  if (spans.length === 0) return [];
  const characters = Array.from(text);
  const inPoints = characters.length === text.length ? spans : pointSpans(text, spans);
  return fragmentsOf(inPoints, characters.length, style).map((fragment) => shown(fragment, characters, style));
}

/** In the order of their places; those that overlap or touch are one. */
function merged(spans: readonly Span[]): Span[] {
  const list: { readonly start: number; end: number }[] = [];
  for (const { start, end } of [...spans].sort((a, b) => a.start - b.start)) {
    const last = list.at(-1);
    if (last !== undefined && start <= last.end) last.end = Math.max(last.end, end);
    else list.push({ start, end });
  }
  return list;
}

/** Places in UTF-16 units as places in code points. */
function pointSpans(text: string, spans: readonly Span[]): Span[] {
  let at = 0;
  let points = 0;
  const pointOf = (place: number): number => {
    for (; at < place; points++) at += (text.codePointAt(at) as number) > 0xffff ? 2 : 1;
    return points;
  };
  return spans.map(({ start, end }) => ({ start: pointOf(start), end: pointOf(end) }));
}

function fragmentsOf(spans: readonly Span[], length: number, { offset, size, count }: HighlightStyle): Fragment[] {
  const fragments: Fragment[] = [];
  for (const span of spans) {
    const open = fragments.at(-1);
    if (open !== undefined && span.start <= open.end) {
      open.marks.push(span);
      open.end = Math.max(open.end, span.end);
      continue;
    }
    if (fragments.length >= count) break;
    const start = Math.max(0, span.start - offset);
    fragments.push({ start, end: Math.min(Math.max(span.end, start + size), length), marks: [span] });
  }
  return fragments;
}

function shown({ start, end, marks }: Fragment, characters: readonly string[], style: HighlightStyle): string {
  const { preTags, postTags } = style;
  const part = (from: number, to: number) => characters.slice(from, to).join("");
  let text = "";
  let at = start;
  for (const [i, mark] of marks.entries()) {
    text += part(at, mark.start) + preTags[i % preTags.length] + part(mark.start, mark.end);
    text += postTags[i % postTags.length];
    at = mark.end;
  }
  return text + part(at, end);
}
