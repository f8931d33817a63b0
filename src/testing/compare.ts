import { plainRows } from "../api/rows/lazy-rows.js";
import type { EntityData } from "../engine/contract/reply.js";
import { contract, isOperation } from "../engine/contract/table.js";

/** What an operation came to, in a form that two servers can be compared by. */
export type Comparable = readonly unknown[] | Readonly<Record<string, unknown>> | string | number | boolean | null;

/** Numbers that each server gives by itself, and how far its work has come. */
const OWN =
  /id$|^id$|ids$|timestamp|time$|progress|rows?$|state$|version$|num$|properties$|^(?:failReason|insertIds|upsertIds|shards|replicas)/i;
/** Digits that float32 distances agree in, whatever computes them. */
const DIGITS = 4;

/** @param data the result of the operation; undefined where only its code can be compared */
export async function comparable(path: string, data: unknown): Promise<Comparable | undefined> {
  if (!isOperation(path)) return undefined;
  const kind = contract[path].result;
  if (kind === "hits") {
    const hits = data as EntityData;
    if (!("topks" in hits) || hits.aggregated !== undefined) return undefined;
    const rows = (await plainRows(hits, "number")).map(rounded);
    return { topks: hits.topks, hits: sorted(rows) };
  }
  if (kind === "rows") return sorted((await plainRows(data as EntityData, "number")).map(rounded));
  if (/(?:\/|_)(?:list|has|insert|upsert|delete|describe|get_stats|get_load_state)$/.test(path))
    return withoutOwn(data);
  return undefined;
}

function sorted(rows: readonly unknown[]): readonly unknown[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** Rows come in no order; keys neither. */
function rounded(value: unknown): unknown {
  if (typeof value === "number") return Number.isInteger(value) ? value : Number(value.toPrecision(DIGITS));
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return value.map(rounded);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, item]) => [name, rounded(item)]),
  );
}

function withoutOwn(data: unknown): Comparable {
  if (Array.isArray(data)) return sorted(data.map(withoutOwn));
  if (typeof data !== "object" || data === null) return rounded(data) as Comparable;
  const kept = Object.entries(data).filter(([name]) => !OWN.test(name));
  return Object.fromEntries(
    kept.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, value]) => [name, withoutOwn(value)]),
  );
}
