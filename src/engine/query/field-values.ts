import type { StoredColumn, StoredValue } from "../contract/column.js";
import type { EntityTable } from "../entities/entity-table.js";
import { ColumnReader } from "../entities/read-columns.js";
import type { FieldSchema } from "../model/schema.js";

/** The values of a scalar field of rows, in their order; null for a row that a reader beside a writer comes too late for. */
export function fieldValues(table: EntityTable, field: FieldSchema, rowIds: readonly number[]): readonly StoredValue[] {
  const reader = new ColumnReader(table, { fields: [field], dynamicKeys: undefined });
  const gone = reader.addByRowId(rowIds);
  const values = (reader.columns()[0] as StoredColumn).values as readonly StoredValue[];
  if (gone === undefined) return values;
  let next = 0;
  return rowIds.map((_, i) => (gone.has(i) ? null : (values[next++] as StoredValue)));
}
