import { accessErrors } from "./error-catalogue/access.js";
import { catalogErrors } from "./error-catalogue/catalog.js";
import { entityErrors } from "./error-catalogue/entities.js";
import type { ErrorEntry } from "./error-catalogue/entry.js";
import { indexErrors } from "./error-catalogue/indexes.js";
import { moveErrors } from "./error-catalogue/move.js";
import { remoteErrors } from "./error-catalogue/remote.js";
import { requestErrors } from "./error-catalogue/requests.js";
import { schemaErrors } from "./error-catalogue/schemas.js";
import { serviceErrors } from "./error-catalogue/service.js";
import { transferErrors } from "./error-catalogue/transfers.js";

/**
 * The one error catalogue, in parts by what they speak of. A leaf: imports nothing but those.
 *
 * Codes and texts are those of a Milvus 2.6 server (envelopes: code 1100 means "invalid parameter", 65535 a plain error).
 * Where the 3.0 line answers another code for the same failure it stands beside it as `head`.
 */
export const ErrorCatalogue = {
  ...serviceErrors,
  ...requestErrors,
  ...catalogErrors,
  ...schemaErrors,
  ...indexErrors,
  ...entityErrors,
  ...accessErrors,
  ...transferErrors,
  ...moveErrors,
  ...remoteErrors,
} as const;

/**
 * How failures without a number of their own are told: early as 65535 with their bare text, as servers up to 2.6 do; late as
 * 1100 with `: invalid parameter` behind it, as those of 3.0 do.
 */
export type ErrorForm = "early" | "late";

/** Details every kind accepts: `context` is put in front of the text (`failed to search: ...`). */
type WithContext<D> = D & { readonly context?: string };

export type ErrorKind = keyof typeof ErrorCatalogue;
export type ErrorDetails<K extends ErrorKind> =
  (typeof ErrorCatalogue)[K] extends ErrorEntry<infer D>
    ? undefined extends D
      ? { readonly context?: string } | undefined
      : WithContext<D>
    : never;

/**
 * Every failure that Elanus reports. `code` and `message` are what a Milvus server puts on the wire;
 * `kind` is the catalogue key: tell errors apart by it, never by text.
 */
export class ElanusError extends Error {
  override readonly name: string = "ElanusError";
  readonly kind: ErrorKind;
  readonly code: number;
  readonly details: Readonly<Record<string, unknown>>;
  /** Help for people, where the message leaves something to say. Typed calls and the command line have it, no wire does. */
  declare readonly hint?: string;

  constructor(
    kind: ErrorKind,
    message: string,
    details: Readonly<Record<string, unknown>>,
    cause?: unknown,
    code: number = ErrorCatalogue[kind].code,
  ) {
    super(shortened(message), cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.code = code;
    this.details = details;
  }

  /** `error_code` of the 9091 surface. */
  get legacyCode(): number {
    const entry: ErrorEntry<never> = ErrorCatalogue[this.kind] as ErrorEntry<never>;
    return entry.legacy ?? (this.code === INVALID_PARAMETER ? 5 : 1);
  }
}

/** Characters of a message: one that quotes what a caller sent would be as long as that. */
const MOST_SHOWN = 8192;
const SHOWN_HEAD = 6000;
const SHOWN_TAIL = 1000;

/** A message without its middle, where it is longer than anybody reads. */
function shortened(message: string): string {
  if (message.length <= MOST_SHOWN) return message;
  const [head, tail] = [message.slice(0, SHOWN_HEAD), message.slice(-SHOWN_TAIL)].map((part) => part.toWellFormed());
  return `${head}... (${message.length - SHOWN_HEAD - SHOWN_TAIL} characters more) ...${tail}`;
}

const INVALID_PARAMETER = 1100;
const CALLER_DEPTH = 40;

/** Makes the error of a catalogue entry. Throw what it returns. */
export function failure<K extends ErrorKind>(kind: K, details?: ErrorDetails<K>, cause?: unknown): ElanusError {
  const text = (ErrorCatalogue[kind].text as (d: unknown) => string)(details);
  const context = (details as { context?: string } | undefined)?.context;
  const { stackTraceLimit } = Error;
  // The line that made a call lies deeper than the ten frames that are usually kept.
  if (stackTraceLimit > 0) Error.stackTraceLimit = Math.max(stackTraceLimit, CALLER_DEPTH);
  try {
    return new ElanusError(kind, context === undefined ? text : `${context}: ${text}`, { ...details }, cause);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** The failure that has no more to say than a text: 1100. Throw what it returns. */
export function invalidParameter(text: string, cause?: unknown): ElanusError {
  return failure("InvalidParameter", { text }, cause);
}

/** The error as a server of that form tells it; itself where both tell it alike. */
export function inForm(error: ElanusError, form: ErrorForm): ElanusError {
  const { code, head, late: lateText } = ErrorCatalogue[error.kind] as ErrorEntry<ElanusError["details"]>;
  if (form === "early" || head === undefined || error.code !== code) return error;
  const text = lateText?.(error.details) ?? error.message;
  const message = head === INVALID_PARAMETER ? `${text}: invalid parameter` : text;
  const late = new ElanusError(error.kind, message, error.details, error.cause, head);
  if (error.stack !== undefined) late.stack = error.stack.replace(error.message, () => message);
  return withHint(late, error.hint);
}

/** The error with a hint beside its message. */
export function withHint(error: ElanusError, hint: string | undefined): ElanusError {
  return hint === undefined ? error : Object.assign(error, { hint });
}

/** True for an error of this package (also one from a second copy of it), of the given kind if named. */
export function isElanusError(error: unknown, kind?: ErrorKind): error is ElanusError {
  return (
    error instanceof Error &&
    error.name === "ElanusError" &&
    (kind === undefined || (error as ElanusError).kind === kind)
  );
}
