import { elapsed } from "../../../values/clock.js";
import type { SegmentHits } from "../contract.js";
import { readHits } from "../read-hits.js";
import { Board, claim, STATE, WORD } from "./board.js";
import type { PartJob } from "./part-job.js";

/** How long a thread is waited for that is no nearer to its end than a job of this thread took: it may have lost its core. */
const PATIENCE_MS = 0.1;
const LOOKS = 200;

/** What became of a batch. */
export interface SpentOnJobs {
  readonly jobs: number;
  /** How long this thread has searched. */
  readonly spentMs: number;
  /** Jobs that others have done. */
  readonly elsewhere: number;
  /** Jobs that were taken away from others. */
  readonly lost: number;
}

/**
 * A batch of jobs that this thread does together with those that look at its board. Whoever asks for what one has found does
 * others while it waits, so nothing has to be done elsewhere for all to be done. Others may begin as soon as a job is added; what
 * they have found of rows that have changed since is not told.
 */
export class SharedJobs {
  readonly #jobs: PartJob[] = [];
  /** What the rows of their parts were when they came. */
  readonly #rows: number[] = [];
  readonly #control: Int32Array;
  /** Undefined: this thread is alone. */
  readonly #board: Board | undefined;
  /** The first of them are on the board. */
  #shown = 0;
  readonly #onEnd: (spent: SpentOnJobs) => void;
  /** What this thread has found; `null`: the query is refused. */
  readonly #own: (SegmentHits | null | undefined)[] = [];
  /** Of those that are not on the board. */
  #next = 0;
  #longestMs = 0;
  #spentMs = 0;
  #elsewhere = 0;
  #lost = 0;
  #joined = false;
  #ended = false;

  constructor(control: Int32Array, board: Board | undefined, onEnd: (spent: SpentOnJobs) => void) {
    this.#control = control;
    this.#board = board;
    this.#onEnd = onEnd;
  }

  get count(): number {
    return this.#jobs.length;
  }

  /** Where the next job can be shown to others: not behind one that is not. */
  get openBoard(): Board | undefined {
    return this.#ended || this.#shown < this.count ? undefined : this.#board;
  }

  /** Adds jobs, of which the first `shown` are on the board. */
  add(jobs: readonly PartJob[], shown: number): void {
    this.#shown += shown;
    for (const job of jobs) {
      this.#jobs.push(job);
      this.#rows.push(rowsOf(job));
    }
  }

  /** What job `i` has found; each is asked for once. Undefined where it must be done by itself. */
  take(i: number): SegmentHits | undefined {
    if (!this.#joined) this.#join();
    while (!this.#ended && this.#rows[i] === rowsOf(this.#jobs[i]!)) {
      const own = this.#own[i];
      if (own !== undefined) return own ?? undefined;
      const state = i < this.#shown ? this.#board!.state(Board.job(i)) : STATE.free;
      if (state === STATE.done) return this.#read(i);
      if (state > STATE.done) return undefined;
      const next = this.#claim();
      if (next !== undefined) this.#do(next);
      else this.#await(i);
    }
    return undefined;
  }

  /** Others are woken for all that has come by now: for the first few that would be dear. */
  #join(): void {
    this.#joined = true;
    if (this.#shown > 1 && !this.#ended) Atomics.notify(this.#control, WORD.signal, this.#shown - 1);
  }

  /** Nothing more is wanted. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#board !== undefined) {
      Atomics.store(this.#control, WORD.count, 0);
      Atomics.store(this.#control, WORD.open, 0);
    }
    this.#onEnd({ jobs: this.count, spentMs: this.#spentMs, elsewhere: this.#elsewhere, lost: this.#lost });
  }

  /** The next job that nobody has taken, which is this thread's then. */
  #claim(): number | undefined {
    const shown = this.#shown > 0 ? claim(this.#control) : undefined;
    if (shown !== undefined) {
      this.#board!.moves(Board.job(shown), STATE.free, STATE.taken);
      return shown;
    }
    const i = Math.max(this.#next, this.#shown);
    if (i >= this.count) return undefined;
    this.#next = i + 1;
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

/** Rows only come and are marked as deleted: the sum tells whether any have. */
function rowsOf({ search: { part } }: PartJob): number {
  return part.rows + part.tombstones;
}

/** Sleeps until a job has ended. Some threads must not (a browser's own): they go on looking. */
function sleep(control: Int32Array, ended: number, milliseconds: number): void {
  try {
    Atomics.wait(control, WORD.ended, ended, milliseconds);
  } catch {
    // Nothing to be done.
  }
}
