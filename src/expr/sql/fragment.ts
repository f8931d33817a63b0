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
