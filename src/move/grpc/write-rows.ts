import { subFieldName } from "../../api/grpc/columns/struct-names.js";
import { isDenseType } from "../../api/grpc/columns/types.js";
import { writeColumn } from "../../api/grpc/columns/write-column.js";
import type { Sent } from "../../api/grpc/messages/table.js";
import { groupedColumns, type RecordBatch, type StoredColumn } from "../../engine/contract/column.js";
import { typeNumber } from "../../engine/model/types/table.js";

/** Rows as a request carries them: values without a place for nulls, and which rows have one. */
export function writeRows({ columns }: RecordBatch): Sent<"FieldData">[] {
  return groupedColumns(columns).map((group) => {
    if (!("parts" in group)) return requestColumn(group);
    const [first] = group.parts;
    return {
      type: typeNumber("ArrayOfStruct"),
      field_name: group.name,
      struct_arrays: {
        fields: group.parts.map((part) => requestColumn({ ...part, name: subFieldName(group.name, part.name) })),
      },
      ...(first !== undefined && validity(first)),
    };
  });
}

function requestColumn(column: StoredColumn): Sent<"FieldData"> {
  // Vectors of a fixed width lose their gaps where every column is written.
  if (isDenseType(column.type)) return writeColumn(column, UTC);
  const values = column.values as Exclude<StoredColumn["values"], Uint8Array>;
  if (!values.includes(null)) return writeColumn(column, UTC);
  const present = values.filter((value) => value !== null) as Extract<StoredColumn["values"], readonly unknown[]>;
  return { ...writeColumn({ ...column, values: present }, UTC), ...validity(column) };
}

const UTC = { timeZone: undefined, parts: undefined };

function validity(column: StoredColumn): Sent<"FieldData"> {
  if (column.nullable !== true || column.values instanceof Uint8Array) return {};
  return { valid_data: column.values.map((value) => value !== null) };
}
