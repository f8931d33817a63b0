import { expect, vi } from "vitest";
import { decodeRequest } from "../../src/api/rest/v2/decode.js";
import type { EngineContext } from "../../src/engine/context.js";
import { isOperation } from "../../src/engine/contract/table.js";
import { createEngine } from "../../src/engine/create-engine.js";
import { openDatabase } from "../../src/engine/storage/open-database.js";
import { isElanusError } from "../../src/errors.js";
import { servedEngine } from "../through/served-engine.js";

/** An engine over a memory database; what reaches the tables of rows and the loader is noted down. */
export interface Ddl {
  readonly ctx: EngineContext;
  /** Calls that change the tables or the loaded vectors, in order: `createTables book`. */
  readonly calls: string[];
  /** The next load of a collection fails with this. */
  failLoad(error: Error): void;
  /** Runs an operation; gives the v2 envelope. */
  call(path: string, body?: unknown): Promise<Record<string, unknown>>;
  /** Runs an operation that must succeed; gives its data. */
  ok(path: string, body?: unknown): Promise<unknown>;
  /** Runs an operation that must succeed; gives what it knows beside its data. */
  facts(path: string, body?: object): Promise<readonly unknown[]>;
}

export function openDdl(): Ddl {
  const database = openDatabase(":memory:", { readonly: false, durability: "off" });
  const engine = createEngine(database, { serverVersion: "2.6" });
  const { ctx } = engine;
  const calls = noted(ctx);
  const { calls: own } = engine;
  const port = { execute: own.execute.bind(own), permit: own.permit.bind(own), requireOpen: () => {} };
  const execute = process.env["ELANUS_THROUGH"] === "http" ? servedEngine(port) : port.execute;
  const call = async (path: string, body: unknown = {}): Promise<Record<string, unknown>> => {
    try {
      const request = isOperation(path) ? decodeRequest(path, body) : {};
      const { facts: _, ...reply } = await execute(path, request);
      return { code: 0, ...reply };
    } catch (error) {
      if (!isElanusError(error)) throw error;
      return { code: error.code, message: error.message };
    }
  };
  return {
    ctx,
    calls,
    failLoad: (error) => {
      const { loader } = ctx;
      const real = loader.loadCollection.bind(loader);
      loader.loadCollection = (id) => {
        loader.loadCollection = real;
        calls.push(`loadCollection ${ctx.catalog.byId(id)?.name}`);
        return Promise.reject(error);
      };
    },
    call,
    async ok(path, body) {
      const reply = await call(path, body);
      expect(reply).toMatchObject({ code: 0 });
      return reply["data"];
    },
    async facts(path, body = {}) {
      return (await engine.calls.execute(path, body)).facts ?? [];
    },
  };
}

/** Lets every call through and notes it: the method, and what it is about by name. */
function noted(ctx: EngineContext): string[] {
  const calls: string[] = [];
  const { catalog, entities, loader } = ctx;
  const collection = (id: unknown) => catalog.byId(id as number)?.name ?? "gone";
  const name = (given: unknown) => (given as { readonly name: string }).name;
  const partition = (id: unknown) =>
    catalog.allCollections().flatMap((c) => c.partitions.filter((p) => p.id === id))[0]?.name ?? "gone";
  const field = (id: unknown) => String(id);
  type Shown = (given: unknown) => string;
  const note = <T extends object>(target: T, methods: { readonly [K in keyof T]?: readonly Shown[] }): void => {
    for (const [method, shown] of Object.entries(methods) as [string, readonly Shown[]][]) {
      const own = target as Record<string, (...given: unknown[]) => unknown>;
      const real = own[method]?.bind(target) as (...given: unknown[]) => unknown;
      vi.spyOn(own, method).mockImplementation((...given: unknown[]) => {
        calls.push([method, ...shown.map((show, i) => show(given[i]))].join(" "));
        return real(...given);
      });
    }
  };
  note(entities, {
    createTables: [name],
    dropTables: [name],
    addField: [name, (given) => `${name(given)} ${(given as { readonly id: number }).id}`],
    createScalarIndex: [name, name],
    dropScalarIndex: [name, name],
  });
  note(loader, {
    loadCollection: [collection],
    collectionDropped: [],
    partitionDropped: [collection],
    partitionCreated: [collection, partition],
    collectionTruncated: [collection],
    vectorIndexCreated: [collection, field],
  });
  return calls;
}

/** Fields of a small custom schema; more can be put behind them. */
export const idField = { fieldName: "id", dataType: "Int64", isPrimary: true };
export const vectorField = { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 4 } };
export const vectorIndex = { fieldName: "vector", metricType: "L2" };

/** Rows of a schema of those two fields. */
export function rows(count: number): readonly { readonly id: number; readonly vector: readonly number[] }[] {
  return Array.from({ length: count }, (_, id) => ({ id, vector: [id, 1, 0, 0] }));
}

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
