import type { EntityData } from "../../engine/contract/reply.js";
import type { RequestField } from "../../engine/contract/row.js";
import { isElanusError } from "../../errors.js";
import type { EnginePort, PortOptions } from "../engine-port.js";
import { plainRows } from "../rows/lazy-rows.js";

/** What a filter selects, or where it is wrong. */
export type FilterAnswer = { readonly count: unknown } | { readonly fault: FilterFault };

export interface FilterFault {
  readonly text: string;
  /** The place in the filter, in UTF-16 units; all of it where no place is to blame. */
  readonly start: number;
  readonly end: number;
}

export const FILTER_REQUEST: Readonly<Record<string, RequestField>> = {
  dbName: { kind: "string" },
  collectionName: { kind: "string", required: true },
  filter: { kind: "string" },
  partitionNames: { kind: "strings" },
};

/**
 * Counts what a filter selects.
 *
 * @throws what a query does, but for a filter that is wrong
 */
export async function tryFilter(
  engine: EnginePort,
  request: Readonly<Record<string, unknown>>,
  options: PortOptions,
): Promise<FilterAnswer> {
  const { filter = "", ...place } = request as { readonly filter?: string };
  try {
    const reply = await engine.execute("entities/query", { ...place, filter, outputFields: ["count(*)"] }, options);
    const [row] = await plainRows(reply.data as EntityData, "number");
    return { count: row?.["count(*)"] };
  } catch (error) {
    if (!isElanusError(error)) throw error;
    const { detail, range = toldPlace(filter, error.message), dataType } = error.details as FilterDetails;
    if (error.kind === "InvalidExpression") return { fault: { text: String(detail), ...range } };
    if (error.kind !== "NotAPredicate") throw error;
    return { fault: { text: `the filter has a value (${dataType}), and is no condition`, ...range } };
  }
}

/** The place that the text of a server names, `line 1:5 ...`, in code points; where it names none, all of the filter. */
function toldPlace(filter: string, message: string): { readonly start: number; readonly end: number } {
  const [, line, column] = /\bline (\d+):(\d+) /.exec(message) ?? [];
  const lines = filter.split("\n");
  const text = lines[Number(line) - 1];
  if (text === undefined) return { start: 0, end: filter.length };
  const before = lines.slice(0, Number(line) - 1).reduce((sum, { length }) => sum + length + 1, 0);
  const start = before + [...text].slice(0, Number(column)).join("").length;
  return { start, end: start };
}

/** What the errors of a filter carry. */
interface FilterDetails {
  readonly detail?: string;
  readonly range?: { readonly start: number; readonly end: number };
  readonly dataType?: string;
}
