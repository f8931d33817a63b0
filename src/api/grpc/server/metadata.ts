import type { Headers } from "../../http2/request-headers.js";

/** What a call says beside its message. */
export interface Metadata {
  /** Database of requests that name none; undefined when there is none, or an empty one. */
  readonly database: string | undefined;
  /** Base64 of `user:password` or of an API key. */
  readonly authorization: string | undefined;
  /** Milliseconds since the epoch after which the client no longer waits. */
  readonly deadline: number | undefined;
  /** How the message is compressed. */
  readonly encoding: string;
}

export function readMetadata(headers: Headers, now: number): Metadata {
  const timeout = timeoutMs(first(headers.get("grpc-timeout")));
  return {
    database: first(headers.get("dbname")) || undefined,
    authorization: first(headers.get("authorization")),
    deadline: timeout === undefined ? undefined : now + timeout,
    encoding: first(headers.get("grpc-encoding")) ?? "identity",
  };
}

/** The first value of a key: repeated ones are joined by commas. */
function first(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const comma = text.indexOf(",");
  return (comma < 0 ? text : text.slice(0, comma)).trim();
}

const UNIT_MS: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};

/** `15S`, `250m`; undefined for what is not written like this. */
function timeoutMs(text: string | undefined): number | undefined {
  const match = text === undefined ? null : /^(\d{1,8})([HMSmun])$/.exec(text);
  return match === null ? undefined : Number(match[1]) * (UNIT_MS[match[2] as string] as number);
}
