import { type PatternPart, patternParts } from "../semantics/like.js";
import { constant } from "./constant.js";
import { bind, joined, type SqlFragment, sql } from "./fragment.js";

/** The least text above all texts that start with `prefix`, or undefined if there is none. */
function prefixEnd(prefix: string): string | undefined {
  const points = Array.from(prefix, (char) => char.codePointAt(0) ?? 0);
  for (let at = points.length - 1; at >= 0; at -= 1) {
    const point = points[at] ?? 0;
    if (point >= 0x10ffff) continue;
    const next = point === 0xd7ff ? 0xe000 : point + 1;
    return String.fromCodePoint(...points.slice(0, at), next);
  }
  return undefined;
}

/** All texts that start with `prefix`, as a range that an index serves. NULL stays NULL. */
export function startsWithSql(value: SqlFragment, prefix: string): SqlFragment {
  if (prefix === "") return sql`(${value} = ${value})`;
  const end = prefixEnd(prefix);
  if (end === undefined) return sql`(${value} >= ${bind(prefix)})`;
  return sql`(${value} >= ${bind(prefix)} AND ${value} < ${bind(end)})`;
}

/** SQLite looks for longer texts and patterns in time that grows with them: they go to the function. */
const MAX_NATIVE_BYTES = 64;

/** `value LIKE pattern`, case-sensitive, by code points. NULL stays NULL. */
export function likeSql(value: SqlFragment, pattern: string): SqlFragment {
  const parts = patternParts(pattern);
  const [first, second, third] = parts;
  if (first === undefined) return sql`(${value} = ${bind("")})`;
  if (parts.length === 1) {
    if (first.kind === "text") return sql`(${value} = ${bind(first.text)})`;
    if (first.kind === "any") return sql`(${value} = ${value})`;
  }
  const prefix = first.kind === "text" ? first.text : "";
  if (parts.length === 2 && prefix !== "" && second?.kind === "any") return startsWithSql(value, prefix);
  if (parts.length === 3 && first.kind === "any" && second?.kind === "text" && third?.kind === "any") {
    if (Buffer.byteLength(second.text) <= MAX_NATIVE_BYTES) return sql`(instr(${value}, ${bind(second.text)}) > 0)`;
    return sql`elanus_like(${value}, ${constant(pattern)})`;
  }
  if (parts.length === 2 && first.kind === "any" && second?.kind === "text") return endsWithSql(value, second.text);
  // What an index or a plain search can decide comes first; the match itself sees few rows.
  const needs: SqlFragment[] = [];
  if (prefix !== "") needs.push(startsWithSql(value, prefix));
  const longest = parts.reduce(
    (best, part) => (part.kind === "text" && part.text.length > best.length ? part.text : best),
    "",
  );
  if (longest !== "" && longest !== prefix && Buffer.byteLength(longest) <= MAX_NATIVE_BYTES)
    needs.push(sql`instr(${value}, ${bind(longest)}) > 0`);
  return sql`(${joined([...needs, matchSql(value, parts, pattern)], " AND ")})`;
}

/** As bytes: substr() of text would stop at a NUL character; of no bytes it is NULL. */
function endsWithSql(value: SqlFragment, suffix: string): SqlFragment {
  const length = bind(BigInt(-Buffer.byteLength(suffix)));
  return sql`(substr(CAST(${value} AS BLOB), ${length}) = CAST(${bind(suffix)} AS BLOB) AND ${value} <> '')`;
}

/** GLOB, which is always case-sensitive, ends at a NUL character: such values go to the function. */
function matchSql(value: SqlFragment, parts: readonly PatternPart[], pattern: string): SqlFragment {
  const glob = parts.map(globOf).join("");
  const exact = sql`elanus_like(${value}, ${constant(pattern)})`;
  if (glob.includes("\0") || Buffer.byteLength(glob) > MAX_NATIVE_BYTES) return exact;
  return sql`(CASE WHEN instr(${value}, char(0)) THEN ${exact} ELSE ${value} GLOB ${bind(glob)} END)`;
}

function globOf(part: PatternPart): string {
  if (part.kind === "text") return part.text.replace(/[*?[]/g, "[$&]");
  return part.kind === "any" ? "*" : "?";
}

/** `value =~ "pattern"`: in a function, for SQLite has no regular expressions. */
export function regexSql(value: SqlFragment, pattern: string): SqlFragment {
  return sql`elanus_regex(${value}, ${constant(pattern)})`;
}
