import { failure } from "../../errors.js";
import { parsePath } from "../../expr/index.js";
import { BoundedMap } from "../../values/bounded-map.js";
import type { RecordBatch } from "../contract/column.js";
import type { EntityTable } from "../entities/entity-table.js";
import { ColumnReader, type ColumnSelection } from "../entities/read-columns.js";
import type { Collection } from "../model/collection.js";
import { functionOf } from "../model/functions.js";
import { type CollectionSchema, DYNAMIC_FIELD, type FieldSchema, fieldByName, primaryField } from "../model/schema.js";
import { fieldsOfStruct, structByName, structOf } from "../model/structs.js";

/** What of each row a result shows. */
export interface Output extends ColumnSelection {
  /** As asked for, `*` expanded, dynamic keys by their own name. */
  readonly names: readonly string[];
  /** Zone of Timestamptz values; undefined: UTC. */
  readonly timeZone: string | undefined;
}

/**
 * What `outputFields` asks for. `*` is every field and every dynamic key.
 * @param withKey the primary key is there also when it is not asked for (query, get)
 * @param timeZone of the points in time
 * @throws OutputFieldNotFound, OutputFieldUnreadable
 */
export function planOutput(
  collection: Collection,
  asked: readonly string[],
  withKey: boolean,
  timeZone = collection.properties["timezone"],
): Output {
  let outputs = planned.get(collection);
  if (outputs === undefined) {
    outputs = new BoundedMap({ entries: KEPT_OUTPUTS });
    planned.set(collection, outputs);
  }
  const key = `${withKey} ${timeZone ?? ""} ${asked.length === 0 ? "" : JSON.stringify(asked)}`;
  if (key.length > LONGEST_KEY) return planAnew(collection, asked, withKey, timeZone);
  return outputs.getOrMake(key, () => planAnew(collection, asked, withKey, timeZone));
}

/** What is asked for again and again is read out once; an output that comes again also costs its reader less. */
const planned = new WeakMap<Collection, BoundedMap<string, Output>>();
const KEPT_OUTPUTS = 32;
const LONGEST_KEY = 4096;

function planAnew(
  collection: Collection,
  asked: readonly string[],
  withKey: boolean,
  timeZone: string | undefined,
): Output {
  const { schema } = collection;
  const fields = new Set<FieldSchema>(withKey ? [primaryField(schema)] : []);
  const keys = new Set<string>();
  const names = new Set<string>();
  let all = false;
  for (const raw of asked) {
    const name = raw.trim();
    if (name === "*") {
      for (const field of schema.fields) {
        // What BM25 computes is for searching only: `*` passes it over.
        if (isOfWords(schema, field)) continue;
        fields.add(field);
        names.add(structOf(field) ?? field.name);
      }
      all = true;
      if (schema.dynamic) names.add(DYNAMIC_FIELD);
      continue;
    }
    const struct = structByName(schema, name);
    const field = fieldByName(schema, name);
    if (struct !== undefined) {
      for (const part of fieldsOfStruct(schema, name)) fields.add(part);
      names.add(name);
    } else if (field !== undefined) {
      if (isOfWords(schema, field)) {
        throw failure("InvalidParameter", { text: `not allowed to retrieve raw data of field ${name}` });
      }
      fields.add(field);
      names.add(name);
    } else if (!schema.dynamic) throw failure("OutputFieldNotFound", { field: name });
    else if (name === DYNAMIC_FIELD) {
      all = true;
      names.add(name);
    } else {
      const key = dynamicKey(name);
      keys.add(key);
      names.add(key);
    }
  }
  return {
    fields: schema.fields.filter((f) => fields.has(f)),
    dynamicKeys: !schema.dynamic ? undefined : all ? "all" : keys.size > 0 ? keys : undefined,
    names: [...names],
    timeZone,
  };
}

function isOfWords({ functions }: CollectionSchema, field: FieldSchema): boolean {
  return functionOf(functions, field.name)?.type === "BM25";
}

/** The dynamic key that a name stands for: `color`, or `$meta["user-id"]` where a key is no name. One key, nothing below it. */
function dynamicKey(name: string): string {
  const path = parsePath(name);
  if (path !== undefined) {
    const [step, below] = path.steps;
    if (step === undefined) return path.name;
    if (path.name === DYNAMIC_FIELD && below === undefined) return step.text;
  }
  throw failure("OutputFieldUnreadable", { field: name });
}

/** Whether anything is read for it. */
export function isEmptyOutput(output: Output): boolean {
  return output.fields.length === 0 && output.dynamicKeys === undefined;
}

/** Whether the primary key is all that is shown. */
export function isKeyOnly(output: Output): boolean {
  return output.fields.length === 1 && output.fields[0]?.primaryKey === true && output.dynamicKeys === undefined;
}

export function columnReader(table: EntityTable, output: Output): ColumnReader {
  return new ColumnReader(table, output);
}

/** The rows that a reader has read. */
export function recordBatch(reader: ColumnReader, output: Output): RecordBatch {
  return {
    rowCount: reader.rowCount,
    columns: reader.columns(),
    outputFields: output.names,
    ...(output.timeZone === undefined ? {} : { timeZone: output.timeZone }),
  };
}
