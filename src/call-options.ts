import { failure } from "./errors.js";
import { now } from "./values/clock.js";

/** How long the answer of one call is waited for. */
export interface CallOptions {
  /** Milliseconds; then the call is refused with 10001. */
  readonly timeoutMs?: number;
  /**
   * Aborted, the call is refused with 10000, whose `cause` is the reason. A request to a server is ended with it; in this process
   * what has begun runs to its end, unseen.
   */
  readonly signal?: AbortSignal;
}

/** What an engine is told of it. */
interface Limits {
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}

/** The result of `work`, unless nobody waits for it any more. @throws Canceled */
export async function limited<T>({ timeoutMs, signal }: CallOptions, work: (limits: Limits) => Promise<T>): Promise<T> {
  const deadline = timeoutMs === undefined ? {} : { deadline: now() + timeoutMs };
  if (signal === undefined) return await work(deadline);
  const canceled = (): Error => failure("Canceled", undefined, signal.reason);
  if (signal.aborted) throw canceled();
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(canceled());
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work({ ...deadline, signal }), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
