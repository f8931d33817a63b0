/** Half-open range of UTF-16 offsets in the filter text: fit for `text.slice(start, end)` and for an editor. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** Line (from 1) and column (from 0, in code points) of an offset, as the server's parser counts them. */
export function positionOf(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineStart = 0;
  for (let at = text.indexOf("\n"); at !== -1 && at < offset; at = text.indexOf("\n", at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  let column = 0;
  for (let at = lineStart; at < offset; column += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return { line, column };
}
