import type { IndexDescription } from "../model/collection.js";
import { readJsonPath } from "../model/json-path.js";
import { DYNAMIC_FIELD, type FieldSchema } from "../model/schema.js";
import type { Connection } from "../storage/driver.js";
import { parseStrings, prepare } from "../storage/statements.js";
import type { BoundStatement } from "../storage/write-job.js";

interface IndexRow {
  readonly id: number;
  readonly field_id: number;
  readonly name: string;
  readonly index_type: string;
  readonly metric_type: string;
  readonly params: string;
}

/** The name of the indexed field; of the dynamic field it is the key that the path begins with. */
function ofField(row: IndexRow, fields: readonly FieldSchema[]): Pick<IndexDescription, "fieldName" | "params"> {
  const params = parseStrings(row.params);
  const field = fields.find((f) => f.id === row.field_id);
  if (field !== undefined) return { fieldName: field.name, params };
  const { name, steps } = readJsonPath(params["json_path"] ?? "");
  return { fieldName: (name === DYNAMIC_FIELD ? steps[0] : name) || DYNAMIC_FIELD, params };
}

/** SQL of the table `indexes`. */
export interface IndexTable {
  /** In order of creation; `fields` gives the names. */
  of(collectionId: number, fields: readonly FieldSchema[]): IndexDescription[];
  insert(collectionId: number, index: IndexDescription): void;
  /** What `insert` does, for a transaction of another connection. */
  insertion(collectionId: number, index: IndexDescription): BoundStatement;
  remove(indexId: number): void;
  removeAll(collectionId: number): void;
  setParams(indexId: number, params: Readonly<Record<string, string>>): void;
}

export function indexTable(db: Connection): IndexTable {
  const of = prepare<[number], IndexRow>(
    db,
    "SELECT id, field_id, name, index_type, metric_type, params FROM indexes WHERE collection_id = ? ORDER BY id",
  );
  const inserting =
    "INSERT INTO indexes (id, collection_id, field_id, name, index_type, metric_type, params) VALUES (?, ?, ?, ?, ?, ?, ?)";
  const insert = prepare<(number | string)[]>(db, inserting);
  const remove = prepare<[number]>(db, "DELETE FROM indexes WHERE id = ?");
  const removeAll = prepare<[number]>(db, "DELETE FROM indexes WHERE collection_id = ?");
  const update = prepare<[string, number]>(db, "UPDATE indexes SET params = ? WHERE id = ?");
  return {
    of: (collectionId, fields) =>
      of.all(collectionId).map((row) => ({
        id: row.id,
        name: row.name,
        fieldId: row.field_id,
        indexType: row.index_type,
        metricType: row.metric_type,
        ...ofField(row, fields),
      })),
    insert(collectionId, index) {
      insert.run(...valuesOf(collectionId, index));
    },
    insertion: (collectionId, index) => ({ text: inserting, params: valuesOf(collectionId, index) }),
    remove(indexId) {
      remove.run(indexId);
    },
    removeAll(collectionId) {
      removeAll.run(collectionId);
    },
    setParams(indexId, params) {
      update.run(JSON.stringify(params), indexId);
    },
  };
}

function valuesOf(collectionId: number, index: IndexDescription): (number | string)[] {
  const { id, fieldId, name, indexType, metricType, params } = index;
  return [id, collectionId, fieldId, name, indexType, metricType, JSON.stringify(params)];
}
