import type { InputColumn, InputColumns } from "../contract/column.js";

/**
 * Which row of a batch is to blame, where the batch as a whole was refused.
 *
 * @param refuses whether rows are refused
 */
export async function firstBadRow(
  rows: InputColumns,
  refuses: (first: InputColumns) => Promise<boolean>,
): Promise<number> {
  let good = 0;
  let bad = rows.rowCount;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (await refuses(firstRows(rows, middle))) bad = middle;
    else good = middle;
  }
  return bad - 1;
}

function firstRows({ rowCount, columns }: InputColumns, count: number): InputColumns {
  return { rowCount: count, columns: columns.map((column) => firstValues(column, rowCount, count)) };
}

function firstValues(column: InputColumn, rowCount: number, count: number): InputColumn {
  const { values, valid } = column;
  if (!(values instanceof Uint8Array)) return { ...column, values: values.slice(0, count) };
  const first = { ...column, values: values.subarray(0, (values.length / rowCount) * count) };
  return valid === undefined ? first : { ...first, valid: valid.subarray(0, count) };
}
