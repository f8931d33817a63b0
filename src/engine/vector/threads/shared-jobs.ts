import { elapsed } from "../../../values/clock.js";
import type { SegmentHits } from "../contract.js";
import { readHits } from "../read-hits.js";
import { Board, STATE, WORD } from "./board.js";
import type { PartJob } from "./part-job.js";

/** How long a thread is waited for that is no nearer to its end than a job of this thread took: it may have lost its core. */
const PATIENCE_MS = 0.1;
const LOOKS = 200;

/** What became of a batch. */
export interface SpentOnJobs {
  /** How long this thread has searched. */
  readonly spentMs: number;
  /** Jobs that others have done. */
  readonly elsewhere: number;
  /** Jobs that were taken away from others. */
  readonly lost: number;
}

/**
 * A batch of jobs that this thread does together with those that look at its board. Whoever asks for what one has found does
 * others while it waits, so nothing has to be done elsewhere for all to be done.
 */
export class SharedJobs {
  readonly #jobs: readonly PartJob[];
  readonly #control: Int32Array;
  /** Undefined: this thread is alone. */
  readonly #board: Board | undefined;
  readonly #onEnd: (spent: SpentOnJobs) => void;
  /** What this thread has found; `null`: the query is refused. */
  readonly #own: (SegmentHits | null | undefined)[];
  #next = 0;
  #longestMs = 0;
  #spentMs = 0;
  #elsewhere = 0;
  #lost = 0;
  #ended = false;

  constructor(
    jobs: readonly PartJob[],
    control: Int32Array,
    board: Board | undefined,
    onEnd: (spent: SpentOnJobs) => void,
  ) {
    this.#jobs = jobs;
    this.#control = control;
    this.#board = board;
    this.#onEnd = onEnd;
    this.#own = new Array(jobs.length);
  }

  /** What job `i` has found; each is asked for once. Undefined where it must be done by itself. */
  take(i: number): SegmentHits | undefined {
    while (!this.#ended) {
      const own = this.#own[i];
      if (own !== undefined) return own ?? undefined;
      const state = this.#board?.state(Board.job(i)) ?? STATE.free;
      if (state === STATE.done) return this.#read(i);
      if (state > STATE.done) return undefined;
      const next = this.#claim();
      if (next !== undefined) this.#do(next);
      else this.#await(i);
    }
    return undefined;
  }

  /** Nothing more is wanted. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#board !== undefined) Atomics.store(this.#control, WORD.open, 0);
    this.#onEnd({ spentMs: this.#spentMs, elsewhere: this.#elsewhere, lost: this.#lost });
  }

  /** The next job that nobody has taken, which is this thread's then. */
  #claim(): number | undefined {
    const board = this.#board;
    if (board === undefined) return this.#next++;
    const i = Atomics.add(this.#control, WORD.next, 1);
    if (i >= this.#jobs.length) return undefined;
    board.moves(Board.job(i), STATE.free, STATE.taken);
    return i;
  }

  #do(i: number): void {
    const { search, query, request } = this.#jobs[i]!;
    const begun = elapsed();
    this.#own[i] = search.setQuery(query)
      ? readHits(search.part, search.keys(search.answer(request)), request.range?.high ?? Number.POSITIVE_INFINITY)
      : null;
    const took = elapsed() - begun;
    this.#spentMs += took;
    this.#longestMs = Math.max(this.#longestMs, took);
  }

  #read(i: number): SegmentHits {
    this.#elsewhere++;
    const { search, request } = this.#jobs[i]!;
    return readHits(search.part, this.#board!.keys(Board.job(i)), request.range?.high ?? Number.POSITIVE_INFINITY);
  }

  /** Waits for the thread that does job `i`; takes the job away from one that takes too long. */
  #await(i: number): void {
    const board = this.#board!;
    const at = Board.job(i);
    const until = elapsed() + 2 * this.#longestMs + PATIENCE_MS;
    for (;;) {
      const ended = Atomics.load(this.#control, WORD.ended);
      for (let look = 0; look < LOOKS; look++) if (board.state(at) > STATE.taken) return;
      const left = until - elapsed();
      if (left <= 0) break;
      sleep(this.#control, ended, left);
    }
    this.#lost++;
    if (!board.moves(at, STATE.free, STATE.dropped)) board.moves(at, STATE.taken, STATE.dropped);
  }
}

/** Sleeps until a job has ended. Some threads must not (a browser's own): they go on looking. */
function sleep(control: Int32Array, ended: number, milliseconds: number): void {
  try {
    Atomics.wait(control, WORD.ended, ended, milliseconds);
  } catch {
    // Nothing to be done.
  }
}
