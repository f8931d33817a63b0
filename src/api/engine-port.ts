import type { Reply, RequestShape } from "../engine/operations/operation.js";

/** One row of the engine's table of operations, as much of it as an adapter may know. */
export interface OperationEntry {
  readonly path: string;
  readonly writes: boolean;
  readonly request: RequestShape<Record<string, unknown>>;
}

export interface ExecuteOptions {
  /** Database of requests that name none (the `DB-Name` header). */
  readonly database?: string;
  /** Milliseconds since the epoch after which the work is pointless. */
  readonly deadline?: number;
}

/** All that the surfaces need of an engine. Everything else about it is none of their business. */
export interface EnginePort {
  /** Runs one operation (`partitions/release`); rejects with ElanusError. */
  execute(path: string, request: unknown, options?: ExecuteOptions): Promise<Reply<unknown>>;
  /** Whether the path is in the table of operations. */
  has(path: string): boolean;
  readonly operations: readonly OperationEntry[];
}

export type { Reply };
