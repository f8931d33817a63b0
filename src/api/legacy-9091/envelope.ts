import type { ElanusError } from "../../errors.js";
import { statusOf } from "../rest/envelope.js";
import type { Outcome } from "../surface.js";

/** How an operation of this surface answers: with a bare status, or with data that has the status under `status`. */
export type ReplyKind = "status" | "data";

/** Success: `{}`, or `{ status: {}, ... }`. */
export function success(kind: ReplyKind, data: Readonly<Record<string, unknown>>): Outcome {
  return { status: 200, envelope: kind === "status" ? {} : { status: {}, ...data } };
}

interface FailedReply {
  readonly reply?: ReplyKind;
  /** What failed, in front of refusals of the old load rules: `load partitions`. */
  readonly action?: string | undefined;
  /** What a failed data reply holds beside its status. */
  readonly beside?: Readonly<Record<string, unknown>> | undefined;
}

/** Failure: the status object itself, or under `status` for data replies. */
export function failureOutcome(error: ElanusError, { reply = "status", action, beside }: FailedReply = {}): Outcome {
  const status = { error_code: errorCode(error, action), reason: reasonOf(error, action), code: error.code };
  const http = error.kind === "Internal" ? 500 : statusOf(error);
  // What never reached the operation has no data reply either.
  return { status: http, envelope: reply === "data" && http === 200 ? { status, ...beside } : status };
}

/** A body that is no JSON object, or has a field of the wrong type. */
export function badRequest(detail: string): Outcome {
  return { status: 400, envelope: { error_code: 5, reason: `bad request: ${detail}` } };
}

/** Of what the old load rules refuse, a refused release has the general code. */
function errorCode(error: ElanusError, action: string | undefined): number {
  return error.kind === "LoadParameterMismatch" && action === "release partitions" ? 1 : error.legacyCode;
}

/** Servers before 2.3 put what failed in front of such a refusal, and their own name for it behind. */
function reasonOf(error: ElanusError, action: string | undefined): string {
  if (error.kind !== "LoadParameterMismatch") return error.message;
  return `${action === undefined ? "" : `failed to ${action}, err=`}${String(error.details["text"])}[LoadParameterMismatched]`;
}
