import type { EngineContext } from "../context.js";
import { LIMIT } from "../entities/bound-limit.js";
import { entityTable, fieldColumn, vectorTable } from "../entities/columns.js";
import type { Collection } from "../model/collection.js";
import { bytesPerElement, type FieldSchema } from "../model/schema.js";
import { fieldsOfStruct } from "../model/structs.js";
import { IN_SLICE, type LookedAt } from "./looked-at.js";

/** Rows of a struct that are named. */
const MOST_ROWS = 10;

/** Rows whose lists in the fields of one struct differ in length, or are null in only some of them. */
export async function checkStructs(ctx: EngineContext, looked: LookedAt): Promise<string[]> {
  const { collection } = looked;
  const table = entityTable(collection.id);
  const problems: string[] = [];
  for (const { name } of collection.schema.structs) {
    const [first, ...others] = fieldsOfStruct(collection.schema, name).map((field) => lengthOf(collection, field));
    if (first === undefined || others.length === 0) continue;
    const unlike = others.map((other) => `(${first}) IS NOT (${other})`).join(" OR ");
    const read = ctx.sql
      .prepare<[number, number, number], number>(
        `SELECT row_id FROM ${table} AS e WHERE ${IN_SLICE} AND (${unlike}) ${LIMIT}`,
      )
      .pluck();
    const rows: number[] = [];
    await looked.each(table, (after, upTo) => {
      rows.push(...read.all(after, upTo, MOST_ROWS - rows.length));
      return rows.length < MOST_ROWS;
    });
    problems.push(...rows.map((row) => `the fields of ${name} have lists of unlike lengths in row ${row}`));
  }
  return problems;
}

/** SQL of the number of elements that a row has in a field; null where that is null. */
function lengthOf({ id }: Collection, field: FieldSchema): string {
  if (field.type === "Array") return `json_array_length(e.${fieldColumn(field.id)})`;
  const length = `SELECT length(data)/${bytesPerElement(field)} FROM ${vectorTable(id, field.id)} AS v`;
  return `${length} WHERE v.row_id=e.row_id`;
}
