/** What a database should hold, as maps. Every call a script may make is here with its effect and its code. */
export const DIMENSION = 4;

export interface Row {
  readonly id: number;
  readonly n: number;
  readonly tag: string;
  readonly vector: readonly number[];
}

export interface Step {
  /** `entities.insert`, as in the typed interface; `pause` and `reopen` are the script's own. */
  readonly call: string;
  readonly request: Readonly<Record<string, unknown>>;
}

export interface PartitionState {
  loaded: boolean;
  readonly rows: Map<number, Row>;
}

export interface CollectionState {
  mode: "none" | "collection" | "partition";
  indexed: boolean;
  readonly extraFields: Set<string>;
  /** Has a field `words` that a function computes of `tag`. */
  computed: boolean;
  readonly partitions: Map<string, PartitionState>;
  /** What a restore makes. */
  readonly snapshots: Map<string, CollectionState>;
}

/** A copy that shares nothing, rows aside. */
function copyOf(state: CollectionState): CollectionState {
  return {
    ...state,
    extraFields: new Set(state.extraFields),
    partitions: new Map([...state.partitions].map(([p, { loaded, rows }]) => [p, { loaded, rows: new Map(rows) }])),
    snapshots: new Map(state.snapshots),
  };
}

/** The collection that a snapshot of now would give: not loaded, without snapshots of its own. */
function keptOf(state: CollectionState): CollectionState {
  const kept = copyOf(state);
  kept.mode = "none";
  for (const partition of kept.partitions.values()) partition.loaded = false;
  return { ...kept, snapshots: new Map() };
}

/** Names of collections give their index: `graph...` is searched by a graph, everything else exactly. */
export function indexTypeOf(collection: string): "HNSW" | "FLAT" {
  return collection.startsWith("graph") ? "HNSW" : "FLAT";
}

export function createRequest(collectionName: string): Record<string, unknown> {
  return {
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "n", dataType: "Int32" },
        { fieldName: "tag", dataType: "VarChar", elementTypeParams: { max_length: 64, enable_analyzer: true } },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexType: indexTypeOf(collectionName), metricType: "L2" }],
  };
}

type Request = {
  readonly collectionName: string;
  readonly partitionName?: string;
  readonly partitionNames?: readonly string[];
  readonly data: readonly Row[];
  readonly id: readonly number[];
  readonly filter: string;
  readonly schema: { readonly fieldName: string };
  readonly fieldName: string;
  readonly snapshotName: string;
  readonly targetCollectionName: string;
};

/** Codes that a model cannot tell apart: any refusal will do. */
export const REFUSED = -1;

export class Model {
  readonly collections = new Map<string, CollectionState>();

  clone(): Model {
    const copy = new Model();
    for (const [name, state] of this.collections) copy.collections.set(name, copyOf(state));
    return copy;
  }

  /** Carries out a step; the code it must answer. A refused step changes nothing. */
  apply(step: Step): number {
    if (step.call === "pause" || step.call === "reopen") return 0;
    const request = step.request as unknown as Request;
    const name = request.collectionName;
    if (step.call === "collections.create") return this.#create(name);
    if (step.call === "collections.drop") {
      this.collections.delete(name);
      return 0;
    }
    const state = this.collections.get(name);
    if (state === undefined) return 100;
    return step.call === "snapshots.restore" ? this.#restore(state, request) : apply(state, step.call, request);
  }

  #restore(state: CollectionState, { snapshotName, targetCollectionName }: Request): number {
    const kept = state.snapshots.get(snapshotName);
    if (kept === undefined) return 2600;
    if (this.collections.has(targetCollectionName)) return 1100;
    this.collections.set(targetCollectionName, copyOf(kept));
    return 0;
  }

  #create(name: string): number {
    const state = this.collections.get(name);
    if (state === undefined) {
      this.collections.set(name, {
        mode: "collection",
        indexed: false,
        extraFields: new Set(),
        computed: false,
        partitions: new Map([["_default", { loaded: true, rows: new Map() }]]),
        snapshots: new Map(),
      });
      return 0;
    }
    // The definition has changed since.
    if (state.extraFields.size > 0 || state.computed) return REFUSED;
    loadAll(state);
    return 0;
  }
}

function loadAll(state: CollectionState): void {
  state.mode = "collection";
  for (const partition of state.partitions.values()) partition.loaded = true;
}

function apply(state: CollectionState, call: string, request: Request): number {
  const { partitions } = state;
  switch (call) {
    case "collections.load":
      loadAll(state);
      return 0;
    case "collections.release":
      state.mode = "none";
      for (const partition of partitions.values()) partition.loaded = false;
      return 0;
    case "collections.truncate":
      for (const { rows } of partitions.values()) rows.clear();
      return 0;
    case "snapshots.create":
      if (state.snapshots.has(request.snapshotName)) return 1100;
      state.snapshots.set(request.snapshotName, keptOf(state));
      return 0;
    case "snapshots.drop":
      state.snapshots.delete(request.snapshotName);
      return 0;
    case "collections.flush":
    case "collections.compact":
      return 0;
    case "collections.fields.add":
      if (state.extraFields.has(request.schema.fieldName)) return 1100;
      state.extraFields.add(request.schema.fieldName);
      return 0;
    case "collections.fields.drop":
      return state.extraFields.delete(request.fieldName) ? 0 : 1100;
    case "collections.addFunctionField":
      if (state.computed) return 1100;
      state.computed = true;
      return 0;
    case "collections.dropFunctionField":
      if (!state.computed) return 1100;
      state.computed = false;
      return 0;
    case "indexes.create":
      state.indexed = true;
      return 0;
    case "indexes.drop":
      state.indexed = false;
      return 0;
    case "partitions.create": {
      const name = request.partitionName as string;
      if (!partitions.has(name)) partitions.set(name, { loaded: state.mode === "collection", rows: new Map() });
      return 0;
    }
    case "partitions.drop": {
      const name = request.partitionName as string;
      const partition = partitions.get(name);
      if (partition === undefined) return 0;
      if (partition.loaded || name === "_default") return 1100;
      partitions.delete(name);
      return 0;
    }
    case "partitions.load":
    case "partitions.release":
      return setLoaded(state, request.partitionNames ?? [], call === "partitions.load");
    case "entities.insert":
    case "entities.upsert":
      return write(partitions, request.partitionName ?? "_default", request.data, call === "entities.upsert");
    case "entities.delete":
      return request.filter === undefined ? removeKeys(partitions, request.id) : removeByFilter(state, request);
    default:
      throw new Error(`the model does not know ${call}`);
  }
}

function setLoaded(state: CollectionState, names: readonly string[], loaded: boolean): number {
  if (names.some((name) => !state.partitions.has(name))) return 200;
  for (const name of names) (state.partitions.get(name) as PartitionState).loaded = loaded;
  if (loaded && state.mode === "none") state.mode = "partition";
  if (![...state.partitions.values()].some((partition) => partition.loaded)) state.mode = "none";
  return 0;
}

function write(partitions: Map<string, PartitionState>, name: string, rows: readonly Row[], upsert: boolean): number {
  const partition = partitions.get(name);
  if (partition === undefined) return 200;
  if (rows.some((row) => row.vector.length !== DIMENSION)) return REFUSED;
  if (upsert && new Set(rows.map((row) => row.id)).size < rows.length) return 1100;
  for (const row of rows) {
    for (const other of partitions.values()) other.rows.delete(row.id);
    partition.rows.set(row.id, row);
  }
  return 0;
}

function removeKeys(partitions: Map<string, PartitionState>, keys: readonly number[]): number {
  for (const { rows } of partitions.values()) for (const key of keys) rows.delete(key);
  return 0;
}

/** The filters of scripts are all `n > bound`. */
function removeByFilter(state: CollectionState, request: Request): number {
  const bound = Number(request.filter.slice("n > ".length));
  if (request.partitionName !== undefined && !state.partitions.has(request.partitionName)) return 200;
  const loaded = [...state.partitions.values()].filter((p) => p.loaded);
  if (loaded.length === 0) return 101;
  const only = request.partitionName === undefined ? undefined : state.partitions.get(request.partitionName);
  if (only !== undefined && !only.loaded) return 201;
  for (const { rows } of only === undefined ? loaded : [only]) {
    for (const row of [...rows.values()]) if (row.n > bound) rows.delete(row.id);
  }
  return 0;
}
