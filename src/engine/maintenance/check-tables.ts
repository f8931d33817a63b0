import type { EngineContext } from "../context.js";
import {
  entityTable,
  fieldColumn,
  META_COLUMN,
  scalarFields,
  scalarIndexName,
  vectorFields,
  vectorTable,
} from "../entities/columns.js";
import { ownTurn } from "../entities/row-slices.js";
import type { Collection } from "../model/collection.js";
import { bytesPerVector, type FieldSchema } from "../model/schema.js";
import type { Target } from "../model/types/field-type.js";
import { scalarType, vectorType } from "../model/types/table.js";
import { IN_SLICE, type LookedAt } from "./looked-at.js";
import { PurgedRows } from "./purged-rows.js";

/** Vectors of a field that are named. */
const MOST_FAULTS = 10;

/** Problems of a collection's own records. */
export function checkCatalogue(collection: Collection): string[] {
  const problems: string[] = [];
  const loaded = collection.partitions.filter((p) => p.loaded).length;
  if ((collection.loadMode === "none") !== (loaded === 0)) {
    problems.push(`load mode ${collection.loadMode} with ${loaded} loaded partitions`);
  }
  if (collection.schema.fields.filter((f) => f.primaryKey).length !== 1) problems.push("not exactly one primary key");
  if (collection.partitions.length === 0) problems.push("no partition");
  for (const index of collection.indexes) {
    if (!collection.schema.fields.some((f) => f.id === index.fieldId) && !collection.schema.dynamic) {
      problems.push(`index ${index.name} is on no field`);
    }
  }
  return problems;
}

/** Problems of a collection's tables: columns, indexes, rows without partition or vectors, values that cannot be read. */
export async function checkTables(ctx: EngineContext, looked: LookedAt): Promise<string[]> {
  const { collection } = looked;
  const name = entityTable(collection.id);
  const problems = checkColumns(ctx, collection);
  if (problems.length > 0) return problems;
  const alive = await countPurged(ctx, looked);
  if (alive > 0) problems.push(`${alive} rows are there whose vectors are to be purged`);
  const lost = await looked.count(
    name,
    `partition_id NOT IN (SELECT id FROM partitions WHERE collection_id=${collection.id})`,
  );
  if (lost > 0) problems.push(`${lost} rows are in no partition`);
  const purged = new PurgedRows(ctx.sql, collection.id);
  await purged.read();
  for (const field of vectorFields(collection)) {
    const vectors = vectorTable(collection.id, field.id);
    if (count(ctx, `SELECT count(*) FROM sqlite_master WHERE name='${vectors}'`) === 0) {
      problems.push(`table ${vectors} is missing`);
      continue;
    }
    const bare = field.nullable ? 0 : await looked.count(name, `row_id NOT IN (SELECT row_id FROM ${vectors})`);
    if (bare > 0) problems.push(`${bare} rows have no vector in ${field.name}`);
    const orphans = await countOrphans(ctx, looked, vectors, purged);
    if (orphans > 0) problems.push(`${orphans} vectors of ${field.name} belong to no row`);
    problems.push(...(await checkVectors(ctx, looked, vectors, field)));
  }
  const texts = scalarFields(collection).filter((f) => f.type === "JSON" || f.type === "Array");
  const columns = texts.map((f) => [f.name, fieldColumn(f.id)]);
  if (collection.schema.dynamic) columns.push(["the dynamic field", META_COLUMN]);
  for (const [field, column] of columns) {
    const bad = await looked.count(name, `${column} IS NOT NULL AND NOT json_valid(${column})`);
    if (bad > 0) problems.push(`${bad} values of ${field} are no JSON`);
  }
  return problems;
}

function checkColumns(ctx: EngineContext, collection: Collection): string[] {
  const name = entityTable(collection.id);
  const listed = ctx.sql.prepare(`PRAGMA table_info(${name})`).all() as { name: string; type: string }[];
  const columns = new Map(listed.map((column) => [column.name, column.type]));
  if (columns.size === 0) return [`table ${name} is missing`];
  const problems: string[] = [];
  for (const field of scalarFields(collection)) {
    if (columns.get(fieldColumn(field.id)) !== scalarType(field.type).column) {
      problems.push(`field ${field.name} has no fitting column in ${name}`);
    }
  }
  if (collection.schema.dynamic && !columns.has(META_COLUMN)) problems.push(`the dynamic column is missing in ${name}`);
  const indexes = ctx.sql.prepare(`PRAGMA index_list(${name})`).all() as { name: string }[];
  const scalar = new Set(collection.indexes.map((index) => scalarIndexName(collection.id, index.id)));
  for (const kept of [`${name}_key`, `${name}_partition`]) {
    if (!indexes.some((index) => index.name === kept)) problems.push(`index ${kept} is missing`);
    scalar.add(kept);
  }
  for (const { name: left } of collection.leftovers) scalar.add(left);
  for (const index of indexes) if (!scalar.has(index.name)) problems.push(`index ${index.name} has no record`);
  return problems;
}

/** Rows that are there though their vectors are to be purged. */
async function countPurged(ctx: EngineContext, looked: LookedAt): Promise<number> {
  const { id } = looked.collection;
  const named = "SELECT value FROM purges, json_each(row_ids) WHERE purges.id=p.id AND collection_id=?";
  const entries = ctx.sql.prepare<[number], number>("SELECT id FROM purges WHERE collection_id=?").pluck().all(id);
  const alive = ctx.sql
    .prepare<[number, number], number>(
      `SELECT count(*) FROM purges AS p JOIN ${entityTable(id)} AS e ON e.row_id IN (${named}) WHERE p.id=?`,
    )
    .pluck();
  let found = 0;
  for (const entry of entries) {
    found += alive.get(id, entry) ?? 0;
    await ownTurn();
  }
  return found;
}

/** Vectors without a row that are not to be purged. */
async function countOrphans(
  ctx: EngineContext,
  looked: LookedAt,
  vectors: string,
  purged: PurgedRows,
): Promise<number> {
  const rowless = ctx.sql
    .prepare<[number, number], number>(
      `SELECT row_id FROM ${vectors} WHERE ${IN_SLICE} AND row_id NOT IN (SELECT row_id FROM ${entityTable(looked.collection.id)})`,
    )
    .pluck();
  let found = 0;
  await looked.each(vectors, (after, upTo) => {
    found += purged.countOthers(rowless.all(after, upTo));
  });
  return found;
}

/** Vectors are what their type stores: of the right length, finite, in order. */
async function checkVectors(
  ctx: EngineContext,
  looked: LookedAt,
  table: string,
  field: FieldSchema,
): Promise<string[]> {
  const problems: string[] = [];
  const read = ctx.sql
    .prepare<[number, number], [number, Uint8Array]>(`SELECT row_id, data FROM ${table} WHERE ${IN_SLICE}`)
    .raw();
  await looked.each(table, (after, upTo) => {
    for (const [rowId, data] of read.all(after, upTo)) {
      const fault = vectorFault(field, data);
      if (fault !== undefined) problems.push(`vector of row ${rowId} in ${field.name} ${fault}`);
      if (problems.length < MOST_FAULTS) continue;
      problems.push(`more vectors of ${field.name} may be damaged`);
      return false;
    }
    return true;
  });
  return problems;
}

function vectorFault(field: FieldSchema, data: Uint8Array): string | undefined {
  const type = vectorType(field.type);
  let fault: string | undefined;
  const target: Target = {
    field,
    timeZone: undefined,
    late: () => {
      fault = "holds a value that is no finite number";
    },
  };
  if (type.family === "dense") {
    const size = bytesPerVector(field);
    if (data.byteLength !== size) return `is ${data.byteLength} bytes long, not ${size}`;
    type.codec.checkBytes(data, target);
    return fault;
  }
  try {
    return Buffer.compare(type.codec.encodeCell(data, target, 0), data) === 0 ? fault : "is not in order";
  } catch {
    return type.family === "list" ? "is no list of vectors" : "is no sparse vector";
  }
}

/** Tables of rows and vectors that no collection has. */
export function checkStrayTables(ctx: EngineContext, collections: readonly Collection[]): string[] {
  const expected = new Set<string>();
  const unfinished = ctx.snapshots.unfinished();
  for (const collection of collections) {
    expected.add(entityTable(collection.id));
    for (const field of vectorFields(collection)) expected.add(vectorTable(collection.id, field.id));
    for (const { name } of collection.leftovers) expected.add(name);
  }
  for (const name of ctx.sql.prepare<[], string>("SELECT name FROM gone_tables").pluck().all()) expected.add(name);
  const tables = ctx.sql
    .prepare(
      "SELECT name FROM sqlite_master WHERE type='table' AND (name GLOB 'e_[0-9]*' OR name GLOB 'v_[0-9]*' OR name GLOB 'gone_[0-9]*')",
    )
    .pluck()
    .all() as string[];
  const isKnown = (table: string) => expected.has(table) || unfinished.includes(Number(table.split("_")[1]));
  return tables.filter((table) => !isKnown(table)).map((table) => `table ${table} belongs to no collection`);
}

/** The one number that a statement answers. */
export function count(ctx: EngineContext, sql: string): number {
  return ctx.sql.prepare(sql).pluck().get() as number;
}
