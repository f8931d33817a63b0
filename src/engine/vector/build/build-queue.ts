import { elapsed, every, soon } from "../../../values/clock.js";

const RETRY_MS = 10_000;
/** While somebody waits, the process is held this often: a build that is queued keeps nothing alive yet. */
const HOLD_MS = 20;

/** What is queued. */
interface Target {
  readonly closed: boolean;
  /** Rows are still being read: there will be more to do. */
  readonly loading: boolean;
}

/** How a run ended. A failed one is not tried again before some time has passed. */
export interface BuildOutcome {
  readonly failed: boolean;
  /** Also what went wrong beside a build that succeeded; empty when nothing did. */
  readonly failReason: string;
}

export interface BuildQueueOptions<T> {
  /** Runs at a time, one per target. */
  readonly jobs: number;
  /** Whether a target lacks something. Cheap: asked at every change. */
  wants(target: T): boolean;
  /** Does what a target lacks. Never rejects. */
  run(target: T): Promise<BuildOutcome>;
  /** Keeps the process alive while a target's run goes on. */
  hold(target: T): void;
  /** A run ended. */
  readonly onEnd: (target: T) => void;
}

interface State {
  queued: boolean;
  running: Promise<void> | undefined;
  failReason: string;
  failures: number;
  retryAt: number;
  waiters: (() => void)[];
}

/** Builds behind the calls, in the order in which they were found to be wanted. */
export class BuildQueue<T extends Target> {
  readonly #options: BuildQueueOptions<T>;
  readonly #states = new Map<T, State>();
  readonly #queue: T[] = [];
  #running = 0;
  #closing = false;

  constructor(options: BuildQueueOptions<T>) {
    this.#options = options;
  }

  #state(target: T): State {
    let state = this.#states.get(target);
    if (state === undefined) {
      state = { queued: false, running: undefined, failReason: "", failures: 0, retryAt: 0, waiters: [] };
      this.#states.set(target, state);
    }
    return state;
  }

  /** Queues a target that lacks something. */
  consider(target: T): void {
    if (this.#closing || target.closed || target.loading) return;
    const state = this.#state(target);
    if (state.running !== undefined || state.queued || !this.#options.wants(target)) return;
    if (state.retryAt > 0 && elapsed() < state.retryAt) return;
    state.queued = true;
    this.#queue.push(target);
    // After the caller's own work: a bulk insert comes in many calls.
    soon(() => this.#next());
  }

  #next(): void {
    while (this.#running < this.#options.jobs && this.#queue.length > 0 && !this.#closing) {
      const target = this.#queue.shift()!;
      const state = this.#state(target);
      state.queued = false;
      if (target.closed || target.loading || !this.#options.wants(target)) {
        this.#settle(target, state);
        continue;
      }
      this.#running++;
      state.running = this.#options.run(target).then((outcome) => {
        this.#running--;
        state.running = undefined;
        this.#ended(target, state, outcome);
      });
    }
  }

  #ended(target: T, state: State, { failed, failReason }: BuildOutcome): void {
    if (!target.closed) {
      state.failReason = failReason;
      state.failures = failed ? state.failures + 1 : 0;
      state.retryAt = failed ? elapsed() + RETRY_MS * 2 ** Math.min(state.failures, 10) : 0;
    }
    this.consider(target);
    this.#settle(target, state);
    if (!target.closed) this.#options.onEnd(target);
  }

  /** When nothing runs or waits for a target, those who wait are told. Goes on with the queue. */
  #settle(target: T, state: State): void {
    if (state.running === undefined && !state.queued) {
      for (const done of state.waiters.splice(0)) done();
      if (target.closed) this.#states.delete(target);
    }
    if (this.#queue.length > 0) soon(() => this.#next());
  }

  /** Takes a target out of the queue; what runs for it goes on. */
  drop(target: T): void {
    const state = this.#states.get(target);
    if (state === undefined) return;
    if (state.queued) {
      state.queued = false;
      this.#queue.splice(this.#queue.indexOf(target), 1);
    }
    if (state.running === undefined) this.#settle(target, state);
  }

  status(target: T): { readonly pending: boolean; readonly failReason: string } {
    const state = this.#states.get(target);
    return {
      pending: state !== undefined && (state.running !== undefined || state.queued),
      failReason: state?.failReason ?? "",
    };
  }

  /** Resolves when nothing runs or waits for a target; until then the process stays alive. */
  idle(target: T): Promise<void> {
    const state = this.#states.get(target);
    if (state === undefined || (state.running === undefined && !state.queued)) return Promise.resolve();
    return new Promise((resolve) => {
      this.#options.hold(target);
      const stop = every(HOLD_MS, () => this.#options.hold(target));
      state.waiters.push(() => {
        stop();
        resolve();
      });
    });
  }

  /** Begins nothing any more, and waits for what runs. */
  async close(): Promise<void> {
    this.#closing = true;
    for (const target of [...this.#states.keys()]) this.drop(target);
    const ends: Promise<void>[] = [];
    for (const [target, { running }] of this.#states) {
      if (running === undefined) continue;
      this.#options.hold(target);
      ends.push(running);
    }
    await Promise.all(ends);
  }
}
