import { isElanusError } from "../../errors.js";
import { Slices } from "../../values/slices.js";
import { openCatalog } from "../catalog/sqlite-catalog.js";
import type { EngineContext } from "../context.js";
import { LIMIT } from "../entities/bound-limit.js";
import { entityTable, vectorTable } from "../entities/columns.js";
import { ownTurn } from "../entities/row-slices.js";
import type { LoadedPartition } from "../load/loaded-partition.js";
import { wrapSqliteError } from "../storage/sqlite-errors.js";
import { readPragma } from "../storage/statements.js";
import { checkGraphFiles, checkSnapshots } from "./check-snapshots.js";
import { checkStructs } from "./check-structs.js";
import { checkCatalogue, checkStrayTables, checkTables, count } from "./check-tables.js";
import { LookedAt, SchemaChanged } from "./looked-at.js";

/** A file with fewer is read at once. */
const MANY_PAGES = 1000;

/** Rows of a segment that are counted at once. */
const SEGMENT_ROWS = 2000;

export interface CheckResult {
  readonly ok: boolean;
  /** One sentence per problem, naming the place. Empty when `ok`. */
  readonly problems: readonly string[];
}

/**
 * Looks for damage: SQLite's own check, the catalogue against its tables and the picture of it in memory, rows against
 * vectors, segments against rows, graph files and snapshots against what is known of them. Reads everything, in slices between which
 * others write, or on another thread; changes nothing. Damage that makes reading impossible is a problem like any other, not an error.
 */
export async function checkDatabase(ctx: EngineContext): Promise<CheckResult> {
  const problems: string[] = [];
  const look = async (place: string, find: () => readonly string[] | Promise<readonly string[]>): Promise<void> => {
    try {
      problems.push(...(await find()));
    } catch (error) {
      problems.push(`${place} cannot be read: ${reasonOf(error)}`);
    }
  };
  await look("SQLite: the file", () => checkSqlite(ctx));
  await look("the catalogue", () => checkMemory(ctx));
  let collections: ReturnType<typeof ctx.catalog.allCollections> = [];
  await look("the catalogue", () => {
    collections = ctx.catalog.allCollections();
    return checkStrayTables(ctx, collections);
  });
  for (const { id, database, name } of collections) {
    const place = `collection ${database}.${name} (${id})`;
    await look(place, async () => (await checkCollection(ctx, id)).map((p) => `${place}: ${p}`));
  }
  await look("segments", () => checkSegments(ctx));
  await look("graph files", () => checkGraphFiles(ctx));
  await look("snapshots", () => checkSnapshots(ctx));
  return { ok: problems.length === 0, problems };
}

/** Begins anew when the schema changes meanwhile; what is dropped meanwhile has no problems. */
async function checkCollection(ctx: EngineContext, id: number): Promise<readonly string[]> {
  for (;;) {
    const collection = ctx.catalog.byId(id);
    if (collection === undefined) return [];
    const looked = new LookedAt(ctx, collection);
    try {
      return [...checkCatalogue(collection), ...(await checkTables(ctx, looked)), ...(await checkStructs(ctx, looked))];
    } catch (error) {
      if (!(error instanceof SchemaChanged)) throw error;
    }
  }
}

function reasonOf(error: unknown): string {
  const wrapped = wrapSqliteError(error);
  return isElanusError(wrapped) ? String(wrapped.details["reason"] ?? wrapped.message) : String(error);
}

/** Pages, b-trees, indexes against their tables, types of STRICT tables, references. */
async function checkSqlite(ctx: EngineContext): Promise<string[]> {
  const damage = await integrity(ctx);
  const problems = damage.filter((line) => line !== "ok").map((line) => `SQLite: ${line}`);
  if (problems.length > 0) return problems;
  const dangling = ctx.sql.prepare("PRAGMA foreign_key_check").all() as { table: string; parent: string }[];
  return dangling.map(({ table, parent }) => `the catalogue: a row of ${table} points to no row of ${parent}`);
}

/** SQLite reads all pages for one answer. Where they are many: on another thread, if there is one; in memory, where no page is lost, table by table. */
async function integrity(ctx: EngineContext): Promise<string[]> {
  const here = (what: string) => ctx.sql.prepare(`PRAGMA integrity_check${what}`).pluck().all() as string[];
  if (readPragma(ctx.sql, "page_count") < MANY_PAGES) return here("");
  const there = await ctx.elsewhere?.rows("PRAGMA integrity_check", [], undefined);
  // That thread does not know all functions that indexes may call: what it has found is looked at again.
  if (there?.length === 1 && there[0]?.[0] === "ok") return ["ok"];
  if (ctx.databasePath !== undefined) return here("");
  const lines: string[] = [];
  for (const name of tableNames(ctx)) {
    await ownTurn();
    // One that was dropped meanwhile has nothing to be looked at.
    if (tableNames(ctx).includes(name)) lines.push(...here(`(${name})`));
  }
  return lines;
}

function tableNames(ctx: EngineContext): readonly string[] {
  return ctx.sql.prepare<[], string>("SELECT name FROM sqlite_schema WHERE type='table'").pluck().all();
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

/** So often the rows of a segment are counted anew because others write; then in one stretch. */
const MAX_STARTS = 3;

async function checkSegments(ctx: EngineContext): Promise<string[]> {
  const problems: string[] = [];
  for (const { collectionId, partition } of [...ctx.loader.loadedPartitions()]) {
    const place = `segment of collection ${collectionId}, partition ${partition.id}`;
    const stored = ctx.catalog.byId(collectionId)?.partitions.some((p) => p.id === partition.id) === true;
    const isThere = () => [...ctx.loader.loadedPartitions()].some((each) => each.partition === partition);
    if (!stored && isThere()) problems.push(`${place}: there is no such partition`);
    if (!partition.ready || !stored) continue;
    for (const fieldId of [...partition.segments.keys()]) {
      const problem = await checkSegment(ctx, collectionId, partition, fieldId);
      if (problem !== undefined) problems.push(`${place}, field ${fieldId}: ${problem}`);
    }
  }
  const top = ctx.catalog
    .allCollections()
    .filter((c) => count(ctx, `SELECT coalesce(max(row_id),0) FROM ${entityTable(c.id)}`) >= nextRowId(ctx, c.id));
  problems.push(...top.map((c) => `collection ${c.database}.${c.name} (${c.id}): a row id was never given out`));
  return problems;
}

/** The vectors of a segment against those of its table; rows without a vector are in neither. */
async function checkSegment(
  ctx: EngineContext,
  collectionId: number,
  partition: LoadedPartition,
  fieldId: number,
): Promise<string | undefined> {
  const read = () =>
    ctx.sql
      .prepare<[number, number, number], [number, number]>(
        `SELECT e.row_id, length(v.data) FROM ${entityTable(collectionId)} AS e JOIN ${vectorTable(collectionId, fieldId)} AS v USING (row_id) WHERE partition_id=? AND e.row_id>? ORDER BY e.row_id ${LIMIT}`,
      )
      .raw();
  for (let start = 1; ; start++) {
    const version = ctx.entities.version(collectionId);
    const slices = start < MAX_STARTS ? new Slices() : undefined;
    let [expected, known, after] = [0, 0, 0];
    for (;;) {
      const segment = partition.segments.get(fieldId);
      // It has been released, or the field dropped.
      if (segment === undefined) return undefined;
      const rows = read().all(partition.id, after, SEGMENT_ROWS);
      const { lists, vectorBytes } = segment.options;
      const bytes = rows.reduce((sum, [, length]) => sum + length, 0);
      expected += lists === undefined ? rows.length : bytes / vectorBytes;
      known += segment.prepare(Float64Array.from(rows, ([rowId]) => rowId)).count;
      const last = rows.at(-1);
      if (last === undefined) {
        const held = segment.progress().rows;
        if (held === expected && known === expected) return undefined;
        return `${held} vectors in memory, ${expected} in the table, ${known} in both`;
      }
      [after] = last;
      if (slices?.over !== true) continue;
      await slices.next();
      if (ctx.entities.version(collectionId) !== version) break;
    }
  }
}

function nextRowId(ctx: EngineContext, collectionId: number): number {
  return count(ctx, `SELECT next_row_id FROM collections WHERE id=${collectionId}`);
}
