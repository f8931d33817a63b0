import type { OperationPath } from "../engine/contract/table.js";
import type { TransferKind, TransferProgress, TransferRequest } from "../engine/contract/transfers.js";
import type {
  ApplicationFunctions,
  Credential,
  EngineOptions,
  ExecuteOptions,
  NamedObjects,
  PermitOptions,
  Preload,
} from "../engine/index.js";
import { ElanusError, type ErrorKind, failure, isElanusError } from "../errors.js";
import type { ShareOptions } from "../shared/share-options.js";
import type { LineMemory } from "./line/line.js";

/** What the thread is started with. */
export interface WorkerData {
  readonly path: string;
  readonly options: Omit<EngineOptions, "functions">;
  /** Names of the functions that the application lends. */
  readonly functions: readonly (keyof ApplicationFunctions)[];
  readonly line: LineMemory;
  /** How the thread shares the file with other processes; absent: not at all. */
  readonly share?: ShareOptions | undefined;
}

export type WorkerCall =
  | {
      readonly id: number;
      readonly method: "execute";
      readonly path: string;
      readonly request: object;
      readonly options: ExecuteOptions | undefined;
      /** Its caller may leave it: an `abort` may follow. */
      readonly abortable: boolean;
    }
  | {
      readonly id: number;
      readonly method: "permit";
      readonly path: OperationPath;
      readonly names: NamedObjects;
      readonly options: PermitOptions;
    }
  | { readonly id: number; readonly method: "authenticate"; readonly credential: Credential }
  | { readonly id: number; readonly method: "preload"; readonly wanted: Preload }
  | {
      readonly id: number;
      readonly method: "transfer";
      readonly kind: TransferKind;
      readonly request: TransferRequest<TransferKind>;
    }
  | { readonly id: number; readonly method: "abort"; readonly call: number }
  | { readonly id: number; readonly method: "check" | "stats" | "close" }
  | FunctionAnswer;

/** A call that is answered. */
export type AskedCall = Exclude<WorkerCall, FunctionAnswer>;

/** What a function of the application gave, or how it failed. */
export interface FunctionAnswer {
  readonly id: number;
  readonly method: "answer";
  readonly value?: unknown;
  /** Its text, where it has thrown. */
  readonly failed?: string;
  /** Where it has not been called, for it is another one. */
  readonly refused?: WireError;
}

/** A function of the application is to run in its own thread. */
export interface FunctionCall {
  readonly name: keyof ApplicationFunctions;
  /** As the function takes them, the last one without its signal. */
  readonly given: readonly unknown[];
}

/** An error as plain data: a clone would lose its class and its fields. */
export interface WireError {
  readonly kind: ErrorKind;
  readonly code: number;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly cause: string | undefined;
}

/** Id 0 answers the opening; `PROGRESS_ID` tells of progress. With `call` or `abort`, `id` is that of a function's call. */
export interface WorkerReply {
  readonly id: number;
  readonly call?: FunctionCall;
  /** Nobody waits any more for the function. */
  readonly abort?: true;
  /** How far the transfer has come that `id` asked for. */
  readonly progress?: TransferProgress;
  readonly value?: unknown;
  readonly error?: WireError;
}

export const PROGRESS_ID = -1;
/** In place of a call or a reply: there is something on the line. A bare number is the quickest message. */
export const WAKE = 0;

/** Operations that are often small; their calls and answers take the line where they fit. */
export const QUICK: ReadonlySet<string> = new Set<OperationPath>([
  "entities/search",
  "entities/hybrid_search",
  "entities/query",
  "entities/get",
  "entities/insert",
  "entities/upsert",
  "entities/delete",
]);

export function toWire(error: unknown): WireError {
  const known = isElanusError(error) ? error : failure("Internal", { reason: String(error) }, error);
  const { context, ...details } = known.details;
  return {
    kind: known.kind,
    code: known.code,
    message: known.message,
    details: context === undefined ? details : { ...details, context },
    cause: known.cause === undefined ? undefined : String(known.cause),
  };
}

/** @param caller its stack leads to who made the call; absent: that of this moment does */
export function fromWire(error: WireError, caller?: { readonly stack?: string }): ElanusError {
  const made = new ElanusError(error.kind, error.message, error.details, error.cause, error.code);
  if (caller !== undefined) {
    const frames = caller.stack?.replace(/^[^\n]*/, "") ?? "";
    made.stack = `${made.name}: ${made.message}${frames}`;
  }
  return made;
}
