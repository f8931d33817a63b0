import { failure } from "./errors.js";
import { now } from "./values/clock.js";
import { requireWanted } from "./values/wanted.js";

/** How long the answer of one call is waited for. */
export interface CallOptions {
  /** Milliseconds; then the call is refused with 10001. */
  readonly timeoutMs?: number;
  /**
   * Aborted, the call is refused with 10000, whose `cause` is the reason. In this process a write that is committed by then answers its
   * result, and one that is not has changed nothing; a request to a server is ended, whatever has become of it there.
   */
  readonly signal?: AbortSignal;
}

/** What an engine is told of it. */
interface Limits {
  readonly deadline?: number;
  readonly signal?: AbortSignal;
}

/**
 * The result of `work`, unless nobody waits for it any more.
 *
 * @param writes it is left to `work` to look at the signal: only that knows what is committed
 * @throws Canceled
 */
export function limited<T>(
  { timeoutMs, signal }: CallOptions,
  writes: boolean,
  work: (limits: Limits) => Promise<T>,
): Promise<T> {
  const deadline = timeoutMs === undefined ? NO_LIMITS : { deadline: now() + timeoutMs };
  // Most calls: a promise more is felt.
  if (signal === undefined) return work(deadline);
  requireWanted(signal);
  const limits = { ...deadline, signal };
  return writes ? work(limits) : unlessLeft(signal, () => work(limits));
}

const NO_LIMITS: Limits = {};

async function unlessLeft<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  const canceled = (): Error => failure("Canceled", undefined, signal.reason);
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(canceled());
    signal.addEventListener("abort", onAbort, { once: true });
  });
  try {
    return await Promise.race([work(), aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
