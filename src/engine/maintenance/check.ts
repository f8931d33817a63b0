import { isElanusError } from "../../errors.js";
import { openCatalog } from "../catalog/sqlite-catalog.js";
import type { EngineContext } from "../context.js";
import { entityTable, vectorTable } from "../entities/columns.js";
import { wrapSqliteError } from "../storage/sqlite-errors.js";
import { checkGraphFiles, checkSnapshots } from "./check-snapshots.js";
import { checkStructs } from "./check-structs.js";
import { checkCatalogue, checkStrayTables, checkTables, count } from "./check-tables.js";

export interface CheckResult {
  readonly ok: boolean;
  /** One sentence per problem, naming the place. Empty when `ok`. */
  readonly problems: readonly string[];
}

/**
 * Looks for damage: SQLite's own check, the catalogue against its tables and the picture of it in memory, rows against
 * vectors, segments against rows, graph files and snapshots against what is known of them. Reads everything; changes nothing. Damage that makes
 * reading impossible is a problem like any other, not an error.
 */
export function checkDatabase(ctx: EngineContext): CheckResult {
  const problems: string[] = [];
  const look = (place: string, find: () => readonly string[]): void => {
    try {
      problems.push(...find());
    } catch (error) {
      problems.push(`${place} cannot be read: ${reasonOf(error)}`);
    }
  };
  look("SQLite: the file", () => checkSqlite(ctx));
  look("the catalogue", () => checkMemory(ctx));
  let collections: ReturnType<typeof ctx.catalog.allCollections> = [];
  look("the catalogue", () => {
    collections = ctx.catalog.allCollections();
    return checkStrayTables(ctx, collections);
  });
  for (const collection of collections) {
    const place = `collection ${collection.database}.${collection.name} (${collection.id})`;
    const looked = () => [
      ...checkCatalogue(collection),
      ...checkTables(ctx, collection),
      ...checkStructs(ctx, collection),
    ];
    look(place, () => looked().map((p) => `${place}: ${p}`));
  }
  look("segments", () => checkSegments(ctx));
  look("graph files", () => checkGraphFiles(ctx));
  look("snapshots", () => checkSnapshots(ctx));
  return { ok: problems.length === 0, problems };
}

function reasonOf(error: unknown): string {
  const wrapped = wrapSqliteError(error);
  return isElanusError(wrapped) ? String(wrapped.details["reason"] ?? wrapped.message) : String(error);
}

/** Pages, b-trees, indexes against their tables, types of STRICT tables, references. */
function checkSqlite(ctx: EngineContext): string[] {
  const damage = ctx.sql.prepare("PRAGMA integrity_check").pluck().all() as string[];
  const problems = damage.filter((line) => line !== "ok").map((line) => `SQLite: ${line}`);
  if (problems.length > 0) return problems;
  const dangling = ctx.sql.prepare("PRAGMA foreign_key_check").all() as { table: string; parent: string }[];
  return dangling.map(({ table, parent }) => `the catalogue: a row of ${table} points to no row of ${parent}`);
}

/** What memory knows of the catalogue against what the file says. */
function checkMemory(ctx: EngineContext): string[] {
  const stored = openCatalog(ctx.sql);
  const text = (value: unknown) => JSON.stringify(value, (_key, v) => (typeof v === "bigint" ? `${v}n` : v));
  const problems: string[] = [];
  if (text(stored.databases()) !== text(ctx.catalog.databases())) {
    problems.push("the catalogue: memory and file differ in the databases");
  }
  const ids = new Set([...stored.allCollections(), ...ctx.catalog.allCollections()].map((c) => c.id));
  for (const id of ids) {
    if (text(stored.byId(id)) !== text(ctx.catalog.byId(id))) {
      problems.push(`the catalogue: memory and file differ in collection ${id}`);
    }
  }
  return problems;
}

function checkSegments(ctx: EngineContext): string[] {
  const problems: string[] = [];
  for (const { collectionId, partition } of ctx.loader.loadedPartitions()) {
    const place = `segment of collection ${collectionId}, partition ${partition.id}`;
    const stored = ctx.catalog.byId(collectionId)?.partitions.find((p) => p.id === partition.id);
    if (stored === undefined) problems.push(`${place}: there is no such partition`);
    if (!partition.ready || stored === undefined) continue;
    const table = entityTable(collectionId);
    for (const [fieldId, segment] of partition.segments) {
      // Rows without a vector are in no segment.
      const vectors = vectorTable(collectionId, fieldId);
      const rows = ctx.sql
        .prepare(
          `SELECT e.row_id, length(v.data) FROM ${table} AS e JOIN ${vectors} AS v USING (row_id) WHERE partition_id=?`,
        )
        .raw()
        .all(partition.id) as [number, number][];
      const { lists, vectorBytes } = segment.options;
      const bytes = rows.reduce((sum, [, length]) => sum + length, 0);
      const expected = lists === undefined ? rows.length : bytes / vectorBytes;
      const known = segment.prepare(Float64Array.from(rows, ([rowId]) => rowId)).count;
      const held = segment.progress().rows;
      if (held !== expected || known !== expected) {
        problems.push(
          `${place}, field ${fieldId}: ${held} vectors in memory, ${expected} in the table, ${known} in both`,
        );
      }
    }
  }
  const top = ctx.catalog
    .allCollections()
    .filter((c) => count(ctx, `SELECT coalesce(max(row_id),0) FROM ${entityTable(c.id)}`) >= nextRowId(ctx, c.id));
  problems.push(...top.map((c) => `collection ${c.database}.${c.name} (${c.id}): a row id was never given out`));
  return problems;
}

function nextRowId(ctx: EngineContext, collectionId: number): number {
  return count(ctx, `SELECT next_row_id FROM collections WHERE id=${collectionId}`);
}
