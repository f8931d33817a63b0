import type { Collection, IndexDescription, Leftover } from "../model/collection.js";
import { isVectorType } from "../model/data-type.js";
import type { FieldSchema } from "../model/schema.js";
import { scalarType } from "../model/types/table.js";
import type { Connection } from "../storage/driver.js";
import { entityTable, fieldColumn, scalarIndexName, takesNull, vectorTable } from "./columns.js";
import { inRowSlices, ownTurn } from "./row-slices.js";

const FILLERS = { INTEGER: "0", REAL: "0.0", TEXT: "''" } as const;

/** What a field leaves that is dropped without touching its values, and what its indexes leave. */
export function leftoversOf(
  { id }: Collection,
  field: FieldSchema,
  indexes: readonly IndexDescription[],
): readonly Leftover[] {
  const values: Leftover = isVectorType(field.type)
    ? { kind: "table", name: vectorTable(id, field.id), filler: undefined, emptied: false }
    : {
        kind: "column",
        name: fieldColumn(field.id),
        filler: fillerOf(field),
        emptied: false,
      };
  const scalar = indexes.filter(({ metricType }) => metricType === "");
  return [
    ...scalar.map((index) => ({
      kind: "index" as const,
      name: scalarIndexName(id, index.id),
      filler: undefined,
      emptied: false,
    })),
    values,
  ];
}

/** What rows get in the column from now on, where that is not what they get when nothing is said. */
function fillerOf(field: FieldSchema): string | undefined {
  if (!takesNull(field)) return FILLERS[scalarType(field.type).column];
  return field.defaultValue === undefined ? undefined : "NULL";
}

export interface Freeing {
  readonly sql: Connection;
  readonly collectionId: number;
  readonly lastRowId: number;
  /** Runs a slice of the work. */
  readonly slice: (work: () => void) => void;
  /** Runs the end of it. */
  readonly finish: (work: () => void) => void;
  /** Asked between slices: whether there is still something to be freed. */
  readonly goesOn: () => boolean;
}

/** Frees what a dropped field has left, in slices between which the event loop runs. */
export async function freeLeftover(leftover: Leftover, freeing: Freeing): Promise<void> {
  const { sql, collectionId, lastRowId, slice, finish, goesOn } = freeing;
  const { kind, name, filler = "NULL" } = leftover;
  const table = entityTable(collectionId);
  const range = "row_id > ? AND row_id <= ?";
  const text =
    kind === "table"
      ? `DELETE FROM ${name} WHERE ${range}`
      : kind === "column"
        ? `UPDATE ${table} SET ${name}=${filler} WHERE ${range} AND ${name} IS NOT ${filler}`
        : undefined;
  if (text !== undefined) {
    const statement = sql.prepare<[number, number]>(text);
    await inRowSlices(
      lastRowId,
      (after, upTo) => slice(() => statement.run(after, upTo)),
      async () => {
        await ownTurn();
        return goesOn();
      },
    );
  }
  if (!goesOn()) return;
  finish(() => {
    if (kind === "table") sql.exec(`DROP TABLE ${name}`);
    if (kind === "index") sql.exec(`DROP INDEX IF EXISTS ${name}`);
  });
}
