import { type ElanusError, type ErrorKind, failure } from "../../errors.js";
import { ErrorCode } from "./messages/enums.js";
import type { Sent } from "./messages/table.js";

/**
 * The older `error_code` of each code. Members of the enum only: Java clients lose code and reason to a number that they do
 * not know.
 */
const LEGACY: Readonly<Record<number, number>> = {
  1: ErrorCode.NotReadyServe,
  3: ErrorCode.InsufficientMemoryToLoad,
  7: ErrorCode.DiskQuotaExhausted,
  8: ErrorCode.RateLimit,
  9: ErrorCode.ForceDeny,
  11: ErrorCode.TimeTickLongDelay,
  100: ErrorCode.CollectionNotExists,
  109: ErrorCode.SchemaMismatch,
  200: ErrorCode.MetaFailed,
  400: ErrorCode.MetaFailed,
  401: ErrorCode.NoReplicaAvailable,
  501: ErrorCode.MetaFailed,
  503: ErrorCode.NoReplicaAvailable,
  600: ErrorCode.SegmentNotFound,
  700: ErrorCode.IndexNotExist,
  904: ErrorCode.NodeIDNotMatch,
  905: ErrorCode.NoReplicaAvailable,
  1100: ErrorCode.IllegalArgument,
};

/** Failures that may be gone when the call is repeated. */
const RETRIABLE: ReadonlySet<number> = new Set([1, 2, 4, 8, 12, 103, 106, 202, 305, 1002, 1807, 2317]);

/** Mistakes of the caller, which clients show as such. */
const INPUT_ERRORS: ReadonlySet<number> = new Set([100, 109, 1100, 1101, 1102]);

const INVALID = 1100;

/**
 * `common.Status` of a failure.
 *
 * @param own the older `error_code` that the RPC has for failures without one
 */
export function statusOf(error: ElanusError, own: number = ErrorCode.UnexpectedError): Sent<"Status"> {
  const { code, reason } = overGrpc(error);
  return {
    code,
    error_code: legacyCode(error, code, own),
    reason,
    detail: reason,
    retriable: RETRIABLE.has(code),
    ...(INPUT_ERRORS.has(code) && { extra_info: new Map([["is_input_error", "true"]]) }),
  };
}

/** A missing collection as servers word it over gRPC, but for the RPC that describes one: there clients look for other words. */
export function notFoundInShort(error: ElanusError): ElanusError {
  if (error.kind !== "CollectionNotFound") return error;
  const { database, collection } = error.details as { readonly database?: string; readonly collection?: string };
  // A test that has it fail gives no names.
  if (database === undefined || collection === undefined) return error;
  return failure("CollectionMissing", { database, collection });
}

function legacyCode(error: ElanusError, code: number, own: number): number {
  // The load rules of Milvus 2.0-2.2 name a refused release otherwise than a refused load.
  if (error.kind === "LoadParameterMismatch" && error.message.includes(RELEASE)) return ErrorCode.UnexpectedError;
  return LEGACY[code] ?? own;
}

const RELEASE = "releasing some partitions";

/** How failures of the layer of HTTP are worded here, by their kind: `detail` and no more, under 1100. */
const HTTP_LAYER: ReadonlySet<ErrorKind> = new Set([
  "EmptyBody",
  "MalformedRequest",
  "MissingParameters",
  "MissingV1Parameters",
  "SearchInputMissing",
  "BadPrimaryKey",
  "BadRow",
]);

/** Code and text: codes that only HTTP knows do not leave over gRPC. */
function overGrpc(error: ElanusError): { readonly code: number; readonly reason: string } {
  if (error.kind === "RejectedByLimiter") return { code: 8, reason: error.message };
  if (!HTTP_LAYER.has(error.kind)) return { code: error.code, reason: error.message };
  const detail = error.details["detail"];
  const reason = typeof detail === "string" ? detail : error.message;
  return { code: INVALID, reason: reason.includes("invalid parameter") ? reason : `${reason}: invalid parameter` };
}
