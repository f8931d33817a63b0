import type { ElanusError } from "../../errors.js";
import { statusOf } from "../rest/envelope.js";
import type { Outcome } from "../surface.js";

/** How an operation of this surface answers: with a bare status, or with data that has the status under `status`. */
export type ReplyKind = "status" | "data";

/** Success: `{}`, or `{ status: {}, ... }`. */
export function success(kind: ReplyKind, data: Readonly<Record<string, unknown>>): Outcome {
  return { status: 200, envelope: kind === "status" ? {} : { status: {}, ...data } };
}

/** Failure: the status object itself, or under `status` for data replies. */
export function failureOutcome(error: ElanusError, kind: ReplyKind = "status"): Outcome {
  const status = { error_code: error.legacyCode, reason: reasonOf(error), code: error.code };
  const http = statusOf(error);
  // What never reached the operation has no data reply either.
  return kind === "data" && http === 200 && error.kind !== "Internal"
    ? { status: http, envelope: { status } }
    : { status: error.kind === "Internal" ? 500 : http, envelope: status };
}

/** A body that is no JSON object, or has a field of the wrong type. */
export function unreadable(detail: string): Outcome {
  return {
    status: 400,
    envelope: { error_code: 5, reason: `bad request: parse body failed: ${detail}` },
  };
}

/** The pre-2.3 protocol puts its own name for the refused loads behind their text. */
function reasonOf(error: ElanusError): string {
  if (error.kind !== "LoadParameterMismatch") return error.message;
  return `${String(error.details["text"])}[LoadParameterMismatched]`;
}
