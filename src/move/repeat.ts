import { type ElanusError, type ErrorKind, isElanusError } from "../errors.js";
import { after, elapsed } from "../values/clock.js";

/** Milliseconds that a server may be silent before it has said anything at all. */
export const GREETING_MS = 20_000;

/** Pauses before what failed is tried again, in milliseconds: half a minute together. */
const PAUSES: readonly number[] = [100, 200, 400, 800, 1600, 3200, 6400, 6400, 6400];
/** A server whose silence takes longer than that has had its time. */
const PATIENCE_MS = 30_000;

/** What a server says over REST when it has too much to do; no engine in this process does. */
const TOO_MUCH: ReadonlySet<ErrorKind> = new Set([
  "ServerUnreachable",
  "RateLimitExceeded",
  "RejectedByLimiter",
  "Timeout",
]);
/** The same from a gateway. */
const TOO_MUCH_STATUS: ReadonlySet<unknown> = new Set([429, 502, 503, 504]);

/** Whether the same call may succeed later: the server was away or had too much to do. */
export function isTransient(error: unknown): boolean {
  if (!isElanusError(error)) return false;
  const { kind, details } = error;
  if (kind === "ServerRefused") return details["retriable"] === true;
  return kind === "AnswerUnreadable" ? TOO_MUCH_STATUS.has(details["status"]) : TOO_MUCH.has(kind);
}

/** Whether the server has understood a call and will not do it. */
export function isRefusal(error: unknown): error is ElanusError {
  return isElanusError(error) && !isTransient(error) && error.kind !== "Aborted";
}

/**
 * Does what may be done twice until it is done.
 *
 * @param again told of before each new try
 * @throws what the last try has thrown; the reason of the signal
 */
export async function repeat<T>(
  work: () => Promise<T>,
  signal: AbortSignal | undefined,
  again: () => Promise<void> | void = () => {},
): Promise<T> {
  let failedFirst: number | undefined;
  for (let tries = 0; ; tries++) {
    try {
      if (tries > 0) await again();
      return await work();
    } catch (error) {
      const pause = PAUSES[tries];
      signal?.throwIfAborted();
      failedFirst ??= elapsed();
      const spent = elapsed() - failedFirst > PATIENCE_MS;
      if (pause === undefined || spent || !isTransient(error)) throw error;
      await sleep(pause, signal);
    }
  }
}

/** @throws the reason of the signal */
export function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = after(milliseconds, () => {
      signal?.removeEventListener("abort", abort);
      resolve();
    });
    const abort = () => {
      stop();
      reject(signal?.reason);
    };
    if (signal?.aborted === true) abort();
    else signal?.addEventListener("abort", abort, { once: true });
  });
}
