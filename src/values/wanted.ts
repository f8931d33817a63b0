import { failure } from "../errors.js";

/** Asked before work changes anything: when nobody waits for it any more, it is left. @throws Canceled */
export function requireWanted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw failure("Canceled", undefined, signal.reason);
}
