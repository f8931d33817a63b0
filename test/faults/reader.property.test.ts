import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 25);
const D = 2;
const vectorOf = (n: number) => [Math.cos(n) * (n % 5), Math.sin(n) + n / 10];

const name = fc.constantFrom("a", "b");
const partition = fc.constantFrom("_default", "p", "q");
const keys = fc.array(fc.nat(30), { minLength: 1, maxLength: 12 });
const metric = fc.constantFrom("L2", "IP", "COSINE");

/** A call of the writer: its path below the typed interface and its request. */
interface Step {
  readonly path: readonly [string, string];
  readonly request: object;
  /** The reader is asked before, and its answer awaited after. */
  readonly overlaps: boolean;
}

const rows = (ids: readonly number[], seed: number) =>
  [...new Set(ids)].map((id) => ({ id, vector: vectorOf(id * 31 + seed), n: seed, [`k${seed % 3}`]: id }));

const call = (path: readonly [string, string], request: fc.Arbitrary<object>): fc.Arbitrary<Step> =>
  fc.record({ path: fc.constant(path), request, overlaps: fc.boolean() });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: call(
      ["entities", "insert"],
      fc.record({
        collectionName: name,
        partitionName: partition,
        data: fc.tuple(keys, fc.nat(99)).map(([ids, seed]) => rows(ids, seed)),
      }),
    ),
  },
  {
    weight: 3,
    arbitrary: call(
      ["entities", "upsert"],
      fc.record({
        collectionName: name,
        partitionName: partition,
        data: fc.tuple(keys, fc.nat(99)).map(([ids, seed]) => rows(ids, seed)),
      }),
    ),
  },
  { weight: 4, arbitrary: call(["entities", "delete"], fc.record({ collectionName: name, id: keys })) },
  {
    weight: 2,
    arbitrary: call(
      ["entities", "delete"],
      fc.record({ collectionName: name, filter: fc.nat(99).map((n) => `n > ${n}`) }),
    ),
  },
  { weight: 1, arbitrary: call(["collections", "truncate"], fc.record({ collectionName: name })) },
  {
    weight: 2,
    arbitrary: call(["partitions", "create"], fc.record({ collectionName: name, partitionName: partition })),
  },
  { weight: 1, arbitrary: call(["partitions", "drop"], fc.record({ collectionName: name, partitionName: partition })) },
  {
    weight: 1,
    arbitrary: call(
      ["partitions", "load"],
      fc.record({ collectionName: name, partitionNames: fc.array(partition, { minLength: 1 }) }),
    ),
  },
  {
    weight: 1,
    arbitrary: call(
      ["partitions", "release"],
      fc.record({ collectionName: name, partitionNames: fc.array(partition, { minLength: 1 }) }),
    ),
  },
  { weight: 2, arbitrary: call(["collections", "load"], fc.record({ collectionName: name })) },
  { weight: 1, arbitrary: call(["collections", "release"], fc.record({ collectionName: name })) },
  { weight: 1, arbitrary: call(["collections", "drop"], fc.record({ collectionName: name })) },
  {
    weight: 3,
    arbitrary: call(
      ["collections", "create"],
      fc.record({ collectionName: name, dimension: fc.constant(D), metricType: metric }),
    ),
  },
  {
    weight: 1,
    arbitrary: call(["collections", "rename"], fc.record({ collectionName: name, newCollectionName: name })),
  },
  {
    weight: 1,
    arbitrary: call(["aliases", "create"], fc.record({ collectionName: name, aliasName: fc.constantFrom("x", "a") })),
  },
  {
    weight: 1,
    arbitrary: call(["indexes", "drop"], fc.record({ collectionName: name, indexName: fc.constant("vector") })),
  },
  {
    weight: 1,
    arbitrary: call(
      ["indexes", "create"],
      fc.record({
        collectionName: name,
        indexParams: metric.map((metricType) => [{ fieldName: "vector", metricType, indexType: "FLAT" }]),
      }),
    ),
  },
  {
    weight: 1,
    arbitrary: call(
      ["collections", "alterProperties"],
      fc.record({
        collectionName: name,
        properties: fc.record({ "collection.ttl.seconds": fc.constantFrom("0", "100000") }),
      }),
    ),
  },
);

/** Whatever a call answers, errors by code and text. */
async function outcome(work: Promise<unknown>): Promise<unknown> {
  try {
    return await work;
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return `${error.code} ${error.message}`;
  }
}

const withoutLoad = (value: unknown): string => JSON.stringify({ ...Object(value), load: "" });

/** All that a database answers about everything in it. */
async function picture(db: Elanus): Promise<unknown> {
  const all = { filter: "id >= 0", limit: 1000, outputFields: ["*"] };
  const collections = await db.collections.list();
  return Promise.all(
    [...collections, "x"].map(async (collectionName) => ({
      collectionName,
      described: await outcome(db.collections.describe({ collectionName })),
      state: await outcome(db.collections.getLoadState({ collectionName })),
      stats: await outcome(db.collections.getStats({ collectionName })),
      rows: await outcome(db.entities.query({ collectionName, ...all })),
      partly: await outcome(db.entities.query({ collectionName, ...all, partitionNames: ["p"] })),
      near: await outcome(
        db.entities.search({ collectionName, data: [vectorOf(3), vectorOf(77)], limit: 40, outputFields: ["n"] }),
      ),
      filtered: await outcome(db.entities.search({ collectionName, data: [vectorOf(5)], filter: "n > 20", limit: 40 })),
    })),
  );
}

describe("a reader beside a writer (generated)", () => {
  it("answers as the writer does, after whatever the writer has done", { timeout: 1_200_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
        const path = temporaryPath();
        const writer = await Elanus.open(path, { durability: "off" });
        const reader = await Elanus.open(path, { readonly: true });
        const create = { collectionName: "a", dimension: D, metricType: "L2" };
        await writer.collections.create(create);
        for (const {
          path: [group, method],
          request,
          overlaps,
        } of steps) {
          const before = overlaps ? await picture(writer) : undefined;
          const asked = overlaps ? picture(reader) : undefined;
          const calls = writer as unknown as Record<string, Record<string, (request: object) => Promise<unknown>>>;
          await outcome(calls[group]?.[method]?.(request) as Promise<unknown>);
          if (asked !== undefined) {
            // Several calls, each of them before or after the change.
            const after = await picture(writer);
            const seen = (await asked) as Record<string, unknown>[];
            for (const one of seen) {
              const olds = (before as Record<string, unknown>[]).find(
                (o) => o["collectionName"] === one["collectionName"],
              );
              const news = (after as Record<string, unknown>[]).find(
                (o) => o["collectionName"] === one["collectionName"],
              );
              for (const [key, value] of Object.entries(one)) {
                const text = JSON.stringify(value);
                const gone = typeof value === "string" && value.startsWith("100 ");
                const fits =
                  gone ||
                  text === JSON.stringify(olds?.[key]) ||
                  text === JSON.stringify(news?.[key]) ||
                  // Created again, it gets its index back, and then it is loaded: two changes.
                  (`${group}.${method}` === "collections.create" && withoutLoad(value) === withoutLoad(news?.[key]));
                expect(fits, `${group}.${method}: ${key} ${text}`).toBe(true);
              }
            }
          }
          expect(await picture(reader)).toEqual(await picture(writer));
        }
        expect(await reader.check()).toEqual({ ok: true, problems: [] });
        await reader.close();
        await writer.close();
      }),
      { numRuns: RUNS },
    );
  });
});
