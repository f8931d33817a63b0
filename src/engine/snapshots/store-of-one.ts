import { now } from "../../values/clock.js";
import { openCatalog } from "../catalog/sqlite-catalog.js";
import { fieldColumn } from "../entities/columns.js";
import { tablesToCopy } from "../entities/copied-tables.js";
import { EntityStore } from "../entities/entity-store.js";
import type { Collection } from "../model/collection.js";
import { primaryField } from "../model/schema.js";
import { typeNumber } from "../model/types/table.js";
import { configure } from "../storage/database.js";
import type { Connection } from "../storage/driver.js";
import { bringToFormat } from "../storage/format.js";
import type { Original } from "./snapshot-home.js";

/** A copy is read once and written once: it needs no large cache. */
const CACHE_KIB = 2 * 1024;

/** Makes an empty database into a store with one collection, under the ids that it has, whose rows are still to come. */
export function prepareStore(sql: Connection, { collection, numbers }: Original): void {
  configure(sql);
  sql.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  bringToFormat(sql);
  const catalog = openCatalog(sql);
  const database = catalog.database(collection.database) ?? catalog.createDatabase(collection.database, {});
  const adopted = catalog.adoptCollection({ ...collection, databaseId: database.id, numbers });
  createTables(new EntityStore(sql, now), adopted);
  const { partitions, indexes } = collection;
  catalog.sequences.goBeyond(Math.max(collection.id, ...[...partitions, ...indexes].map(({ id }) => id)), 0n);
}

/** The one collection of a store that `prepareStore` has made. @throws Error for any other store */
export function readStore(sql: Connection): Original {
  const catalog = openCatalog(sql);
  const [collection, ...more] = catalog.allCollections();
  if (collection === undefined || more.length > 0) throw new Error("it does not hold one collection");
  requireOurs(sql, collection);
  return { collection, numbers: catalog.numbers(collection.id) };
}

/** Whoever has made the file: names of tables are made of its ids, and tables are all that is read. */
function requireOurs(sql: Connection, collection: Collection): void {
  const { schema, partitions, indexes } = collection;
  const ids = [collection, ...schema.fields, ...schema.structs, ...partitions, ...indexes].map(({ id }) => id);
  const tables = new Set(
    sql.prepare<[], string>("SELECT name FROM sqlite_master WHERE type='table' AND rootpage > 0").pluck().all(),
  );
  const isOurs =
    ids.every((id) => Number.isSafeInteger(id) && id >= 0) &&
    schema.fields.every(({ type }) => typeNumber(type) !== undefined) &&
    tablesToCopy(collection, collection.id).every(({ from }) => tables.has(from));
  if (!isOurs) throw new Error("it is no snapshot");
}

/** Tables and scalar indexes of a collection without rows. */
export function createTables(entities: EntityStore, collection: Collection): void {
  entities.createTables(collection);
  for (const index of collection.indexes) {
    if (index.metricType === "") entities.createScalarIndex(collection, index);
  }
}

/** The largest key of a collection whose keys are generated, else 0. @param table where its rows are */
export function largestAutoId(sql: Connection, { schema }: Collection, table: string): bigint {
  const key = primaryField(schema);
  if (!key.autoId) return 0n;
  const largest = sql
    .prepare<[], bigint | null>(`SELECT max(CAST(${fieldColumn(key.id)} AS INTEGER)) FROM ${table}`)
    .pluck()
    .safeIntegers(true)
    .get();
  return largest ?? 0n;
}
