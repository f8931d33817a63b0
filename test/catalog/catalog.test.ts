import Sqlite, { type Database } from "better-sqlite3";
import { beforeEach, describe, expect, it } from "vitest";
import type { Catalog, NewCollection } from "../../src/engine/catalog/catalog.js";
import { openCatalog } from "../../src/engine/catalog/sqlite-catalog.js";
import { type Collection, schemaTimestamp } from "../../src/engine/model/collection.js";
import type { StoredScalar } from "../../src/engine/model/types/field-type.js";
import { type NewField, readField } from "../../src/engine/model/validate-fields.js";
import { migrate } from "../../src/engine/storage/format.js";
import { snapshotRecords } from "../../src/engine/storage/snapshot-records.js";

let db: Database;
let catalog: Catalog;

beforeEach(() => {
  db = new Sqlite(":memory:");
  db.pragma("foreign_keys = ON");
  migrate(db);
  catalog = openCatalog(db);
});

const fields: readonly NewField[] = [
  readField({ fieldName: "id", dataType: "Int64", isPrimary: true }, true),
  readField({ fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } }),
  readField({ fieldName: "big", dataType: "Int64", defaultValue: 9223372036854775807n, description: "largest" }),
  readField({ fieldName: "d", dataType: "Double", defaultValue: 0.1, nullable: true }),
  readField({ fieldName: "flag", dataType: "Bool", defaultValue: false }),
  readField({ fieldName: "s", dataType: "VarChar", defaultValue: '"é\n', elementTypeParams: { max_length: 9 } }),
  readField({
    fieldName: "a",
    dataType: "Array",
    elementDataType: "VarChar",
    elementTypeParams: { max_capacity: 3, max_length: 4 },
  }),
];

function book(name = "book"): NewCollection {
  return {
    databaseId: 1,
    name,
    description: "all of them",
    schema: { fields, structs: [], functions: [], dynamic: true },
    shardsNum: 2,
    consistencyLevel: "Strong",
    properties: { "collection.ttl.seconds": "5" },
    partitionNames: ["_default", "p"],
  };
}

/** What the catalogue answers, as plain data. */
function everything(c: Catalog): unknown {
  return [c.databases(), c.allCollections(), c.databases().map((d) => [c.collections(d.name), c.aliases(d.name)])];
}

/** Everything that the catalogue can hold, changed once. */
function fill(): number {
  catalog.createDatabase("other", { a: "1" });
  catalog.setDatabaseProperties(2, { b: "2" });
  const { id } = catalog.createCollection(book());
  catalog.createCollection(book("second"));
  catalog.addField(id, readField({ fieldName: "late", dataType: "Int8", nullable: true }));
  catalog.changeField(id, 105, { description: "d", params: { max_length: "10" } });
  catalog.createPartition(id, "q", true);
  catalog.createIndex(id, {
    name: "v",
    fieldId: 101,
    fieldName: "v",
    indexType: "FLAT",
    metricType: "L2",
    params: { a: "b" },
  });
  catalog.setAlias(1, "alias", id);
  catalog.changeCollection(id, { properties: { timezone: "UTC" } });
  catalog.setLoadState(id, "partition", new Set([catalog.byId(id)!.partitions[1]!.id]), 3);
  return id;
}

describe("times", () => {
  it("say when databases, collections and partitions were made, also after a reopening", () => {
    let now = 1_700_000_000_000;
    const clocked = () => openCatalog(db, () => now);
    const first = clocked();
    first.createDatabase("other", {});
    now += 5;
    const { id } = first.createCollection(book());
    now += 5;
    first.createPartition(id, "later", false);
    for (const known of [first, clocked()]) {
      expect(known.database("other")?.createdAt).toBe(1_700_000_000_000);
      expect(known.byId(id)?.createdAt).toBe(1_700_000_000_005);
      expect(known.byId(id)?.partitions.map((p) => p.createdAt)).toEqual([
        1_700_000_000_005, 1_700_000_000_005, 1_700_000_000_010,
      ]);
    }
  });

  it("tell states of a schema apart: fields and properties change it, all else does not", () => {
    const { id } = catalog.createCollection(book());
    const seen = new Set<bigint>();
    const current = () => schemaTimestamp(catalog.byId(id) as Collection);
    const changes = (work: () => void): boolean => {
      seen.add(current());
      work();
      return !seen.has(current());
    };
    expect(current()).toBeGreaterThan(0n);
    expect(changes(() => catalog.addField(id, readField({ fieldName: "x", dataType: "Int8", nullable: true })))).toBe(
      true,
    );
    expect(changes(() => catalog.changeField(id, 105, { description: "", params: { max_length: "10" } }))).toBe(true);
    expect(changes(() => catalog.changeCollection(id, { properties: {} }))).toBe(true);
    expect(changes(() => catalog.createPartition(id, "q", false))).toBe(false);
    expect(changes(() => catalog.renameCollection(id, 1, "novel"))).toBe(false);
    const index = { name: "i", fieldId: 101, fieldName: "v", indexType: "HNSW", metricType: "L2", params: {} };
    expect(changes(() => catalog.createIndex(id, index))).toBe(false);
    expect(changes(() => catalog.setLoadState(id, "collection", new Set()))).toBe(false);
    const kept = current();
    expect(schemaTimestamp(openCatalog(db).byId(id) as Collection)).toBe(kept);
  });
});

describe("the catalogue", () => {
  it("gives a collection back as it was defined, with ids", () => {
    const created = catalog.createCollection(book());
    expect(catalog.find("default", "book")).toBe(created);
    expect(catalog.byId(created.id)).toBe(created);
    expect(created).toMatchObject({
      database: "default",
      description: "all of them",
      shardsNum: 2,
      consistencyLevel: "Strong",
      properties: { "collection.ttl.seconds": "5" },
      loadMode: "none",
      replicaNumber: 1,
      indexes: [],
      aliases: [],
    });
    expect(created.schema).toEqual({
      dynamic: true,
      structs: [],
      functions: [],
      fields: fields.map((f, i) => ({ ...f, id: 100 + i })),
    });
    const defaults: (StoredScalar | undefined)[] = created.schema.fields.map((f) => f.defaultValue);
    expect(defaults).toEqual([undefined, undefined, 9223372036854775807n, 0.1, 0, '"é\n', undefined]);
    expect(created.partitions.map((p) => [p.name, p.loaded])).toEqual([
      ["_default", false],
      ["p", false],
    ]);
  });

  it("reads the same from the file as it holds in memory", () => {
    fill();
    const held = everything(catalog);
    expect(everything(openCatalog(db))).toEqual(held);
    catalog.reload();
    expect(everything(catalog)).toEqual(held);
  });

  it("forgets what was rolled back", () => {
    const id = fill();
    const before = everything(catalog);
    const change = db.transaction(() => {
      catalog.createDatabase("third", {});
      catalog.renameCollection(id, 2, "moved");
      catalog.dropPartition(id, catalog.byId(id)!.partitions[0]!.id);
      catalog.dropAlias(1, "alias");
      catalog.createCollection(book("more"));
      throw new Error("no");
    });
    expect(change).toThrow("no");
    catalog.reload();
    expect(everything(catalog)).toEqual(before);
  });

  it("replaces pictures and leaves old ones as they were", () => {
    const before = catalog.createCollection(book());
    catalog.createPartition(before.id, "q", false);
    expect(before.partitions).toHaveLength(2);
    expect(catalog.byId(before.id)?.partitions).toHaveLength(3);
    catalog.addField(before.id, readField({ fieldName: "late", dataType: "Int8", nullable: true }));
    expect(catalog.byId(before.id)?.schemaVersion).toBeGreaterThan(before.schemaVersion);
  });

  it("never gives an id twice", () => {
    const seen = new Set<number>();
    for (let i = 0; i < 3; i++) {
      const { id, partitions } = catalog.createCollection(book());
      for (const given of [id, ...partitions.map((p) => p.id), catalog.createPartition(id, "n", false).id]) {
        expect(seen.has(given)).toBe(false);
        seen.add(given);
      }
      catalog.dropCollection(id);
    }
  });

  it("drops a collection with everything that belongs to it", () => {
    catalog.dropCollection(fill());
    for (const table of ["fields", "partitions"]) {
      const rows = db.prepare(`SELECT DISTINCT collection_id FROM ${table}`).all();
      expect(rows).toHaveLength(1);
    }
    expect(db.prepare("SELECT count(*) FROM indexes").pluck().get()).toBe(0);
    expect(catalog.aliases("default")).toEqual([]);
    expect(catalog.find("default", "alias")).toBeUndefined();
    expect(catalog.collections("default").map((c) => c.name)).toEqual(["second"]);
  });

  it("works on a connection that reads integers as bigint", () => {
    const wide = new Sqlite(":memory:");
    wide.defaultSafeIntegers(true);
    migrate(wide);
    const held = openCatalog(wide);
    const { id, partitions } = held.createCollection(book());
    expect([typeof id, typeof partitions[0]?.id, typeof held.sequences.reserveRowIds(id, 1)]).toEqual([
      "number",
      "number",
      "number",
    ]);
  });
});

describe("sequences", () => {
  it("reserve row ids in runs, per collection", () => {
    const a = catalog.createCollection(book("a")).id;
    const b = catalog.createCollection(book("b")).id;
    const { sequences } = catalog;
    expect([sequences.reserveRowIds(a, 10), sequences.reserveRowIds(a, 1), sequences.reserveRowIds(b, 2)]).toEqual([
      1, 11, 1,
    ]);
    expect(() => sequences.reserveRowIds(999, 1)).toThrow("no collection");
  });

  it("give row ids back with a rollback and keep them over a reopening", () => {
    const { id } = catalog.createCollection(book());
    catalog.sequences.reserveRowIds(id, 5);
    const change = db.transaction(() => {
      catalog.sequences.reserveRowIds(id, 100);
      throw new Error("no");
    });
    expect(change).toThrow("no");
    expect(openCatalog(db).sequences.reserveRowIds(id, 1)).toBe(6);
  });

  it("generate keys that grow with the clock and never go back with it", () => {
    let now = 1_700_000_000_000;
    const { sequences } = openCatalog(db, () => now);
    const first = sequences.reserveAutoIds(3);
    expect(first).toBe(1_700_000_000_000n << 18n);
    expect(sequences.reserveAutoIds(1)).toBe(first + 3n);
    now -= 60_000;
    expect(sequences.reserveAutoIds(2)).toBe(first + 4n);
    expect(openCatalog(db, () => now).sequences.reserveAutoIds(1)).toBe(first + 6n);
    now += 61_000;
    expect(sequences.reserveAutoIds(1)).toBe(1_700_000_001_000n << 18n);
  });
});

describe("snapshot records", () => {
  it("are put, replaced, read and deleted by key, and outlive their collection", () => {
    const records = snapshotRecords(db, (work) => work());
    const { id } = catalog.createCollection(book());
    const key = { collectionId: id, partitionId: 2, fieldId: 101 };
    const record = { key, file: "a.snap", checksum: "00ff", rows: 5, sizeBytes: 99, parameters: "{}" };
    records.put(record);
    records.put({ ...record, file: "b.snap" });
    records.put({ ...record, key: { ...key, partitionId: 3 } });
    catalog.dropCollection(id);
    expect(records.get(key)).toEqual({ ...record, file: "b.snap" });
    expect(records.all()).toHaveLength(2);
    records.delete(key);
    expect(records.get(key)).toBeUndefined();
    expect(records.all().map((r) => r.key.partitionId)).toEqual([3]);
  });
});
