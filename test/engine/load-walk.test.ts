import { copyFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/**
 * What is refused on a loaded collection is refused on a loading one: every operation in every state, and calls that are
 * not waited for one upon the other.
 */
const RUNS = Number(process.env["ELANUS_RUNS"] ?? 8);
const collectionName = "c";
/** Enough rows for a load that takes more than one turn of the event loop: ten thousand keys are read in each. */
const ROWS = 10_500;
const D = 3;
const vectorOf = (id: number) => Array.from({ length: D }, (_, i) => Math.sin(id * 0.7 + i) * (1 + (id % 10)));
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, vector: vectorOf(from + i) }));

type Call = (db: Elanus) => Promise<unknown>;
const named = { collectionName };

const load: Call = (db) => db.collections.load(named);
const release: Call = (db) => db.collections.release(named);

async function codeOf(work: Promise<unknown>): Promise<number> {
  try {
    await work;
    return 0;
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return error.code;
  }
}

/** A released collection of many rows, made once. */
let model: string;

beforeAll(async () => {
  // The folder outlives the single test.
  const { mkdtempSync } = await import("node:fs");
  const { tmpdir } = await import("node:os");
  model = `${mkdtempSync(`${tmpdir()}/elanus-model-`)}/test.db`;
  const db = await Elanus.open(model, { serverVersion: "2.6", durability: "off" });
  await db.collections.create({ collectionName, dimension: D, metricType: "L2" });
  await db.partitions.create({ collectionName, partitionName: "p" });
  for (let from = 0; from < ROWS; from += 3500) await db.entities.insert({ ...named, data: rows(from, 3500) });
  await db.entities.insert({ collectionName, partitionName: "p", data: rows(100_000, 50) });
  await db.collections.release(named);
  await db.close();
  return () => import("node:fs").then(({ rmSync }) => rmSync(model.slice(0, -"/test.db".length), { recursive: true }));
});

async function open(): Promise<{ path: string; db: Elanus }> {
  const path = temporaryPath();
  copyFileSync(model, path);
  return { path, db: await Elanus.open(path, { serverVersion: "2.6", durability: "off", exactBelow: 1_000_000 }) };
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};

/** Brings a collection into a state; resolves what is still under way. */
const STATES: Readonly<Record<string, (db: Elanus) => Promise<{ under: Promise<unknown>[] }>>> = {
  NotLoad: async () => ({ under: [] }),
  // Asked for, and nothing has happened yet.
  Asked: async (db) => ({ under: [codeOf(load(db))] }),
  Loading: async (db) => {
    const under = [codeOf(load(db))];
    await turns(1);
    // Not waited for: a call may have to wait for its turn, and the load would go on.
    const looked = db.collections.getLoadState(named);
    under.push(looked.then(({ loadState }) => (loadState === "LoadStateLoading" ? 0 : -1)));
    return { under };
  },
  Loaded: async (db) => {
    await load(db);
    return { under: [] };
  },
  Releasing: async (db) => {
    const loading = codeOf(load(db));
    await turns(1);
    return { under: [loading, codeOf(release(db))] };
  },
};

const IN_USE = { NotLoad: 0, Asked: 65535, Loading: 65535, Loaded: 65535, Releasing: 65535 };
const ALREADY = { NotLoad: 0, Asked: 104, Loading: 104, Loaded: 104, Releasing: 104 };
const SEARCHED = { NotLoad: 101, Asked: 101, Loading: 101, Loaded: 0, Releasing: 101 };
const ALWAYS = { NotLoad: 0, Asked: 0, Loading: 0, Loaded: 0, Releasing: 0 };

const TABLE: readonly [name: string, call: Call, codes: Readonly<Record<string, number>>][] = [
  ["drop the vector index", (db) => db.indexes.drop({ ...named, indexName: "vector" }), IN_USE],
  ["drop a partition", (db) => db.partitions.drop({ ...named, partitionName: "p" }), IN_USE],
  [
    "alter an index",
    (db) => db.indexes.alterProperties({ ...named, indexName: "vector", properties: { "mmap.enabled": "true" } }),
    ALREADY,
  ],
  [
    "drop properties of an index",
    (db) => db.indexes.dropProperties({ ...named, indexName: "vector", propertyKeys: ["mmap.enabled"] }),
    ALREADY,
  ],
  [
    "alter how the collection is kept",
    (db) => db.collections.alterProperties({ ...named, properties: { "mmap.enabled": "true" } }),
    ALREADY,
  ],
  ["search", (db) => db.entities.search({ ...named, data: [vectorOf(5)], limit: 1 }), SEARCHED],
  ["query", (db) => db.entities.query({ ...named, filter: "id == 5" }), SEARCHED],
  ["delete by a filter", (db) => db.entities.delete({ ...named, filter: "id % 2 == 0" }), SEARCHED],
  ["upsert parts", (db) => db.entities.upsert({ ...named, partialUpdate: true, data: rows(5, 1) }), SEARCHED],
  ["delete by key", (db) => db.entities.delete({ ...named, id: [5] }), ALWAYS],
  ["insert", (db) => db.entities.insert({ ...named, data: rows(200_000, 3) }), ALWAYS],
  ["upsert", (db) => db.entities.upsert({ ...named, data: rows(5, 3) }), ALWAYS],
  ["truncate", (db) => db.collections.truncate(named as never), ALWAYS],
  ["create a partition", (db) => db.partitions.create({ ...named, partitionName: "q" }), ALWAYS],
  ["rename", (db) => db.collections.rename({ ...named, newCollectionName: "d" }), ALWAYS],
  [
    "alter the time to live",
    (db) => db.collections.alterProperties({ ...named, properties: { "collection.ttl.seconds": "100" } }),
    ALWAYS,
  ],
  ["drop the collection", (db) => db.collections.drop(named), ALWAYS],
  ["release", release, ALWAYS],
  ["load again", load, ALWAYS],
];

describe.each(TABLE)("%s", (_, call, codes) => {
  it.each(Object.keys(STATES))("in state %s", async (state) => {
    const { path, db } = await open();
    const { under } = await (STATES[state] as (typeof STATES)[string])(db);
    expect(await codeOf(call(db))).toBe(codes[state]);
    for (const code of await Promise.all(under)) expect([0, 100, 101]).toContain(code);
    await holds(db);
    await reopens(db, path);
  });
});

/** What is loaded has its index, answers by its metric, and has every row. */
async function holds(db: Elanus): Promise<void> {
  expect(await db.check()).toEqual({ ok: true, problems: [] });
  for (const collectionName of await db.collections.list()) {
    const { loadState } = await db.collections.getLoadState({ collectionName });
    const indexes = await db.indexes.list({ collectionName });
    if (loadState !== "LoadStateLoaded") continue;
    expect(indexes).toContain("vector");
    const described = await db.indexes.describe({ collectionName, indexName: "vector" });
    const metric = described[0]?.metricType as string;
    const query = vectorOf(77);
    const [best] = await db.entities.search({ collectionName, data: [query], limit: 1, outputFields: ["vector"] });
    const stored = await db.entities.query({
      collectionName,
      filter: "id >= 0",
      limit: 16_384,
      outputFields: ["vector"],
    });
    const scores = stored.map((row) => scoreOf(metric, query, row["vector"] as number[]));
    const expected = metric === "L2" ? Math.min(...scores) : Math.max(...scores);
    if (best === undefined) expect(stored).toEqual([]);
    else expect(Math.abs((best.distance as number) - expected)).toBeLessThan(1e-3 * (1 + Math.abs(expected)));
  }
}

function scoreOf(metric: string, a: readonly number[], b: readonly number[]): number {
  let dot = 0;
  let squares = 0;
  for (let i = 0; i < a.length; i++) {
    dot += (a[i] as number) * (b[i] as number);
    squares += ((a[i] as number) - (b[i] as number)) ** 2;
  }
  if (metric === "L2") return squares;
  return metric === "IP" ? dot : dot / (Math.hypot(...a) * Math.hypot(...b));
}

/** After a reopening everything is as it was. */
async function reopens(db: Elanus, path: string): Promise<void> {
  const picture = async (of: Elanus) =>
    Promise.all(
      (await of.collections.list()).map(async (collectionName) => [
        collectionName,
        await of.collections.getLoadState({ collectionName }),
        await of.collections.getStats({ collectionName }),
        await of.indexes.list({ collectionName }),
      ]),
    );
  const before = await picture(db);
  await db.close();
  const again = await Elanus.open(path, { serverVersion: "2.6", durability: "off", exactBelow: 1_000_000 });
  expect(await picture(again)).toEqual(before);
  await again.close();
}

describe("calls that nobody waits for (generated)", () => {
  const more: readonly [string, Call][] = [
    ["load p", (db) => db.partitions.load({ ...named, partitionNames: ["p"] })],
    ["release p", (db) => db.partitions.release({ ...named, partitionNames: ["p"] })],
    ["release _default", (db) => db.partitions.release({ ...named, partitionNames: ["_default"] })],
    ...["IP", "COSINE", "L2"].map((metricType): [string, Call] => [
      `index ${metricType}`,
      (db) => db.indexes.create({ ...named, indexParams: [{ fieldName: "vector", metricType, indexName: "vector" }] }),
    ]),
    ["create it", (db) => db.collections.create({ ...named, dimension: D, metricType: "IP" })],
  ];
  const steps: readonly (readonly [string, Call])[] = [...TABLE.map(([name, call]) => [name, call] as const), ...more];
  const step = fc.record({
    at: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(0, 17, 18, 20, 21) },
      { weight: 3, arbitrary: fc.nat(steps.length - 1) },
    ),
    turns: fc.constantFrom(0, 0, 1, 2, 5),
  });

  it("leave what is loaded with its index, its metric and its rows", { timeout: 1_200_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 14 }), async (chosen) => {
        const { path, db } = await open();
        const under: Promise<number>[] = [];
        for (const { at, turns: pause } of chosen) {
          const [, call] = steps[at] as (typeof steps)[number];
          under.push(codeOf(call(db)));
          await turns(pause);
        }
        for (const code of await Promise.all(under)) expect(code).not.toBe(5);
        await holds(db);
        await reopens(db, path);
      }),
      { numRuns: RUNS },
    );
  });
});
