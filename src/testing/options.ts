import type { EngineOptions } from "../engine/index.js";
import type { Namespaces } from "../namespaces.js";
import { code, flag, integer, place, type Rule, type Rules, readOptions } from "../option-rules.js";
import { type OpenOptions, openOptions } from "../options.js";
import { isSnapshot, type MilvusSnapshot } from "./snapshots.js";

/** What a Milvus begins with: a snapshot of another one, a database file (which is only read), or what a function puts in. */
export type Beginning = MilvusSnapshot | string | URL | ((db: Namespaces) => unknown);

/** The options of `startMilvus`. Those of `Elanus.open` that are about a file or a thread are not among them. */
export interface TestingOptions extends Omit<OpenOptions, "readonly" | "durability" | "worker" | "preload"> {
  /** Default: nothing. `reset` comes back to it. */
  readonly from?: Beginning;
  /**
   * Makes generated keys, times and samples the same at each run: the clock begins with 2025 and goes on by a millisecond with each
   * call. Searches are exact then, unless `exactBelow` is given.
   */
  readonly seed?: number;
  /**
   * The address of a real Milvus with REST v2 (`http://user:password@host:19530`): each call goes there too, and what ends otherwise is
   * told by `differences`. The answers that count are those of this one.
   */
  readonly shadow?: string;
  /**
   * Has reads see what was written only when they would on a server for sure: after a flush, or where they ask for `Strong`. Default:
   * at once.
   */
  readonly strict?: boolean;
  /** Default: 0, any free port of the loopback interface. */
  readonly port?: number;
}

const beginning: Rule = {
  expected: "a snapshot, a database file or a function",
  accepts: (value) => place.accepts(value) || value instanceof URL || code.accepts(value) || isSnapshot(value),
};

const { readonly: _file, durability: _disk, worker: _thread, preload: _memory, ...shared } = openOptions;

const testingOptions: Rules<TestingOptions> = {
  ...shared,
  from: beginning,
  seed: integer(0, 2 ** 32 - 1),
  shadow: place,
  strict: flag,
  port: integer(0, 65535),
};

/** @throws InvalidParameter that names what is wrong */
export function readTestingOptions(given: unknown): TestingOptions {
  return readOptions("startMilvus", testingOptions, given);
}

/** The part of them that is the engine's. */
export function engineOptionsOf(options: TestingOptions): EngineOptions & { readonly strict: boolean } {
  const {
    from: _from,
    shadow: _shadow,
    seed,
    port: _port,
    v1ErrorDialect: _dialect,
    maxBodyBytes: _bytes,
    cors: _cors,
    strict = false,
    ...own
  } = options;
  return { ...(seed !== undefined && { exactBelow: Number.POSITIVE_INFINITY }), ...own, strict };
}
