import { createRequest, DIMENSION, type Model, type Row, type Step } from "./model.js";
import type { Random } from "./random.js";

const COLLECTIONS = ["exact", "graph", "exact_other"] as const;
/** What snapshots are restored as: names give the index here too. */
const RESTORED = { exact: "exact_restored", graph: "graph_restored", exact_other: "exact_restored" } as const;
const SNAPSHOTS = ["one", "two"] as const;
const PARTITIONS = ["_default", "a", "b", "c"] as const;
/** Few keys, so that rows are overwritten often. */
const KEYS = 600;

export interface ScriptOptions {
  readonly length: number;
  /** Pauses let builds and snapshots get on. */
  readonly pauses: boolean;
  readonly reopen: boolean;
  /** Begins with what makes two snapshots of one partition. */
  readonly snapshots?: boolean;
}

/** A random script that makes sense for a database in the state of `model`, which is carried along. */
export function makeScript(random: Random, model: Model, options: ScriptOptions): Step[] {
  const steps: Step[] = [];
  const ahead = model.clone();
  for (const collection of COLLECTIONS) {
    if (!ahead.collections.has(collection)) add({ call: "collections.create", request: createRequest(collection) });
  }
  if (options.snapshots === true) {
    const collectionName = "graph";
    add({ call: "collections.load", request: { collectionName } });
    for (let i = 0; i < 2; i++) {
      add(step("entities.upsert", { collectionName, data: numberedRows(random, 560) }));
      add(step("pause", { ms: 450 }));
    }
  }
  while (steps.length < options.length) add(makeStep(random, ahead, options));
  return steps;

  function add(step: Step): void {
    steps.push(step);
    ahead.apply(step);
  }
}

type Maker = (random: Random, collectionName: string, model: Model) => Step;

const makers: readonly (readonly [number, Maker])[] = [
  [14, (random, collectionName) => write(random, "entities.insert", collectionName, random.int(1, 12))],
  [8, (random, collectionName) => write(random, "entities.upsert", collectionName, random.int(1, 12))],
  [2, (random, collectionName) => write(random, "entities.insert", collectionName, random.int(150, 350))],
  [2, refusedWrite],
  [6, (random, collectionName) => step("entities.delete", { collectionName, id: keys(random, random.int(1, 20)) })],
  [
    5,
    (random, collectionName) =>
      step("entities.delete", {
        collectionName,
        filter: `n > ${random.int(3, 9)}`,
        ...(random.chance(0.5) ? { partitionName: random.pick(PARTITIONS) } : {}),
      }),
  ],
  [
    4,
    (random, collectionName) => step("partitions.create", { collectionName, partitionName: random.pick(PARTITIONS) }),
  ],
  [3, dropPartition],
  [
    3,
    (random, collectionName, model) =>
      step("partitions.load", { collectionName, partitionNames: partitionsOf(random, collectionName, model) }),
  ],
  [
    3,
    (random, collectionName, model) =>
      step("partitions.release", { collectionName, partitionNames: partitionsOf(random, collectionName, model) }),
  ],
  [4, (_random, collectionName) => step("collections.load", { collectionName })],
  [2, (_random, collectionName) => step("collections.release", { collectionName })],
  [1, (_random, collectionName) => step("collections.truncate", { collectionName })],
  [2, (_random, collectionName) => step("collections.compact", { collectionName })],
  [1, (_random, collectionName) => step("collections.flush", { collectionName })],
  [1, (_random, collectionName) => step("collections.drop", { collectionName })],
  [3, (_random, collectionName) => step("collections.create", createRequest(collectionName))],
  [
    1,
    (_random, collectionName) =>
      step("indexes.create", {
        collectionName,
        indexParams: [{ fieldName: "n", indexName: "by_n", indexType: "STL_SORT" }],
      }),
  ],
  [1, (_random, collectionName) => step("indexes.drop", { collectionName, indexName: "by_n" })],
  [
    1,
    (random, collectionName) =>
      step("collections.fields.add", {
        collectionName,
        schema: { fieldName: `extra_${random.int(1, 9)}`, dataType: "Int64", nullable: true },
      }),
  ],
  [
    2,
    (_random, collectionName, model) => {
      const [fieldName = "extra_1"] = model.collections.get(collectionName)?.extraFields ?? [];
      return step("collections.fields.drop", { collectionName, fieldName });
    },
  ],
  [
    2,
    (_random, collectionName) =>
      step("collections.addFunctionField", {
        collectionName,
        function: { name: "bm25", type: "BM25", inputFieldNames: ["tag"], outputFieldNames: ["words"] },
        outputField: { fieldName: "words", dataType: "SparseFloatVector" },
      }),
  ],
  [1, (_random, collectionName) => step("collections.dropFunctionField", { collectionName, functionName: "bm25" })],
  [3, (random, collectionName) => step("snapshots.create", { collectionName, snapshotName: random.pick(SNAPSHOTS) })],
  [2, (random, collectionName) => step("snapshots.drop", { collectionName, snapshotName: random.pick(SNAPSHOTS) })],
  [
    4,
    (random, collectionName) =>
      step("snapshots.restore", {
        collectionName,
        snapshotName: random.pick(SNAPSHOTS),
        targetCollectionName: RESTORED[collectionName as keyof typeof RESTORED],
      }),
  ],
  [2, (random) => step("collections.drop", { collectionName: random.pick(Object.values(RESTORED)) })],
  [1, (random) => step("collections.load", { collectionName: random.pick(Object.values(RESTORED)) })],
];

const WEIGHT = makers.reduce((sum, [weight]) => sum + weight, 0);

function makeStep(random: Random, model: Model, options: ScriptOptions): Step {
  if (options.pauses && random.chance(0.02)) return step("pause", { ms: random.int(20, 320) });
  if (options.reopen && random.chance(0.015)) return step("reopen", {});
  let at = random.next() * WEIGHT;
  for (const [weight, make] of makers) {
    at -= weight;
    if (at < 0) return make(random, random.pick(COLLECTIONS), model);
  }
  return step("pause", { ms: 0 });
}

function step(call: string, request: Readonly<Record<string, unknown>>): Step {
  return { call, request };
}

function keys(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.int(1, KEYS));
}

export function makeRows(random: Random, count: number): Row[] {
  return Array.from({ length: count }, () => ({
    id: random.int(1, KEYS),
    n: random.int(0, 9),
    tag: `tag ${random.int(1, 99)}`,
    vector: Array.from({ length: DIMENSION }, () => random.int(-9, 9)),
  }));
}

/** One row for each of the first keys: enough of them are worth a graph. */
function numberedRows(random: Random, count: number): Row[] {
  return makeRows(random, count).map((row, i) => ({ ...row, id: i + 1 }));
}

function write(random: Random, call: string, collectionName: string, count: number): Step {
  return step(call, {
    collectionName,
    data: makeRows(random, count),
    ...(random.chance(0.5) ? { partitionName: random.pick(PARTITIONS) } : {}),
  });
}

/** A batch whose last row does not fit: all of it must be refused. */
function refusedWrite(random: Random, collectionName: string): Step {
  const rows = makeRows(random, random.int(2, 9));
  const last = rows.pop() as Row;
  const call = random.pick(["entities.insert", "entities.upsert"]);
  return step(call, { collectionName, data: [...rows, { ...last, vector: last.vector.slice(1) }] });
}

/** Mostly one that may be dropped: released before. */
function dropPartition(random: Random, collectionName: string, model: Model): Step {
  const partitions = [...(model.collections.get(collectionName)?.partitions ?? [])];
  const free = partitions.filter(([name, { loaded }]) => !loaded && name !== "_default").map(([name]) => name);
  const partitionName = free.length > 0 ? random.pick(free) : random.pick(PARTITIONS);
  return step("partitions.drop", { collectionName, partitionName });
}

function partitionsOf(random: Random, collectionName: string, model: Model): string[] {
  const known = [...(model.collections.get(collectionName)?.partitions.keys() ?? ["_default"])];
  const chosen = known.filter(() => random.chance(0.4));
  return chosen.length > 0 ? chosen : [random.pick(PARTITIONS)];
}
