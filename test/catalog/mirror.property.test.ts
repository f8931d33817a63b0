import Sqlite from "better-sqlite3";
import fc from "fast-check";
import { expect, it } from "vitest";
import type { Catalog } from "../../src/engine/catalog/catalog.js";
import { openCatalog } from "../../src/engine/catalog/sqlite-catalog.js";
import { readField } from "../../src/engine/model/validate-fields.js";
import { migrate } from "../../src/engine/storage/format.js";

const schema = {
  structs: [],
  functions: [],
  dynamic: false,
  fields: [
    readField({ fieldName: "id", dataType: "Int64", isPrimary: true }),
    readField({ fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } }),
  ],
};

/** One change; `a` and `b` choose what it is done to, and what cannot be done is skipped. */
const changes: readonly ((catalog: Catalog, a: number, b: number) => void)[] = [
  (c, a) => {
    if (c.database(`d${a}`) === undefined) c.createDatabase(`d${a}`, {});
  },
  (c, a, b) => {
    const databaseId = pick(c.databases(), a).id;
    const database = pick(c.databases(), a).name;
    if (c.find(database, `c${b}`) !== undefined) return;
    c.createCollection({
      databaseId,
      name: `c${b}`,
      description: "",
      schema,
      shardsNum: 1,
      consistencyLevel: "Bounded",
      properties: {},
      partitionNames: ["_default"],
    });
  },
  (c, a) => some(c, a, (id) => c.dropCollection(id)),
  (c, a, b) =>
    some(c, a, (id) => {
      const target = pick(c.databases(), b);
      if (c.find(target.name, `r${a}`) === undefined && c.byId(id)?.aliases.length === 0) {
        c.renameCollection(id, target.id, `r${a}`);
      }
    }),
  (c, a, b) =>
    some(c, a, (id) => {
      const { databaseId, database } = c.byId(id)!;
      if (c.find(database, `a${b}`)?.name !== `a${b}`) c.setAlias(databaseId, `a${b}`, id);
    }),
  (c, a, b) => c.dropAlias(pick(c.databases(), a).id, `a${b}`),
  (c, a, b) =>
    some(c, a, (id) => {
      if (!c.byId(id)!.partitions.some((p) => p.name === `p${b}`)) c.createPartition(id, `p${b}`, b % 2 === 0);
    }),
  (c, a, b) => some(c, a, (id) => c.setLoadState(id, "partition", new Set([pick(c.byId(id)!.partitions, b).id]), b)),
  (c, a, b) => some(c, a, (id) => c.changeCollection(id, { properties: { key: `${b}` }, description: `${a}` })),
];

function pick<T>(list: readonly T[], n: number): T {
  return list[n % list.length] as T;
}

function some(c: Catalog, n: number, change: (id: number) => void): void {
  const all = c.allCollections();
  if (all.length > 0) change(pick(all, n).id);
}

function everything(c: Catalog): unknown {
  const names = ["c", "r", "a"].flatMap((letter) => [0, 1, 2, 3].map((n) => `${letter}${n}`));
  return c.databases().map((d) => ({
    ...d,
    collections: c.collections(d.name),
    aliases: c.aliases(d.name),
    found: names.map((name) => c.find(d.name, name)?.id),
  }));
}

it("memory and file agree after any changes, and after any rollback", () => {
  const step = fc.tuple(fc.nat(changes.length - 1), fc.nat(3), fc.nat(3), fc.integer({ min: 0, max: 9 }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const db = new Sqlite(":memory:");
      db.pragma("foreign_keys = ON");
      migrate(db);
      const catalog = openCatalog(db);
      for (const [kind, a, b, fate] of steps) {
        const before = everything(catalog);
        const change = db.transaction(() => {
          changes[kind]?.(catalog, a, b);
          if (fate === 0) throw new Error("undone");
        });
        if (fate === 0) {
          expect(change).toThrow("undone");
          catalog.reload();
          expect(everything(catalog)).toEqual(before);
        } else change();
      }
      expect(everything(catalog)).toEqual(everything(openCatalog(db)));
      db.close();
    }),
    { numRuns: 60 },
  );
});
