import { constant } from "./constant.js";
import { bind, joined, raw, type SqlFragment, sql } from "./fragment.js";

/** JSON paths in SQL. A component of digits is a key of an object or an index of an array, whichever is there. */

const INDEX = /^(?:0|[1-9][0-9]{0,8})$/;

/** More candidate paths than this are left to a function. */
const MAX_CANDIDATES = 8;

/** The SQLite paths that a Milvus path may mean: at most one of them exists in a value. */
function candidatePaths(path: readonly string[]): readonly string[] {
  let candidates = ["$"];
  for (const component of path) {
    const key = `.${JSON.stringify(component)}`;
    const steps = INDEX.test(component) ? [key, `[${component}]`] : [key];
    candidates = candidates.flatMap((prefix) => steps.map((step) => prefix + step));
    if (candidates.length > MAX_CANDIDATES) return [];
  }
  return candidates;
}

/** The one place where text of a user becomes part of a statement: an escaped path literal, needed to match an index. */
function pathLiteral(path: string): SqlFragment {
  return raw(`'${path.replaceAll("'", "''")}'`);
}

/** How to reach a JSON value in SQL. */
export interface JsonAccess {
  /** `json_type`: NULL when the path is missing or the column NULL. */
  readonly type: SqlFragment;
  /** `json_extract`. */
  readonly value: SqlFragment;
  /** Arguments for `json_each`, `json_tree`, `json_array_length`. */
  readonly arguments: SqlFragment;
}

const NOTHING: JsonAccess = { type: raw("NULL"), value: raw("NULL"), arguments: raw("NULL, '$'") };

/** Access to a path below a column. With `literal` the paths stand in the text instead of being bound. */
export function jsonAccess(column: SqlFragment, path: readonly string[], literal: boolean): JsonAccess {
  // Such a key is in no value, and SQLite would replace what is wrong with it by a character that may be in one.
  if (!path.every((key) => key.isWellFormed())) return NOTHING;
  const paths = candidatePaths(path);
  const source = literal ? column : longEnough(column, path);
  if (paths.length === 0) {
    // JSON text of the value at the path, found by a function.
    const found = sql`elanus_json_at(${source}, ${constant(JSON.stringify(path))})`;
    return { type: sql`json_type(${found})`, value: sql`json_extract(${found}, '$')`, arguments: found };
  }
  const write = literal ? pathLiteral : bind;
  const call = (name: string): SqlFragment => {
    const calls = paths.map((p) => sql`${raw(name)}(${source}, ${write(p)})`);
    return calls.length === 1 ? (calls[0] as SqlFragment) : sql`coalesce(${joined(calls, ", ")})`;
  };
  return {
    type: call("json_type"),
    value: call("json_extract"),
    arguments: sql`${source}, ${existing(source, paths)}`,
  };
}

/** SQLite reads a path anew for each row. */
const LONG_PATH = 128;

/** The column where it may hold the keys of a path, else NULL: a text that is shorter than they are does not. */
function longEnough(column: SqlFragment, path: readonly string[]): SqlFragment {
  const bytes = path.reduce((sum, key) => sum + (INDEX.test(key) ? 0 : Buffer.byteLength(key)), 0);
  return bytes <= LONG_PATH
    ? column
    : sql`CASE WHEN octet_length(${column}) > ${raw(String(bytes))} THEN ${column} END`;
}

/** The one path of the candidates that exists (the last, if none does). */
function existing(column: SqlFragment, paths: readonly string[]): SqlFragment {
  const last = bind(paths[paths.length - 1] ?? "$");
  if (paths.length === 1) return last;
  const cases = paths.slice(0, -1).map((p) => sql`WHEN json_type(${column}, ${bind(p)}) IS NOT NULL THEN ${bind(p)}`);
  return sql`CASE ${joined(cases, " ")} ELSE ${last} END`;
}

/**
 * The expression to index for filters on a JSON path, whatever type its values have; filters on a path that the scope lists as indexed repeat it letter for letter.
 * @param column SQL column of the JSON field
 * @param path keys and indexes from the root
 */
export function jsonPathIndexExpression(column: string, path: readonly string[]): string {
  return jsonAccess(raw(column), path, true).value.text;
}
