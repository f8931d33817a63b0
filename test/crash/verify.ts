import type { Elanus } from "../../src/index.js";
import { type CollectionState, indexTypeOf, type Model, type Row } from "./model.js";
import type { Random } from "./random.js";

/** Everything that callers can see of a database, as JSON: two states are equal when their pictures are. */
export async function pictureOf(db: Elanus): Promise<string> {
  const names = [...(await db.collections.list())].sort();
  const picture: Record<string, unknown> = {};
  for (const collectionName of names) {
    const partitions = [...(await db.partitions.list({ collectionName }))].sort();
    const loaded: string[] = [];
    for (const partitionName of partitions) {
      const { loadState } = await db.collections.getLoadState({ collectionName, partitionNames: [partitionName] });
      if (loadState === "LoadStateLoaded") loaded.push(partitionName);
    }
    const { fields } = (await db.collections.describe({ collectionName })) as unknown as { fields: { name: string }[] };
    const indexes = await db.indexes.list({ collectionName });
    if (loaded.length < partitions.length) await db.collections.load({ collectionName });
    const rows: Record<string, Row[]> = {};
    for (const partitionName of partitions) {
      const found = await db.entities.query({
        collectionName,
        partitionNames: [partitionName],
        outputFields: ["id", "n", "tag", "vector"],
        limit: 16384,
      });
      rows[partitionName] = found.map((row) => plainRow(row as unknown as Row));
    }
    picture[collectionName] = {
      loaded,
      rows,
      indexed: indexes.includes("by_n"),
      fields: fields.map((f) => f.name).sort(),
      snapshots: [...(await db.snapshots.list({ collectionName }))].sort(),
    };
    if (loaded.length < partitions.length) await db.collections.release({ collectionName });
  }
  return JSON.stringify(picture);
}

/** What `pictureOf` should give. */
export function expectedPicture(model: Model): string {
  const picture: Record<string, unknown> = {};
  for (const name of [...model.collections.keys()].sort()) {
    const state = model.collections.get(name) as CollectionState;
    const partitions = [...state.partitions].sort(([a], [b]) => (a < b ? -1 : 1));
    picture[name] = {
      loaded: partitions.filter(([, p]) => p.loaded).map(([p]) => p),
      rows: Object.fromEntries(
        partitions.map(([p, { rows }]) => [p, [...rows.values()].sort((a, b) => a.id - b.id).map(plainRow)]),
      ),
      indexed: state.indexed,
      fields: ["id", "n", "tag", "vector", ...(state.computed ? ["words"] : []), ...state.extraFields].sort(),
      snapshots: [...state.snapshots.keys()].sort(),
    };
  }
  return JSON.stringify(picture);
}

function plainRow({ id, n, tag, vector }: Row): Row {
  return { id: Number(id), n, tag, vector: [...vector] };
}

/** `pictureOf` has released what it loaded: brings the load state back to that of the model. */
export async function restoreLoadState(db: Elanus, model: Model): Promise<void> {
  for (const [collectionName, state] of model.collections) {
    const all = [...state.partitions.keys()];
    const loaded = all.filter((name) => state.partitions.get(name)?.loaded === true);
    if (loaded.length === all.length) continue;
    if (state.mode === "partition") await db.partitions.load({ collectionName, partitionNames: loaded });
    if (state.mode !== "collection") continue;
    await db.collections.load({ collectionName });
    const released = all.filter((name) => !loaded.includes(name));
    await db.partitions.release({ collectionName, partitionNames: released });
  }
}

/** Found and missed neighbours of a graph, over many searches: it may miss one now and then. */
export interface Recall {
  found: number;
  wanted: number;
}

/**
 * Compares searches of everything that is loaded with an exact search over the model.
 * @returns what was wrong, in words
 */
export async function compareSearches(db: Elanus, model: Model, random: Random, recall: Recall): Promise<string[]> {
  const problems: string[] = [];
  for (const [collectionName, state] of model.collections) {
    const loaded = [...state.partitions.values()].filter((p) => p.loaded);
    if (loaded.length === 0) continue;
    const rows = new Map(loaded.flatMap((p) => [...p.rows]));
    for (let i = 0; i < 4; i++) {
      const vector = Array.from({ length: 4 }, () => random.int(-9, 9));
      const bound = i % 2 === 0 ? undefined : random.int(2, 9);
      const hits = await db.entities.search({
        collectionName,
        annsField: "vector",
        data: [vector],
        limit: 10,
        searchParams: { ef: 512 },
        ...(bound === undefined ? {} : { filter: `n <= ${bound}` }),
      });
      const got = hits.map(({ id, distance }) => ({ id: Number(id), distance }));
      const expected = nearest([...rows.values()], vector, bound).slice(0, 10);
      const where = `search of ${collectionName} for ${vector} with n <= ${bound}`;
      if (indexTypeOf(collectionName) === "FLAT") {
        if (JSON.stringify(got) !== JSON.stringify(expected)) {
          problems.push(`${where}: ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
        }
        continue;
      }
      for (const [at, { id, distance }] of got.entries()) {
        const row = rows.get(id);
        if (row === undefined || (bound !== undefined && row.n > bound)) problems.push(`${where}: ${id} is no match`);
        else if (distanceOf(row, vector) !== distance) problems.push(`${where}: ${id} is not ${distance} away`);
        if (at > 0 && distance < (got[at - 1]?.distance ?? 0)) problems.push(`${where}: hits are out of order`);
      }
      if (got.length !== expected.length) problems.push(`${where}: ${got.length} hits of ${expected.length}`);
      const farthest = expected.at(-1)?.distance ?? 0;
      recall.wanted += expected.length;
      recall.found += got.filter(({ distance }) => distance <= farthest).length;
    }
  }
  return problems;
}

function distanceOf(row: Row, vector: readonly number[]): number {
  return vector.reduce((sum, value, i) => sum + (value - (row.vector[i] as number)) ** 2, 0);
}

function nearest(rows: readonly Row[], vector: readonly number[], bound: number | undefined) {
  return rows
    .filter((row) => bound === undefined || row.n <= bound)
    .map((row) => ({ id: row.id, distance: distanceOf(row, vector) }))
    .sort((a, b) => a.distance - b.distance || a.id - b.id);
}
