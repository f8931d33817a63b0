import { afterEach, describe, expect, it } from "vitest";
import {
  Elanus,
  type Embedder,
  floatVector,
  int64,
  type OpenOptions,
  schema,
  type TransferProgress,
  varchar,
} from "../../src/index.js";
import { openAsAnother } from "../shared/several.js";
import { refused } from "../support/served.js";
import { temporaryPath } from "../support/temporary.js";

const collectionName = "note";
const ROWS = 400;
const asked: string[] = [];
const open: Elanus[] = [];
/** What batches of rows that were there before wait for, after so many texts; a row that is written meanwhile waits for nothing. */
let gate = { after: Number.POSITIVE_INFINITY, opened: Promise.resolve() as Promise<void> };
/** Closes the gate. @returns opens it */
function closeGate(after: number): () => void {
  let openGate = (): void => {};
  const opened = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  gate = { after, opened };
  return openGate;
}
afterEach(async () => {
  asked.length = 0;
  gate = { after: Number.POSITIVE_INFINITY, opened: Promise.resolve() };
  for (const db of open.splice(0)) await db.close();
});

const number = (text: string) => Number(text.replace(/\D/g, ""));
const old: Embedder = { model: "old", embed: (texts) => texts.map((text) => [number(text), 1]) };
const fresh: Embedder = {
  model: "new",
  dimension: 3,
  async embed(texts) {
    asked.push(...texts);
    if (texts.length > 1 && asked.length > gate.after) await gate.opened;
    return texts.map((text) => [0, number(text), 2]);
  },
};
/** As `fresh`, without its gate. */
const plain: Embedder["embed"] = (texts) => texts.map((text) => [0, number(text), 2]);

const fieldsBy = (model: string, dimension: number) =>
  schema({
    id: int64().primary(),
    text: varchar(50),
    vector: floatVector(dimension).index({ metric: "L2", type: "HNSW" }).embeds("text", { model }),
  });
const NOTE = fieldsBy("old", 2);
const NEWER = fieldsBy("new", 3);

async function opened(path: string, options: OpenOptions = {}): Promise<Elanus> {
  const db = await Elanus.open(path, { functions: { embed: { old, new: fresh } }, ...options });
  open.push(db);
  return db;
}

async function filled(path: string, options: OpenOptions = {}) {
  const db = await opened(path, options);
  const notes = db.collection(collectionName, NOTE);
  await notes.ensure();
  await notes.insert(Array.from({ length: ROWS }, (_, id) => ({ id, text: `text ${id}` })));
  return { db, notes };
}

const request = { collectionName, fieldName: "vector", model: "new", dimension: 3 };

async function expectNew(db: Elanus, rows: number): Promise<void> {
  const notes = db.collection(collectionName, NEWER);
  expect(await notes.differences()).toEqual([]);
  expect((await db.collections.describe({ collectionName })).fields.map(({ name }) => name)).toEqual([
    "id",
    "text",
    "vector",
  ]);
  const all = await notes.query({ filter: "id >= 0", limit: 10_000 });
  expect(all).toHaveLength(rows);
  for (const { text, vector } of all) expect(vector).toEqual([0, number(text), 2]);
  const hits = await notes.search({ data: ["text 7"], limit: 1 });
  expect([...hits]).toEqual([{ id: 7, distance: 0 }]);
  expect(await db.check()).toMatchObject({ ok: true });
}

describe.each([false, true])("reembed, worker: %s", (worker) => {
  it("makes all vectors anew while others write and search, and takes the name at once", async () => {
    const { db, notes } = await filled(":memory:", { worker });
    const told: TransferProgress[] = [];
    const openGate = closeGate(0);
    const done = db.reembed({ ...request, onProgress: (progress) => told.push(progress) });
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    await notes.insert({ id: 1000, text: "text 1000" });
    expect(await db.entities.get({ collectionName, id: 1000, outputFields: ["vector", "vector_next"] })).toEqual([
      { id: 1000, vector: [1000, 1], vector_next: [0, 1000, 2] },
    ]);
    await notes.delete({ id: [1, 2] });
    await notes.upsert({ id: 3, text: "text 333" });
    expect([...(await notes.search({ data: ["text 5"], annsField: "vector", limit: 1 }))]).toEqual([
      { id: 5, distance: 0 },
    ]);
    // Who names no field means the old one until then.
    expect([...(await notes.search({ data: ["text 5"], limit: 1 }))]).toEqual([{ id: 5, distance: 0 }]);
    for await (const hit of notes.iterateHits({ data: [[5, 1]] })) {
      expect(hit).toEqual({ id: 5, distance: 0 });
      break;
    }
    openGate();
    expect(await done).toEqual({ rowCount: ROWS - 1 });
    await expectNew(db, ROWS - 1);
    expect(told.at(-1)).toMatchObject({ totalRows: expect.any(Number) });
    expect(await db.reembed(request)).toEqual({ rowCount: 0 });
  });
});

describe("two that ask for the same", () => {
  /** The first one stands still in its model. */
  async function twice(options: OpenOptions = {}) {
    const made = await filled(":memory:", options);
    const openGate = closeGate(100);
    const leave = new AbortController();
    const first = made.db.reembed({ ...request, signal: leave.signal });
    await expect.poll(() => asked.length).toBeGreaterThan(100);
    return { ...made, first, leave, openGate };
  }

  it.each([false, true])("get the same answer of the same work, worker: %s", async (worker) => {
    const { db, first, openGate } = await twice({ worker });
    const told: TransferProgress[] = [];
    const all = [first, db.reembed({ ...request, onProgress: (progress) => told.push(progress) }), db.reembed(request)];
    openGate();
    expect(await Promise.all(all)).toEqual([{ rowCount: ROWS }, { rowCount: ROWS }, { rowCount: ROWS }]);
    expect(told.at(-1)).toMatchObject({ rows: expect.any(Number), totalRows: ROWS });
    // The text that a model is tried with, and those of a batch that was waited for.
    expect(asked.length).toBeLessThan(ROWS + 70);
    await expectNew(db, ROWS);
  });

  it("do not end each other: who waits goes on with what the first one leaves", async () => {
    const { db, first, leave, openGate } = await twice();
    const second = db.reembed(request);
    const ended = refused(first);
    leave.abort();
    openGate();
    expect(await ended).toMatchObject({ kind: "Aborted" });
    expect(await second).toEqual({ rowCount: ROWS });
    expect(asked.length).toBeLessThan(ROWS + 140);
    await expectNew(db, ROWS);
  });

  it("and who waits may leave at once, or sees that it was given up", async () => {
    const { db, first, openGate } = await twice();
    const bored = new AbortController();
    const second = refused(db.reembed({ ...request, signal: bored.signal }));
    const third = refused(db.reembed(request));
    bored.abort();
    expect(await second).toMatchObject({ kind: "Aborted" });
    const ended = refused(first);
    await db.collections.dropFunctionField({ collectionName, functionName: "make_vector_next" });
    openGate();
    expect((await ended).message).toContain("vector_next was dropped meanwhile");
    expect((await third).message).toContain("vector_next was dropped meanwhile");
    expect(await db.collection(collectionName, NOTE).differences()).toEqual([]);
  });

  it("in two processes: where the model of the one fails, that of the other goes on", async () => {
    const path = temporaryPath();
    const { db } = await filled(path);
    await db.close();
    let tell = (): void => {};
    const begun = new Promise<void>((resolve) => {
      tell = resolve;
    });
    const openGate = closeGate(0);
    const failing: Embedder["embed"] = async (texts) => {
      if (texts.length === 1) return [[1, 2, 3]];
      tell();
      await gate.opened;
      throw new Error("the window was closed");
    };
    const owner = await openAsAnother(path, { functions: { embed: { old, new: failing } } });
    const peer = await openAsAnother(path, { functions: { embed: { old, new: { ...fresh, embed: plain } } } });
    const first = refused(owner.transfer("reembed", request));
    await begun;
    const second = peer.transfer("reembed", request);
    // Behind the call that was made before it.
    await peer.stats();
    openGate();
    expect(await first).toMatchObject({ kind: "FunctionFailed" });
    expect(await second).toEqual({ rowCount: ROWS });
    await peer.close();
    await owner.close();
    await expectNew(await opened(path), ROWS);
  });

  it("in two processes: where the one ends that owns the file, the next owner goes on", async () => {
    const path = temporaryPath();
    const { db } = await filled(path);
    await db.close();
    const openGate = closeGate(100);
    const functions = { embed: { old, new: fresh } };
    const owner = await openAsAnother(path, { functions });
    const peer = await openAsAnother(path, { functions });
    const done = peer.transfer("reembed", request);
    await expect.poll(() => asked.length).toBeGreaterThan(100);
    await owner.close();
    openGate();
    expect(await done).toEqual({ rowCount: ROWS });
    await peer.close();
    await expectNew(await opened(path), ROWS);
  });
});

it("a reembed that was ended, in a store that was closed, goes on where it was", async () => {
  const path = temporaryPath();
  const { db, notes } = await filled(path);
  const leave = new AbortController();
  const openGate = closeGate(100);
  const ended = refused(db.reembed({ ...request, signal: leave.signal }));
  await expect.poll(() => asked.length).toBeGreaterThan(100);
  leave.abort();
  openGate();
  expect(await ended).toMatchObject({ kind: "Aborted" });
  expect(await notes.search({ data: ["text 5"], annsField: "vector", limit: 1 })).toHaveLength(1);
  await open.pop()?.close();

  const again = await opened(path);
  await again.collection(collectionName, NOTE).insert({ id: 2000, text: "text 2000" });
  await again.entities.delete({ collectionName, id: [0, 10, 399] });
  expect(await again.reembed(request)).toEqual({ rowCount: ROWS - 2 });
  await expectNew(again, ROWS - 2);
  // No text was asked for much more than once.
  expect(asked.length).toBeLessThan(ROWS + 140);
  await open.pop()?.close();
  await expectNew(await opened(path), ROWS - 2);
});

it("a reader beside the writer finds all rows by the new vectors", async () => {
  const path = temporaryPath();
  const same: Embedder = {
    model: "new",
    embed: async (texts, context) => (await fresh.embed(texts, context)).map((_, i) => [9, number(texts[i] as string)]),
  };
  const models = { functions: { embed: { old, new: same } } };
  const { db } = await filled(path, models);
  const beside = await opened(path, { ...models, readonly: true });
  const find = async (data: (string | number[])[]) => [
    ...(await beside.entities.search({ collectionName, data, annsField: "vector", limit: 1 })),
  ];
  const found = [
    { id: 7, distance: 0 },
    { id: 399, distance: 0 },
  ];
  expect(await find(["text 7", "text 399"])).toEqual(found);
  const done = db.reembed({ ...request, dimension: 2 });
  await expect.poll(() => asked.length).toBeGreaterThan(64);
  expect(await find(["text 7", "text 399"])).toEqual(found);
  expect(await done).toEqual({ rowCount: ROWS });
  expect(await find(["text 7", "text 399"])).toEqual(found);
  expect(await find([[9, 50]])).toEqual([{ id: 50, distance: 0 }]);
});

describe("a reembed", () => {
  it("by another model, of another field or of none is refused by name", async () => {
    const { db } = await filled(":memory:");
    const leave = new AbortController();
    const openGate = closeGate(0);
    const ended = refused(db.reembed({ ...request, signal: leave.signal }));
    await expect.poll(() => asked.length).toBeGreaterThan(1);
    leave.abort();
    openGate();
    await ended;
    expect((await refused(db.reembed({ ...request, model: "third" }))).message).toContain(
      "being made anew by the model new already",
    );
    expect((await refused(db.reembed({ ...request, fieldName: "text" }))).message).toContain(
      "field text of note is not made by",
    );
    expect((await refused(db.reembed({ collectionName } as never))).message).toContain('needs a "fieldName"');
    await db.collections.dropFunctionField({ collectionName, functionName: "make_vector_next" });
    expect(await db.collection(collectionName, NOTE).differences()).toEqual([]);
    expect(await db.check()).toMatchObject({ ok: true });
  });

  it("whose model is not there, or makes other vectors, changes nothing", async () => {
    for (const [embed, kind] of [
      [undefined, "EmbedModelDiffers"],
      [() => [[1, 2]], "FunctionResult"],
      [(texts: readonly string[]) => texts.map(() => [Number.NaN, 1, 2]), "FunctionResult"],
      [
        () => {
          throw new Error("no network");
        },
        "FunctionFailed",
      ],
    ] as const) {
      const models = { old, ...(embed !== undefined && { new: embed }) };
      const { db, notes } = await filled(":memory:", { functions: { embed: models } });
      const before = await db.collections.describe({ collectionName });
      expect(await refused(db.reembed(request))).toMatchObject({ kind });
      expect(await db.collections.describe({ collectionName })).toEqual(before);
      await notes.insert({ id: 1000, text: "text 1000" });
      expect([...(await notes.search({ data: ["text 5"], limit: 1 }))]).toEqual([{ id: 5, distance: 0 }]);
    }
  });

  it("whose model fails on its way says how, and keeps what it has", async () => {
    const embed: Embedder["embed"] = (texts, context) => {
      if (asked.length > 100) throw new Error("the quota is used up");
      return fresh.embed(texts, context);
    };
    const { db, notes } = await filled(":memory:", { functions: { embed: { old, new: embed } } });
    expect(await refused(db.reembed(request))).toMatchObject({ kind: "FunctionFailed" });
    expect([...(await notes.search({ data: ["text 5"], limit: 1 }))]).toEqual([{ id: 5, distance: 0 }]);
    expect(await db.entities.get({ collectionName, id: [0, 399], outputFields: ["vector_next"] })).toEqual([
      { id: 0, vector_next: [0, 0, 2] },
      { id: 399, vector_next: null },
    ]);
  });
});
