import type { EntityTable } from "../../entities/entity-table.js";
import type { RankedHits } from "../ranked-hits.js";
import { type Column, type ColumnSource, HitColumns } from "./hit-columns.js";
import { type SortKey, sortedPositions } from "./sort.js";

/** What becomes of hits after they were found: operations that rewrite their scores, sort them and cut them. */
export type Chain = readonly ChainOp[];

export type ChainOp =
  | {
      readonly kind: "map";
      readonly output: string;
      readonly inputs: readonly ColumnSource[];
      readonly compute: Compute;
    }
  | { readonly kind: "sort"; readonly keys: readonly SortKey[] }
  | { readonly kind: "limit"; readonly limit: number; readonly offset: number };

/** A new column out of others. @param hits whose columns they are */
export type Compute = (inputs: readonly Column[], hits: HitColumns) => Column;

/** Runs a chain over the hits of one query. */
export function runChain(table: EntityTable, chain: Chain, hits: RankedHits): RankedHits {
  if (chain.length === 0 || hits.rowIds.length === 0) return hits;
  return chain.reduce(applied, HitColumns.of(table, hits)).hits();
}

function applied(hits: HitColumns, op: ChainOp): HitColumns {
  switch (op.kind) {
    case "map":
      return hits.with(
        op.output,
        op.compute(
          op.inputs.map((source) => hits.column(source)),
          hits,
        ),
      );
    case "sort":
      return hits.at(sortedPositions(hits, op.keys));
    case "limit": {
      const positions = Array.from(hits.rowIds.keys());
      return hits.at(positions.slice(op.offset, op.offset + op.limit));
    }
  }
}
