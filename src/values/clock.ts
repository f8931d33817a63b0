/**
 * The timers and clocks of the runtime, held from the moment this is imported: a test runner or a library that puts
 * mocks in their place later must not stop the engine, whose calls would then never answer.
 */

const { setImmediate: immediate, setTimeout: timeout, clearTimeout: forget, performance: clock } = globalThis;
const wall = Date.now;

/** Milliseconds since the epoch. */
export function now(): number {
  return wall();
}

/** Milliseconds that only ever rise, for spans of time. */
export function elapsed(): number {
  return clock.now();
}

/** Runs `work` when the event loop has come round. */
export function soon(work: () => void): void {
  immediate(work);
}

/** Resolves when the event loop has come round: timers and sockets have had their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => immediate(resolve));
}

/** Runs `work` once after some milliseconds. @returns takes it back */
export function after(
  milliseconds: number,
  work: () => void,
  options: { readonly keepsAlive?: boolean } = {},
): () => void {
  const timer = timeout(work, milliseconds);
  if (options.keepsAlive === false) timer.unref();
  return () => forget(timer);
}
