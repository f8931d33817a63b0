import type { Io } from "../io.js";
import { safe, widthOf } from "../table.js";

export interface FilterFault {
  readonly filter: string;
  /** UTF-16 units of the filter. */
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Characters of the filter that are shown before the fault, where not all of it is. */
const BEFORE = 12;

/**
 * Carets under the place where a filter is wrong, and what is wrong.
 *
 * @param indent columns before the filter, which stands in the line above already; undefined: it does not, and is shown
 */
export function faultText(
  { filter, start, end, text }: FilterFault,
  indent: number | undefined,
  { columns = 80, colour = false }: Pick<Io, "columns" | "colour">,
): string {
  const length = Math.max(1, end - start);
  const carets = (before: string): string => {
    const width = Math.min(widthOf(filter.slice(start, start + length)), columns - widthOf(before));
    const marks = "^".repeat(Math.max(1, width));
    return colour ? `\x1b[31m${marks}\x1b[39m` : marks;
  };
  const isShort = !filter.includes("\n") && (indent ?? 0) + widthOf(filter) < columns;
  if (indent !== undefined && isShort) {
    const before = " ".repeat(indent + widthOf(filter.slice(0, start)));
    return `${before}${carets(before)}\n${safe(text)}\n`;
  }
  const begin = isShort ? 0 : Math.max(0, start - BEFORE);
  const cut = safe(filter.slice(begin, begin + (isShort ? filter.length : Math.max(1, columns - 2))));
  const front = begin === 0 ? "" : "…";
  const before = " ".repeat(widthOf(front + safe(filter.slice(begin, start))));
  return `${front}${cut}\n${before}${carets(before)}\n${safe(text)}\n`;
}
