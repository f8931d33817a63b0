import { existsSync } from "node:fs";
import { createCollection, Elanus, indexed, insertAll } from "../../lib/elanus.mjs";

const file = (folder) => `${folder}/elanus.db`;
const where = ({ from, to }) => `sel >= ${from} and sel < ${to}`;
const ids = (hits) => hits.map((hit) => hit.id);

/** The public API: a file on disk, durability full. */
export const adapter = {
  package: "elanus",
  knobs: [10, 20, 40, 80],
  filterKnob: 20,
  async build(set, folder) {
    const db = await Elanus.open(file(folder));
    await createCollection(db, "c", set);
    await insertAll(db, "c", set);
    await indexed(db, "c");
    await db.close();
  },
  async open(_set, folder) {
    if (!existsSync(file(folder))) throw new Error("not built");
    return Elanus.open(file(folder));
  },
  search: async (db, query, k, ef) =>
    ids(await db.entities.search({ collectionName: "c", data: [query], limit: k, searchParams: { ef } })),
  filter: async (db, query, k, ef, window) =>
    ids(
      await db.entities.search({
        collectionName: "c",
        data: [query],
        limit: k,
        searchParams: { ef },
        filter: where(window),
      }),
    ),
  delete: async (db, window) => (await db.entities.delete({ collectionName: "c", filter: where(window) })).deleteCount,
  close: (db) => db.close(),
};
