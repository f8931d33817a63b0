import type { ExecuteOptions } from "../engine/index.js";
import { ElanusError, type ErrorKind, failure, isElanusError } from "../errors.js";

export type RemoteCall =
  | {
      readonly id: number;
      readonly method: "execute";
      readonly path: string;
      readonly request: unknown;
      readonly options: ExecuteOptions | undefined;
    }
  | { readonly id: number; readonly method: "check" | "stats" | "close" };

/** An error as plain data: a clone would lose its class and its fields. */
export interface WireError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly cause: string | undefined;
}

/** Id 0 answers the opening; `PROGRESS_ID` tells of progress. */
export interface RemoteReply {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: WireError;
}

export const PROGRESS_ID = -1;

export function toWire(error: unknown): WireError {
  const known = isElanusError(error) ? error : failure("Internal", { reason: String(error) }, error);
  const { context, ...details } = known.details;
  return {
    kind: known.kind,
    message: known.message,
    details: context === undefined ? details : { ...details, context },
    cause: known.cause === undefined ? undefined : String(known.cause),
  };
}

export function fromWire(error: WireError): ElanusError {
  return new ElanusError(error.kind, error.message, error.details, error.cause);
}

/**
 * A copy of a request whose rows bring typed arrays, with all their numbers in one fresh buffer that can be handed over:
 * a clone would copy the whole buffer behind every view, and the caller's own arrays must stay usable.
 */
export function packVectors(request: unknown): { readonly request: unknown; readonly transfer: ArrayBuffer[] } {
  const data = (request as { data?: unknown } | null)?.data;
  if (!Array.isArray(data)) return { request, transfer: [] };
  let length = 0;
  for (const row of data)
    forVectors(row, (vector) => {
      length += vector.length;
    });
  if (length === 0) return { request, transfer: [] };
  const packed = new Float32Array(length);
  let at = 0;
  const moved = (vector: Float32Array): Float32Array => {
    packed.set(vector, at);
    at += vector.length;
    return packed.subarray(at - vector.length, at);
  };
  const rows = data.map((row) => {
    if (row instanceof Float32Array) return moved(row);
    if (row === null || typeof row !== "object" || Array.isArray(row)) return row;
    // Not by assignment: `__proto__` is a key like any other.
    return Object.fromEntries(
      Object.entries(row).map(([key, value]) => [key, value instanceof Float32Array ? moved(value) : value]),
    );
  });
  return { request: { ...(request as object), data: rows }, transfer: [packed.buffer] };
}

function forVectors(row: unknown, visit: (vector: Float32Array) => void): void {
  if (row instanceof Float32Array) visit(row);
  else if (row !== null && typeof row === "object" && !Array.isArray(row)) {
    for (const value of Object.values(row)) if (value instanceof Float32Array) visit(value);
  }
}
