import { type ElanusError, failure, isElanusError } from "../../errors.js";
import type { Outcome } from "../surface.js";

/** Failures of REST v1 and v2: the same envelope, HTTP 200 except for those that have a status of their own. */
export function failureOutcome(error: ElanusError): Outcome {
  return { status: statusOf(error), envelope: failureEnvelope(error) };
}

export function failureEnvelope(error: ElanusError): Record<string, unknown> {
  return { code: error.code, message: messageOf(error) };
}

/** A server hands on what it was told by the RPC that it has called itself. */
function messageOf(error: ElanusError): string {
  return error.kind === "PermissionDenied"
    ? `rpc error: code = PermissionDenied desc = ${error.message}`
    : error.message;
}

/** HTTP status of a failure on every surface. */
export function statusOf(error: ElanusError): number {
  switch (error.kind) {
    case "NotAuthenticated":
      return 401;
    case "PermissionDenied":
      return 403;
    case "Timeout":
      return 408;
    case "BodyTooLarge":
      return 413;
    default:
      return 200;
  }
}

/** REST v1: `{ code: 200, data }`. */
export function successV1(data: unknown): Outcome {
  return { status: 200, envelope: { code: 200, data } };
}

/** Whatever was thrown, as an error of the catalogue: the unexpected becomes `Internal` and keeps its cause. */
export function asElanusError(error: unknown): ElanusError {
  if (isElanusError(error)) return error;
  return failure("Internal", { reason: error instanceof Error ? error.message : String(error) }, error);
}
