import Sqlite from "better-sqlite3";
import { expect } from "vitest";
import { openCatalog } from "../../src/engine/catalog/sqlite-catalog.js";
import type { EngineContext } from "../../src/engine/context.js";
import type { EntityStore } from "../../src/engine/entities/entity-store.js";
import type { Loader } from "../../src/engine/load/loader.js";
import { type AnyOperation, ddlOperations } from "../../src/engine/operations/ddl-table.js";
import { decodeRequest } from "../../src/engine/operations/request.js";
import { isElanusError } from "../../src/errors.js";

/** The definition layer alone: a real catalogue over a memory database, with recorded tables and loads. */
export interface Ddl {
  readonly ctx: EngineContext;
  /** Calls of the entity store and the loader, in order: `createTables 1`. */
  readonly calls: string[];
  /** Rows that the entity store reports: by collection id, or `collection/partition`. */
  readonly rows: Map<string, number>;
  /** The next load fails with this. */
  failLoad: Error | undefined;
  /** Runs an operation; gives the v2 envelope. */
  call(path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Runs an operation that must succeed; gives its data. */
  ok(path: string, body?: unknown): Promise<unknown>;
}

export function openDdl(): Ddl {
  const sql = new Sqlite(":memory:");
  sql.pragma("foreign_keys = ON");
  const catalog = openCatalog(sql);
  const calls: string[] = [];
  const rows = new Map<string, number>();
  const entities: EntityStore = {
    createTables: (c) => calls.push(`createTables ${c.name}`),
    dropTables: (c) => calls.push(`dropTables ${c.name}`),
    addColumn: (c, f) => calls.push(`addColumn ${c.name} ${f.name} ${f.id}`),
    deletePartition: (c, id) => calls.push(`deletePartition ${c.name} ${nameOf(id, c.partitions)}`),
    truncate: (c) => calls.push(`truncate ${c.name}`),
    createScalarIndex: (c, i) => calls.push(`createScalarIndex ${c.name} ${i.name}`),
    dropScalarIndex: (c, i) => calls.push(`dropScalarIndex ${c.name} ${i.name}`),
    countRows: (c, partitionId) =>
      rows.get(partitionId === undefined ? c.name : nameOf(partitionId, c.partitions)) ?? 0,
  };
  const setLoaded = (id: number, mode: "none" | "collection" | "partition", ids: readonly number[]) =>
    transaction(() => catalog.setLoadState(id, mode, new Set(ids)));
  const loader: Loader = {
    async loadCollection(id) {
      calls.push(`load ${catalog.byId(id)?.name}`);
      const failed = ddl.failLoad;
      ddl.failLoad = undefined;
      if (failed !== undefined) throw failed;
      const collection = catalog.byId(id);
      if (collection !== undefined)
        setLoaded(
          id,
          "collection",
          collection.partitions.map((p) => p.id),
        );
    },
    async loadPartitions(id, ids) {
      setLoaded(id, "partition", ids);
    },
    async releaseCollection(id) {
      setLoaded(id, "none", []);
    },
    async releasePartitions(id, ids) {
      const collection = catalog.byId(id);
      if (collection === undefined) return;
      const left = collection.partitions.filter((p) => p.loaded && !ids.includes(p.id)).map((p) => p.id);
      setLoaded(id, left.length === 0 ? "none" : collection.loadMode, left);
    },
    collectionDropped: (id) => calls.push(`collectionDropped ${id > 0}`),
    partitionDropped: (_id, partitionId) => calls.push(`partitionDropped ${partitionId > 0}`),
    partitionCreated: (id, partitionId) =>
      calls.push(`partitionCreated ${nameOf(partitionId, catalog.byId(id)?.partitions ?? [])}`),
    collectionTruncated: () => calls.push("collectionTruncated"),
    async vectorIndexCreated(id, fieldId) {
      calls.push(`vectorIndexCreated ${catalog.byId(id)?.name} ${fieldId}`);
    },
    loadProgress: () => undefined,
    indexProgress: (id) => ({
      total: rows.get(catalog.byId(id)?.name ?? "") ?? 0,
      indexed: 5,
      pending: 2,
      failReason: "",
    }),
  };
  function transaction<T>(work: () => T): T {
    if (sql.inTransaction) return work();
    try {
      return sql.transaction(work).immediate();
    } catch (error) {
      catalog.reload();
      throw error;
    }
  }
  const ctx: EngineContext = {
    options: { loadRules: "modern" },
    sql,
    catalog,
    entities,
    loader,
    now: Date.now,
    transaction,
  };
  const ddl: Ddl = {
    ctx,
    calls,
    rows,
    failLoad: undefined,
    call: (path, body = {}) => envelope(ctx, path, body),
    async ok(path, body = {}) {
      const reply = await envelope(ctx, path, body);
      expect(reply).toMatchObject({ code: 0 });
      return reply["data"];
    },
  };
  return ddl;
}

function nameOf(id: number, partitions: readonly { readonly id: number; readonly name: string }[]): string {
  return partitions.find((p) => p.id === id)?.name ?? "?";
}

async function envelope(ctx: EngineContext, path: string, body: unknown): Promise<Record<string, unknown>> {
  const operation: AnyOperation | undefined = ddlOperations.find((o) => o.path === path);
  if (operation === undefined) throw new Error(`no operation ${path}`);
  try {
    const reply = await operation.run(ctx, decodeRequest(operation, body));
    return { code: 0, ...reply };
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return { code: error.code, message: error.message };
  }
}

/** Fields of a small custom schema; more can be put behind them. */
export const idField = { fieldName: "id", dataType: "Int64", isPrimary: true };
export const vectorField = { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 4 } };
export const vectorIndex = { fieldName: "vector", metricType: "L2" };

/** A request that is refused, and how. */
export interface Refusal {
  readonly when: string;
  readonly path: string;
  readonly body?: unknown;
  readonly code: number;
  readonly message: string;
  /** Calls made before, all of which must succeed. */
  readonly given?: readonly (readonly [path: string, body: unknown])[];
}
