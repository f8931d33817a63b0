import { entry } from "./entry.js";

/** A server of which this process is a client. */
export const remoteErrors = {
  /** No connection, or one that ended before there was an answer. `sent`: whether the server may have seen the request. */
  ServerUnreachable: entry<{ server: string; reason: string; sent?: boolean }>(
    2,
    (d) => `service unavailable: ${d.server}: ${d.reason}`,
  ),
  /** What came back is no answer of Milvus: a page of something in between, half of a JSON text. */
  AnswerUnreadable: entry<{ server: string; reason: string; status: number }>(
    2,
    (d) => `service unavailable: ${d.server}: ${d.reason}`,
  ),
  /** A failure that a server tells and that has no kind of its own: its code and its words. */
  ServerFailure: entry<{ text: string }>(65535, (d) => d.text),
} as const;
