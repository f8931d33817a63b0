import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { clustered } from "../vector/oracle.js";

const ROWS = 1200;
const DIMENSION = 64;
const data = clustered(ROWS + 200, DIMENSION, 7);
const vector = (i: number) => Array.from(data.subarray(i * DIMENSION, (i + 1) * DIMENSION));
const collectionName = "c";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "elanus-codes-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const row = (i: number) => ({
  id: i,
  graph: vector(i),
  flat: vector(i),
  half: vector(i),
  bits: Array.from({ length: 8 }, (_, j) => (i >> j) & 255),
});

type Database = Awaited<ReturnType<typeof Elanus.open>>;

async function fill(db: Database, rows = ROWS): Promise<void> {
  const elementTypeParams = { dim: DIMENSION };
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "graph", dataType: "FloatVector", elementTypeParams },
        { fieldName: "flat", dataType: "FloatVector", elementTypeParams },
        { fieldName: "half", dataType: "Float16Vector", elementTypeParams },
        { fieldName: "bits", dataType: "BinaryVector", elementTypeParams },
      ],
    },
    indexParams: [
      { fieldName: "graph", indexType: "HNSW", metricType: "COSINE" },
      { fieldName: "flat", indexType: "FLAT", metricType: "L2" },
      { fieldName: "half", indexType: "HNSW", metricType: "L2" },
      { fieldName: "bits", indexType: "BIN_FLAT", metricType: "HAMMING" },
    ],
  });
  for (let i = 0; i < rows; i += 300) {
    await db.entities.insert({ collectionName, data: Array.from({ length: 300 }, (_, j) => row(i + j)) });
  }
}

async function ids(db: Database, annsField: string, i: number, more: object = {}): Promise<number[]> {
  const query = {
    collectionName,
    annsField,
    data: [annsField === "bits" ? row(i).bits : vector(i)],
    limit: 5,
    ...more,
  };
  return (await db.entities.search(query)).map((hit) => Number(hit["id"]));
}

async function memoryOf(db: Database): Promise<Record<string, string>> {
  return Object.fromEntries((await db.stats()).segments.map(({ field, memory }) => [field, memory]));
}

const CODED = { graph: "codes", flat: "codes", half: "codes", bits: "vectors" };

describe.each([false, true])('memory: "codes", worker: %s', (worker) => {
  const options = { memory: "codes", exactBelow: 500, worker } as const;

  it("answers what a database with all vectors in memory answers, and follows every change", async () => {
    const [coded, whole] = await Promise.all([
      Elanus.open(join(folder, "coded.db"), options),
      Elanus.open(join(folder, "whole.db"), { exactBelow: 500 }),
    ]);
    for (const db of [coded, whole]) {
      await fill(db);
      // Rows that go, and rows that get another vector under their key.
      await db.entities.delete({ collectionName, filter: "id % 7 == 0" });
      await db.entities.upsert({ collectionName, data: [1, 2, 3].map((id) => ({ ...row(ROWS + id), id })) });
    }
    expect(await memoryOf(coded)).toEqual(CODED);
    for (let i = 0; i < 30; i++) {
      for (const field of ["flat", "bits"]) expect(await ids(coded, field, i)).toEqual(await ids(whole, field, i));
      for (const field of ["graph", "half"]) {
        const filter = "id in [1, 2, 3, 5, 8, 13, 34, 55, 89]";
        expect(await ids(coded, field, i, { filter })).toEqual(await ids(whole, field, i, { filter }));
        const deep = { searchParams: { ef: 400 } };
        expect(await ids(coded, field, i, deep)).toEqual(await ids(whole, field, i, deep));
      }
    }
    for (const field of ["graph", "flat", "half"]) {
      expect((await ids(coded, field, ROWS + 2))[0]).toBe(2);
      expect(await ids(coded, field, 7)).not.toContain(7);
    }
    await Promise.all([coded.close(), whole.close()]);
  });

  it("reads thousands of vectors in slices between which other calls run", async () => {
    const db = await Elanus.open(":memory:", options);
    await db.collections.create({
      collectionName,
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "flat", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
        ],
      },
      indexParams: [{ fieldName: "flat", indexType: "FLAT", metricType: "L2" }],
    });
    const rows = Array.from({ length: 2400 }, (_, id) => ({ id, flat: vector(id % ROWS) }));
    await db.entities.insert({ collectionName, data: rows });
    expect(await memoryOf(db)).toEqual({ flat: "codes" });
    const [all, few] = await Promise.all([ids(db, "flat", 3, { limit: 2400 }), ids(db, "flat", 4)]);
    expect(all.slice(0, 2)).toEqual([3, 3 + ROWS]);
    expect(all.toSorted((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
    expect(few.slice(0, 2)).toEqual([4, 4 + ROWS]);
    await db.close();
  });

  it("opens again in either form, and reads what was written meanwhile", async () => {
    const path = join(folder, "again.db");
    let db = await Elanus.open(path, options);
    await fill(db);
    while ((await db.stats()).segments.some(({ pending }) => pending > 0)) await new Promise((r) => setTimeout(r, 20));
    const found = await ids(db, "graph", 11);
    await db.close();
    db = await Elanus.open(path, { ...options, memory: "vectors" });
    expect(await ids(db, "graph", 11)).toEqual(found);
    expect(await memoryOf(db)).toEqual({ graph: "vectors", flat: "vectors", half: "vectors", bits: "vectors" });
    await db.entities.upsert({ collectionName, data: [{ ...row(ROWS), id: 4 }] });
    await db.close();
    db = await Elanus.open(path, options);
    expect((await ids(db, "graph", ROWS))[0]).toBe(4);
    expect(await memoryOf(db)).toEqual(CODED);
    await db.collections.release({ collectionName });
    await expect(ids(db, "graph", 1)).rejects.toMatchObject({ kind: "CollectionNotLoaded" });
    await db.collections.load({ collectionName });
    expect((await ids(db, "flat", ROWS))[0]).toBe(4);
    await db.close();
  });
});
