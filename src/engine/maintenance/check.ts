import type { DataContext } from "../data-context.js";
import {
  entityTable,
  fieldColumn,
  META_COLUMN,
  scalarFields,
  sqlType,
  vectorFields,
  vectorTable,
} from "../entities/columns.js";
import type { Collection } from "../model/collection.js";
import { dimensionOf } from "../model/schema.js";

export interface CheckResult {
  readonly ok: boolean;
  /** One sentence per problem, naming the place. Empty when `ok`. */
  readonly problems: readonly string[];
}

/**
 * Looks for damage: SQLite's own check, catalogue against tables, rows against vectors, segments against rows.
 * Reads everything; changes nothing.
 */
export function checkDatabase(ctx: DataContext): CheckResult {
  const problems: string[] = [];
  const damage = ctx.sql.prepare("PRAGMA integrity_check").pluck().all() as string[];
  for (const line of damage) if (line !== "ok") problems.push(`SQLite: ${line}`);
  const dangling = ctx.sql.prepare("PRAGMA foreign_key_check").all() as { table: string; parent: string }[];
  for (const { table, parent } of dangling) problems.push(`catalogue: a row of ${table} points to no row of ${parent}`);
  if (problems.length > 0) return { ok: false, problems };
  const expected = new Set<string>();
  for (const collection of ctx.catalog.allCollections()) {
    expected.add(entityTable(collection.id));
    for (const field of vectorFields(collection)) expected.add(vectorTable(collection.id, field.id));
    problems.push(...checkCatalogue(collection), ...checkTables(ctx, collection));
  }
  const tables = ctx.sql
    .prepare("SELECT name FROM sqlite_master WHERE type='table' AND (name GLOB 'e_[0-9]*' OR name GLOB 'v_[0-9]*')")
    .pluck()
    .all() as string[];
  for (const table of tables) if (!expected.has(table)) problems.push(`table ${table} belongs to no collection`);
  problems.push(...checkSegments(ctx));
  return { ok: problems.length === 0, problems };
}

function label(collection: Collection): string {
  return `collection ${collection.database}.${collection.name} (${collection.id})`;
}

function checkCatalogue(collection: Collection): string[] {
  const problems: string[] = [];
  const loaded = collection.partitions.filter((p) => p.loaded).length;
  if ((collection.loadMode === "none") !== (loaded === 0)) {
    problems.push(`${label(collection)}: load mode ${collection.loadMode} with ${loaded} loaded partitions`);
  }
  if (collection.schema.fields.filter((f) => f.primaryKey).length !== 1) {
    problems.push(`${label(collection)}: not exactly one primary key`);
  }
  for (const index of collection.indexes) {
    if (!collection.schema.fields.some((f) => f.id === index.fieldId) && !collection.schema.dynamic) {
      problems.push(`${label(collection)}: index ${index.name} is on no field`);
    }
  }
  return problems;
}

function checkTables(ctx: DataContext, collection: Collection): string[] {
  const problems: string[] = [];
  const name = entityTable(collection.id);
  const columns = new Map(
    (ctx.sql.prepare(`PRAGMA table_info(${name})`).all() as { name: string; type: string }[]).map((c) => [
      c.name,
      c.type,
    ]),
  );
  if (columns.size === 0) return [`${label(collection)}: table ${name} is missing`];
  for (const field of scalarFields(collection)) {
    if (columns.get(fieldColumn(field.id)) !== sqlType(field.type)) {
      problems.push(`${label(collection)}: field ${field.name} has no fitting column in ${name}`);
    }
  }
  if (collection.schema.dynamic && !columns.has(META_COLUMN)) {
    problems.push(`${label(collection)}: the dynamic column is missing in ${name}`);
  }
  if (problems.length > 0) return problems;
  const known = collection.partitions.map((p) => p.id).join(",");
  const lost = count(ctx, `SELECT count(*) FROM ${name} WHERE partition_id NOT IN (${known})`);
  if (lost > 0) problems.push(`${label(collection)}: ${lost} rows are in no partition`);
  for (const field of vectorFields(collection)) {
    const vectors = vectorTable(collection.id, field.id);
    if (count(ctx, `SELECT count(*) FROM sqlite_master WHERE name='${vectors}'`) === 0) {
      problems.push(`${label(collection)}: table ${vectors} is missing`);
      continue;
    }
    const bare = count(ctx, `SELECT count(*) FROM ${name} WHERE row_id NOT IN (SELECT row_id FROM ${vectors})`);
    if (bare > 0) problems.push(`${label(collection)}: ${bare} rows have no vector in ${field.name}`);
    const orphans = count(ctx, `SELECT count(*) FROM ${vectors} WHERE row_id NOT IN (SELECT row_id FROM ${name})`);
    if (orphans > 0) problems.push(`${label(collection)}: ${orphans} vectors of ${field.name} belong to no row`);
    const bytes = dimensionOf(field) * 4;
    const odd = count(ctx, `SELECT count(*) FROM ${vectors} WHERE length(data)<>${bytes}`);
    if (odd > 0) problems.push(`${label(collection)}: ${odd} vectors of ${field.name} are not ${bytes} bytes long`);
  }
  const top = count(ctx, `SELECT coalesce(max(row_id),0) FROM ${name}`);
  const next = count(ctx, `SELECT next_row_id FROM collections WHERE id=${collection.id}`);
  if (top >= next) problems.push(`${label(collection)}: row id ${top} was never given out (next is ${next})`);
  return problems;
}

function checkSegments(ctx: DataContext): string[] {
  const problems: string[] = [];
  for (const { collectionId, partition } of ctx.loader.loadedPartitions()) {
    if (!partition.ready) continue;
    const rows = count(ctx, `SELECT count(*) FROM ${entityTable(collectionId)} WHERE partition_id=${partition.id}`);
    for (const [fieldId, segment] of partition.segments) {
      if (segment.size !== rows) {
        problems.push(
          `segment of collection ${collectionId}, partition ${partition.id}, field ${fieldId}: ${segment.size} rows in memory, ${rows} in the table`,
        );
      }
    }
  }
  return problems;
}

function count(ctx: DataContext, sql: string): number {
  return ctx.sql.prepare(sql).pluck().get() as number;
}
