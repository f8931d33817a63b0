import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { Elanus } from "../../src/index.js";
import { HAS_CIPHERS } from "../support/ciphers.js";
import { temporaryPath } from "../support/temporary.js";

/** What is done at the moment of a failpoint. */
const moment = vi.hoisted(() => ({ at: (_name: string) => {} }));
vi.mock(import("../../src/engine/failpoints.js"), async (original) => ({
  ...(await original()),
  failpoint: (name) => moment.at(name),
}));

const KEY = "a key that nobody guesses";
const WORDS = ["marked-plain-title", "marked_collection", "marked_field", "marked_user", KEY];

/** A vector whose bytes are found again wherever they lie as they are. */
const vectorOf = (id: number) => Float32Array.from({ length: 32 }, (_, i) => Math.fround(Math.sin(id * 31 + i) + 2));
const marks = [
  ...WORDS.map((word) => Buffer.from(word)),
  Buffer.from(vectorOf(7).buffer),
  Buffer.from(vectorOf(9).buffer).subarray(0, 32),
];

/** The files below a folder that hold something that must not be read, and what. */
function readable(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .flatMap((path) => {
      const bytes = readFileSync(path);
      return marks.flatMap((mark, i) => (bytes.includes(mark) ? [`${path}: ${WORDS[i] ?? "a vector"}`] : []));
    });
}

async function fill(db: Elanus, rows: number): Promise<void> {
  await db.collections.create({
    collectionName: "marked_collection",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "marked_field", dataType: "VarChar", elementTypeParams: { max_length: 64 } },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 32 } },
      ],
    },
    indexParams: [{ fieldName: "vector", metricType: "L2", indexType: "HNSW" }],
  });
  const data = Array.from({ length: rows }, (_, id) => ({
    id,
    marked_field: `marked-plain-title ${id}`,
    vector: vectorOf(id),
  }));
  for (let from = 0; from < rows; from += 500) {
    await db.entities.insert({ collectionName: "marked_collection", data: data.slice(from, from + 500) });
  }
  await db.users.create({ userName: "marked_user", password: "marked-plain-password" });
}

describe.runIf(HAS_CIPHERS)("beside an encrypted database", () => {
  it("no file can be read: not the file, its log, its lock, its snapshots, its copies, rows that are being imported", async () => {
    const path = temporaryPath();
    const folder = dirname(path);
    const db = await Elanus.open(path, { key: KEY, exactBelow: 100 });
    await fill(db, 2000);
    await db.entities.search({ collectionName: "marked_collection", data: [vectorOf(7)], limit: 3, filter: "id > 3" });
    await db.entities.query({
      collectionName: "marked_collection",
      filter: 'marked_field like "%1%"',
      limit: 10,
      orderByFields: ["marked_field:desc"],
    });
    await db.snapshots.create({ collectionName: "marked_collection", snapshotName: "s" });
    await db.snapshots.restore({
      collectionName: "marked_collection",
      snapshotName: "s",
      targetCollectionName: "copy",
    });
    mkdirSync(`${folder}/backup`);
    await db.backup(`${folder}/backup/copy.db`);
    // Outside of the folder: a file that an import reads is as readable as its owner has made it.
    const rows = join(dirname(temporaryPath()), "rows.json");
    writeFileSync(rows, JSON.stringify([{ id: 5000, marked_field: "marked-plain-title", vector: [...vectorOf(9)] }]));
    let staged: string[] = [];
    let found = false;
    moment.at = (name) => {
      if (name !== "before-import-commit") return;
      found = readdirSync(folder).some((file) => file.includes("-import-"));
      staged = readable(folder);
    };
    await db.import({ collectionName: "marked_collection", from: rows });
    expect(found).toBe(true);
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(100_000);
    expect([...staged, ...readable(folder)]).toEqual([]);
    expect((await db.check()).problems).toEqual([]);
    await db.close();
    expect(readable(folder)).toEqual([]);
    const copy = await Elanus.open(`${folder}/backup/copy.db`, { key: KEY });
    const [row] = await copy.entities.get({
      collectionName: "marked_collection",
      id: 7,
      outputFields: ["marked_field"],
    });
    expect(row).toMatchObject({ marked_field: "marked-plain-title 7" });
    await copy.close();
  });

  it("nothing can be read that was there before it was encrypted, and all of it when it is no more", async () => {
    const path = temporaryPath();
    const plain = await Elanus.open(path, { exactBelow: 100 });
    await fill(plain, 1000);
    await plain.snapshots.create({ collectionName: "marked_collection", snapshotName: "s" });
    await plain.close();
    expect(readable(dirname(path))).not.toEqual([]);
    for (const [key, newKey] of [
      [undefined, KEY],
      [KEY, new Uint8Array([1, 2, 3])],
      [new Uint8Array([1, 2, 3]), KEY],
    ] as const) {
      await Elanus.rekey(path, { ...(key !== undefined && { key }), newKey });
      expect(readable(dirname(path))).toEqual([]);
    }
    const db = await Elanus.open(path, { key: KEY });
    expect((await db.check()).problems).toEqual([]);
    await db.snapshots.restore({
      collectionName: "marked_collection",
      snapshotName: "s",
      targetCollectionName: "copy",
    });
    await db.close();
    await Elanus.rekey(path, { key: KEY });
    const again = await Elanus.open(path);
    expect((await again.check()).problems).toEqual([]);
    await again.close();
  });
});
