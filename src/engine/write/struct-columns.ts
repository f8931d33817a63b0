import { invalidParameter } from "../../errors.js";
import type { InputColumn } from "../contract/column.js";
import { bytesPerElement, type CollectionSchema, type FieldSchema } from "../model/schema.js";
import { fieldsOfStruct } from "../model/structs.js";

/**
 * Checks what the columns of a struct must have in common: all of them are there or none, and in each row they have one length,
 * or are all null.
 *
 * @throws InvalidParameter
 */
export function checkStructColumns(
  schema: CollectionSchema,
  columns: ReadonlyMap<string, InputColumn>,
  rowCount: number,
): void {
  for (const { name } of schema.structs) {
    const fields = fieldsOfStruct(schema, name);
    const given = fields.filter((field) => columns.has(field.name));
    if (given.length === 0) continue;
    const missing = fields.find((field) => !columns.has(field.name));
    if (missing !== undefined) {
      throw invalidParameter(`struct array field ${name} has no column for its sub-field ${missing.name}`);
    }
    const lengths = given.map((field) => lengthsOf(field, columns.get(field.name) as InputColumn));
    for (let row = 0; row < rowCount; row++) {
      const found = new Set(lengths.map((lengthAt) => lengthAt(row)));
      if (found.size > 1)
        throw invalidParameter(`the sub-fields of struct array field ${name} differ in length in row ${row}`);
    }
  }
}

/** How many elements a row has; undefined for null. */
function lengthsOf(field: FieldSchema, { values }: InputColumn): (row: number) => number | undefined {
  const rows = values as readonly ({ readonly length: number } | null | undefined)[];
  const size = field.type === "ArrayOfVector" ? bytesPerElement(field) : 1;
  return (row) => {
    const value = rows[row];
    return value === null || value === undefined ? undefined : value.length / size;
  };
}
