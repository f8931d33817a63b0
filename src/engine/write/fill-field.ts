import { Slices } from "../../values/slices.js";
import { type SqlValue, vectorAt } from "../entities/batch.js";
import { LIMIT } from "../entities/bound-limit.js";
import { entityTable, fieldColumn, vectorTable } from "../entities/columns.js";
import type { Collection } from "../model/collection.js";
import { type FieldSchema, fieldByName } from "../model/schema.js";
import { fieldAnalyzers } from "../model/text-analyzers.js";
import type { Connection } from "../storage/driver.js";
import { BatchBuilder } from "./batch-builder.js";
import type { EmbeddedTexts } from "./embedded-texts.js";
import { computeOutputs } from "./function-outputs.js";

/** Rows that are computed at once: a model is asked for as many texts. */
const ROWS = 64;

export interface FieldFilling {
  readonly sql: Connection;
  /** The collection as it will be: with the field, and with its function alone. */
  readonly future: Collection;
  readonly field: FieldSchema;
  /** Runs what is written for some rows. */
  readonly slice: (work: () => void) => void;
  /** Does work that may need vectors of texts. */
  readonly embedding: <T>(work: (embedded: EmbeddedTexts) => T) => T | Promise<T>;
  /** The last row id that was given out. */
  readonly lastRowId: () => number;
  /** Called between rows; part: how much is done. @throws to end the work */
  readonly between: (part: number) => void;
  /** The end of it: called when no row is left, without an await since. */
  readonly finish: () => void;
}

/**
 * Computes a field for all rows that there are and lack it, some at a time, into its table. Rows that come meanwhile are computed too, and of
 * those that go a trigger removes what was computed.
 */
export async function fillField(filling: FieldFilling): Promise<void> {
  const { sql, future, field, lastRowId, between, finish } = filling;
  const [rows, vectors] = [entityTable(future.id), vectorTable(future.id, field.id)];
  const trigger = `fill_${vectors}`;
  sql.exec(
    `CREATE TEMP TRIGGER ${trigger} AFTER DELETE ON main.${rows} BEGIN DELETE FROM ${vectors} WHERE row_id=OLD.row_id; END`,
  );
  try {
    const slices = new Slices();
    for (let after = 0; after < lastRowId(); ) {
      after = await fillSome(filling, after);
      if (!slices.over) continue;
      await slices.next();
      between(after / Math.max(1, lastRowId()));
    }
    between(1);
    finish();
  } finally {
    sql.exec(`DROP TRIGGER IF EXISTS temp.${trigger}`);
  }
}

/** @returns the last row id that is done */
async function fillSome(filling: FieldFilling, after: number): Promise<number> {
  const { sql, future, field, slice, embedding, lastRowId } = filling;
  const columns = inputsOf(future);
  const [ids, vectors] = [entityTable(future.id), vectorTable(future.id, field.id)];
  const until = lastRowId();
  const found = sql
    .prepare<[number, number], SqlValue[]>(
      `SELECT row_id, ${columns.map(({ id }) => fieldColumn(id)).join(",")} FROM ${ids} WHERE row_id > ?
        AND NOT EXISTS (SELECT 1 FROM ${vectors} WHERE ${vectors}.row_id = ${ids}.row_id) ORDER BY row_id ${LIMIT}`,
    )
    .raw()
    .all(after, ROWS);
  const made = embedding((embedded) => {
    const builder = new BatchBuilder(future, found.length);
    for (const [i, column] of columns.entries()) {
      const slot = builder.scalars.find((each) => each.field.id === column.id);
      for (const [row, values] of found.entries()) if (slot !== undefined) slot.values[row] = values[i + 1] as SqlValue;
    }
    computeOutputs(builder, embedded);
    return builder.vectors.find((slot) => slot.field.id === field.id)?.finish();
  });
  const outputs = made instanceof Promise ? await made : made;
  if (outputs === undefined) throw new Error("a function without its output");
  // After a pause rows may have gone.
  const insert = sql.prepare(
    `INSERT OR IGNORE INTO ${vectors} (row_id,data) SELECT ?,? WHERE EXISTS (SELECT 1 FROM ${ids} WHERE row_id=?)`,
  );
  slice(() => {
    for (const [row, [rowId]] of found.entries()) {
      const vector = vectorAt(outputs, row);
      if (vector !== null) insert.run(rowId, vector, rowId);
    }
  });
  const last = found.at(-1)?.[0];
  return found.length < ROWS || last === undefined ? until : Number(last);
}

/** What the function reads of a row: its inputs, and the name of the analyzer where rows have one. */
function inputsOf({ schema }: Collection): readonly FieldSchema[] {
  const inputs = schema.functions.flatMap((made) => made.inputFieldNames);
  const fields = inputs.flatMap((name) => fieldByName(schema, name) ?? []);
  const naming = fields.flatMap((field) => fieldAnalyzers(field).byField ?? []);
  return [...fields, ...naming.flatMap((name) => fieldByName(schema, name) ?? [])];
}
