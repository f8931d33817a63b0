import type { SearchHits, StoredColumn } from "../../../engine/contract/column.js";

/** Some of the hits of one query vector, in the order given. */
export function selectHits(hits: SearchHits, positions: readonly number[]): SearchHits {
  const { ids, scores, fields, groups, elements } = hits;
  const pick = (column: StoredColumn) => selectRows(column, ids.length, positions);
  return {
    ...hits,
    topks: [positions.length],
    ids: positions.map((at) => ids[at] as (typeof ids)[number]),
    scores: positions.map((at) => scores[at] as number),
    ...(elements !== undefined && { elements: positions.map((at) => elements[at] as number) }),
    fields: { ...fields, rowCount: positions.length, columns: fields.columns.map(pick) },
    ...(groups !== undefined && { groups: groups.map(pick) }),
  };
}

function selectRows(column: StoredColumn, rowCount: number, rows: readonly number[]): StoredColumn {
  const { values, valid } = column;
  if (!(values instanceof Uint8Array)) {
    return { ...column, values: rows.map((row) => values[row]) as StoredColumn["values"] };
  }
  const size = values.length / Math.max(1, rowCount);
  const bytes = new Uint8Array(rows.length * size);
  for (const [to, from] of rows.entries()) bytes.set(values.subarray(from * size, (from + 1) * size), to * size);
  return {
    ...column,
    values: bytes,
    ...(valid !== undefined && { valid: Uint8Array.from(rows, (row) => valid[row] ?? 0) }),
  };
}
