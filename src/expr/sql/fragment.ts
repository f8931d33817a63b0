/** Pieces of SQL with their bound values. Values never enter the text. */

/** Bytes are handles, see `handles.ts`. */
export type SqlValue = bigint | number | string | Uint8Array | null;

export interface SqlFragment {
  readonly text: string;
  /** In the order of the `?` in `text`. */
  readonly params: readonly SqlValue[];
}

/** A value as `?`. */
export function bind(value: SqlValue): SqlFragment {
  return { text: "?", params: [value] };
}

/** Text written by this package: keywords, operators, minted column names. Never text of a user. */
export function raw(text: string): SqlFragment {
  return { text, params: [] };
}

/** Joins literal SQL and fragments: sql`(${left} AND ${right})`. */
export function sql(strings: TemplateStringsArray, ...parts: readonly SqlFragment[]): SqlFragment {
  let text = strings[0] ?? "";
  const params: SqlValue[] = [];
  parts.forEach((part, at) => {
    text += part.text + (strings[at + 1] ?? "");
    for (const value of part.params) params.push(value);
  });
  return { text, params };
}

/** Fragments side by side with a separator. */
export function joined(parts: readonly SqlFragment[], separator: string): SqlFragment {
  const params: SqlValue[] = [];
  for (const part of parts) for (const value of part.params) params.push(value);
  return { text: parts.map((part) => part.text).join(separator), params };
}

const MANY_VALUES = 256;

/**
 * A whole filter, ready to be prepared. SQLite compares each bound value with all before it to find those that it has computed already, which
 * takes seconds where there are thousands; in a subquery, which it runs once as well, it does not.
 */
export function whole({ text, params }: SqlFragment): SqlFragment {
  if (params.length <= MANY_VALUES) return { text, params };
  const pieces = text.split("?");
  // No piece of ours has a question mark of its own.
  return pieces.length === params.length + 1 ? { text: pieces.join("(SELECT ?)"), params } : { text, params };
}
