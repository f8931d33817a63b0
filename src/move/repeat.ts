import { type ElanusError, isElanusError } from "../errors.js";
import { after } from "../values/clock.js";

/** Pauses before what failed is tried again, in milliseconds: half a minute together. */
const PAUSES: readonly number[] = [100, 200, 400, 800, 1600, 3200, 6400, 6400, 6400];

/** Whether the same call may succeed later: the server was away or had too much to do. */
export function isTransient(error: unknown): boolean {
  return (
    isElanusError(error, "ServerUnreachable") ||
    (isElanusError(error, "ServerRefused") && error.details["retriable"] === true)
  );
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
  for (let tries = 0; ; tries++) {
    try {
      if (tries > 0) await again();
      return await work();
    } catch (error) {
      const pause = PAUSES[tries];
      signal?.throwIfAborted();
      if (pause === undefined || !isTransient(error)) throw error;
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
