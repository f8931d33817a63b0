import type { EngineContext } from "../context.js";
import { entityTable, fieldColumn, vectorTable } from "../entities/columns.js";
import type { Collection } from "../model/collection.js";
import { bytesPerElement, type FieldSchema } from "../model/schema.js";
import { fieldsOfStruct } from "../model/structs.js";

/** Rows whose lists in the fields of one struct differ in length, or are null in only some of them. */
export function checkStructs(ctx: EngineContext, collection: Collection): string[] {
  const table = entityTable(collection.id);
  return collection.schema.structs.flatMap(({ name }) => {
    const [first, ...others] = fieldsOfStruct(collection.schema, name).map((field) => lengthOf(collection, field));
    if (first === undefined || others.length === 0) return [];
    const unlike = others.map((other) => `(${first}) IS NOT (${other})`).join(" OR ");
    const rows = ctx.sql.prepare(`SELECT row_id FROM ${table} AS e WHERE ${unlike} LIMIT 10`).pluck().all();
    return rows.map((row) => `the fields of ${name} have lists of unlike lengths in row ${row as number}`);
  });
}

/** SQL of the number of elements that a row has in a field; null where that is null. */
function lengthOf({ id }: Collection, field: FieldSchema): string {
  if (field.type === "Array") return `json_array_length(e.${fieldColumn(field.id)})`;
  const length = `SELECT length(data)/${bytesPerElement(field)} FROM ${vectorTable(id, field.id)} AS v`;
  return `${length} WHERE v.row_id=e.row_id`;
}
