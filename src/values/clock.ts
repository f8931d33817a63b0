/**
 * The timers and clocks of the runtime, held from the moment this is imported: a test runner or a library that puts
 * mocks in their place later must not stop the engine, whose calls would then never answer.
 */

const { setImmediate: immediate, setTimeout: timeout, clearTimeout: forget, queueMicrotask: microtask } = globalThis;
const { nextTick } = process;
const { setInterval: interval, clearInterval: forgetInterval } = globalThis;
// Bound: mocks also replace the method of the object.
const rising = performance.now.bind(performance);
const wall = Date.now;

/** Milliseconds whose hybrid time (times 2^18) has 63 bits; the year 3084. */
const MAX_MILLISECONDS = 2 ** 45 - 1;

/** Milliseconds since the epoch. A clock that is set beyond what times can be written for counts as the last of them. */
export function now(): number {
  return Math.min(Math.max(wall(), 0), MAX_MILLISECONDS);
}

/** Milliseconds that only ever rise, for spans of time. */
export function elapsed(): number {
  return rising();
}

/** Runs `work` when the event loop has come round. */
export function soon(work: () => void): void {
  immediate(work);
}

/** Resolves when the event loop has come round: timers and sockets have had their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => immediate(resolve));
}

/** Runs `work` when what runs now has ended, before anything else. */
export function soonest(work: () => void): void {
  microtask(work);
}

/** Runs `work` when all has ended that what runs now has brought about, before anything else comes in. */
export function afterAll(work: () => void): void {
  nextTick(work);
}

/** This moment as text: ISO 8601. */
export function nowText(): string {
  return new Date(now()).toISOString();
}

export interface TimerOptions {
  /** Default true: the process does not end while the timer runs. */
  readonly keepsAlive?: boolean;
}

/** Calling it takes back what was to come. */
export interface Timer {
  (): void;
  /** Begins to wait anew. */
  restart(): void;
}

/** Runs `work` once after some milliseconds. */
export function after(milliseconds: number, work: () => void, { keepsAlive = true }: TimerOptions = {}): Timer {
  const timer = timeout(work, milliseconds);
  if (!keepsAlive) timer.unref();
  return Object.assign(() => forget(timer), { restart: () => void timer.refresh() });
}

/** Runs `work` again and again. @returns takes it back */
export function every(milliseconds: number, work: () => void, { keepsAlive = true }: TimerOptions = {}): () => void {
  const timer = interval(work, milliseconds);
  if (!keepsAlive) timer.unref();
  return () => forgetInterval(timer);
}
