import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/**
 * The engine against a model of maps: every command is run on both, and what callers can see must agree.
 * The index is FLAT, so the model's exact search is the oracle.
 */
const COLLECTION = "book";
const PARTITIONS = ["_default", "a", "b", "c"] as const;
const RUNS = Number(process.env["ELANUS_MODEL_RUNS"] ?? 40);

interface Entity {
  readonly id: number;
  readonly n: number;
  readonly vector: readonly [number, number];
}

class Model {
  mode: "none" | "collection" | "partition" = "collection";
  loaded = new Set<string>(["_default"]);
  partitions = new Map<string, Map<number, Entity>>([["_default", new Map()]]);

  get all(): string[] {
    return [...this.partitions.keys()];
  }

  remove(id: number): boolean {
    let found = false;
    for (const rows of this.partitions.values()) found = rows.delete(id) || found;
    return found;
  }

  visible(names: readonly string[] | undefined): Entity[] {
    const from = names ?? [...this.loaded];
    return from.flatMap((name) => [...(this.partitions.get(name)?.values() ?? [])]);
  }

  /** Error of a data operation on these partitions, by code; undefined when it may run. */
  refusal(names: readonly string[] | undefined): number | undefined {
    const unknown = names?.find((name) => !this.partitions.has(name));
    if (unknown !== undefined) return 65535;
    if (this.loaded.size === 0) return 101;
    return names?.some((name) => !this.loaded.has(name)) ? 201 : undefined;
  }
}

interface Real {
  db: Elanus;
  readonly path: string;
}

async function outcome(call: Promise<unknown>): Promise<{ data?: unknown; code: number }> {
  try {
    return { data: await call, code: 0 };
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return { code: error.code };
  }
}

type Command = fc.AsyncCommand<Model, Real>;
const name = fc.constantFrom(...PARTITIONS);
const names = fc.uniqueArray(name, { minLength: 0, maxLength: 3 });
const entity = fc.record({
  id: fc.integer({ min: 1, max: 30 }),
  n: fc.integer({ min: -5, max: 5 }),
  vector: fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })),
});

function command(label: string, run: (model: Model, real: Real) => Promise<void>): Command {
  return { check: () => true, run, toString: () => label };
}

const createPartition = name.map((partitionName) =>
  command(`create ${partitionName}`, async (model, { db }) => {
    expect((await outcome(db.partitions.create({ collectionName: COLLECTION, partitionName }))).code).toBe(0);
    if (model.partitions.has(partitionName)) return;
    model.partitions.set(partitionName, new Map());
    if (model.mode === "collection") model.loaded.add(partitionName);
  }),
);

const dropPartition = name.map((partitionName) =>
  command(`drop ${partitionName}`, async (model, { db }) => {
    const { code } = await outcome(db.partitions.drop({ collectionName: COLLECTION, partitionName }));
    const refused = model.loaded.has(partitionName) || partitionName === "_default";
    expect(code).toBe(refused ? 65535 : 0);
    if (!refused) model.partitions.delete(partitionName);
  }),
);

const loadPartitions = names.map((partitionNames) =>
  command(`load [${partitionNames}]`, async (model, { db }) => {
    const { code } = await outcome(db.partitions.load({ collectionName: COLLECTION, partitionNames }));
    if (partitionNames.some((p) => !model.partitions.has(p))) return expect(code).toBe(200);
    if (partitionNames.length === 0) return expect(code).toBe(65535);
    expect(code).toBe(0);
    if (model.mode === "none") model.mode = "partition";
    for (const p of partitionNames) model.loaded.add(p);
  }),
);

const releasePartitions = names.map((partitionNames) =>
  command(`release [${partitionNames}]`, async (model, { db }) => {
    const { code } = await outcome(db.partitions.release({ collectionName: COLLECTION, partitionNames }));
    if (partitionNames.some((p) => !model.partitions.has(p))) return expect(code).toBe(200);
    if (partitionNames.length === 0) return expect(code).toBe(1100);
    expect(code).toBe(0);
    for (const p of partitionNames) model.loaded.delete(p);
    if (model.loaded.size === 0) model.mode = "none";
  }),
);

const loadCollection = fc.constant(
  command("load collection", async (model, { db }) => {
    expect((await outcome(db.collections.load({ collectionName: COLLECTION }))).code).toBe(0);
    model.mode = "collection";
    model.loaded = new Set(model.all);
  }),
);

const releaseCollection = fc.constant(
  command("release collection", async (model, { db }) => {
    expect((await outcome(db.collections.release({ collectionName: COLLECTION }))).code).toBe(0);
    model.mode = "none";
    model.loaded.clear();
  }),
);

const write = fc
  .tuple(fc.constantFrom("insert" as const, "upsert" as const), name, fc.array(entity, { minLength: 1, maxLength: 8 }))
  .map(([action, partitionName, data]) =>
    command(`${action} ${JSON.stringify(data)} into ${partitionName}`, async (model, { db }) => {
      const { code } = await outcome(db.entities[action]({ collectionName: COLLECTION, partitionName, data }));
      const target = model.partitions.get(partitionName);
      if (target === undefined) return expect(code).toBe(200);
      const repeated = new Set(data.map((row) => row.id)).size < data.length;
      expect(code).toBe(action === "upsert" && repeated ? 1100 : 0);
      if (code !== 0) return;
      for (const row of data) {
        model.remove(row.id);
        target.set(row.id, row);
      }
    }),
  );

const deleteByFilter = fc
  .tuple(fc.integer({ min: -5, max: 5 }), fc.option(name, { nil: undefined }))
  .map(([bound, only]) =>
    command(`delete n > ${bound} in ${only}`, async (model, { db }) => {
      const request = {
        collectionName: COLLECTION,
        filter: `n > ${bound}`,
        ...(only === undefined ? {} : { partitionName: only }),
      };
      const { data, code } = await outcome(db.entities.delete(request));
      if (only !== undefined && !model.partitions.has(only)) return expect(code).toBe(200);
      const refusal = model.refusal(only === undefined ? undefined : [only]);
      expect(code).toBe(refusal ?? 0);
      if (refusal !== undefined) return;
      const gone = model.visible(only === undefined ? undefined : [only]).filter((e) => e.n > bound);
      for (const e of gone) model.remove(e.id);
      expect(data).toEqual({ deleteCount: gone.length });
    }),
  );

const deleteById = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 }).map((id) =>
  command(`delete ids ${id}`, async (model, { db }) => {
    const { data, code } = await outcome(db.entities.delete({ collectionName: COLLECTION, id }));
    expect(code).toBe(0);
    expect(data).toEqual({ deleteCount: id.filter((i) => model.remove(i)).length });
  }),
);

const search = fc
  .tuple(
    fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })),
    fc.integer({ min: 1, max: 12 }),
    fc.option(names, { nil: undefined }),
    fc.option(fc.integer({ min: -5, max: 5 }), { nil: undefined }),
  )
  .map(([vector, limit, given, bound]) =>
    command(`search ${vector} limit ${limit} in ${given} where n <= ${bound}`, async (model, { db }) => {
      const only = given === undefined || given.length === 0 ? undefined : given;
      const { data, code } = await outcome(
        db.entities.search({
          collectionName: COLLECTION,
          data: [vector],
          limit,
          ...(bound === undefined ? {} : { filter: `n <= ${bound}` }),
          ...(only === undefined ? {} : { partitionNames: only }),
        }),
      );
      const refusal = model.refusal(only);
      expect(code).toBe(refusal ?? 0);
      if (refusal !== undefined) return;
      const expected = model
        .visible(only)
        .filter((e) => bound === undefined || e.n <= bound)
        .map((e) => ({ id: e.id, distance: (e.vector[0] - vector[0]) ** 2 + (e.vector[1] - vector[1]) ** 2 }))
        .sort((a, b) => a.distance - b.distance || a.id - b.id)
        .slice(0, limit);
      expect([...(data as object[])]).toEqual(expected);
    }),
  );

const query = fc.option(names, { nil: undefined }).map((given) =>
  command(`query in ${given}`, async (model, { db }) => {
    const only = given === undefined || given.length === 0 ? undefined : given;
    const { data, code } = await outcome(
      db.entities.query({
        collectionName: COLLECTION,
        limit: 1000,
        outputFields: ["id", "n"],
        ...(only === undefined ? {} : { partitionNames: only }),
      }),
    );
    const refusal = model.refusal(only);
    expect(code).toBe(refusal ?? 0);
    if (refusal !== undefined) return;
    const expected = model
      .visible(only)
      .sort((a, b) => a.id - b.id)
      .map(({ id, n }) => ({ id, n }));
    expect(data).toEqual(expected);
  }),
);

const reopen = fc.constant(
  command("reopen", async (_model, real) => {
    await real.db.close();
    real.db = await Elanus.open(real.path, { serverVersion: "2.6" });
  }),
);

const look = fc.constant(
  command("look", async (model, { db }) => {
    const state = await db.collections.getLoadState({ collectionName: COLLECTION });
    expect(state.loadState).toBe(model.loaded.size === 0 ? "LoadStateNotLoad" : "LoadStateLoaded");
    expect(await db.partitions.list({ collectionName: COLLECTION })).toEqual(model.all);
    for (const [partitionName, rows] of model.partitions) {
      expect(await db.partitions.getStats({ collectionName: COLLECTION, partitionName })).toEqual({
        rowCount: rows.size,
      });
    }
    expect(await db.check()).toEqual({ ok: true, problems: [] });
  }),
);

describe("the engine as a state machine", () => {
  it("agrees with a model of maps after any sequence of commands", async () => {
    const commands = fc.commands(
      [
        createPartition,
        createPartition,
        dropPartition,
        loadPartitions,
        releasePartitions,
        releasePartitions,
        loadCollection,
        releaseCollection,
        write,
        write,
        write,
        deleteByFilter,
        deleteById,
        search,
        search,
        query,
        reopen,
        look,
      ],
      { maxCommands: 60, size: "max" },
    );
    await fc.assert(
      fc.asyncProperty(commands, async (script) => {
        const path = temporaryPath();
        const real: Real = { db: await Elanus.open(path, { serverVersion: "2.6", durability: "off" }), path };
        try {
          await real.db.collections.create({
            collectionName: COLLECTION,
            schema: {
              fields: [
                { fieldName: "id", dataType: "Int64", isPrimary: true },
                { fieldName: "n", dataType: "Int32" },
                { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
              ],
            },
            indexParams: [{ fieldName: "vector", indexType: "FLAT", metricType: "L2" }],
          });
          await fc.asyncModelRun(() => ({ model: new Model(), real }), script);
        } finally {
          await real.db.close();
        }
      }),
      { numRuns: RUNS },
    );
  }, 600_000);
});
