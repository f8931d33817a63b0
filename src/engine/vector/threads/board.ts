import type { PartJob } from "./part-job.js";

/**
 * Searches that threads share out, in memory that they share: written by its owner, taken one by one by whoever is free,
 * the owner too.
 */

/** Words of the control block. */
export const WORD = {
  /** Rises when there is something to look at: what threads sleep on. */
  signal: 0,
  /** 1 while jobs may be taken. */
  open: 1,
  /** The first job that nobody has taken. */
  next: 2,
  /** Jobs on the board; it may grow while it is open. */
  count: 3,
  /** Rises with each job that a thread has ended: what the owner sleeps on. */
  ended: 4,
  /** Which board the jobs are on. */
  board: 5,
  /** From here on, one for each thread: what it does. */
  threads: 8,
} as const;

/** What a thread does: it sleeps, is at a board, has ended, or has nothing to do and watches for the next board. */
export const DOES = { nothing: 0, look: 1, gone: 2, watch: 3 } as const;

/** How long a thread watches before it sleeps: waking it takes longer than a search. */
export const WATCH_MS = 0.1;

/** Threads that a control block has room for. */
export const MOST_THREADS = 64;

export function controlBlock(): Int32Array {
  return new Int32Array(new SharedArrayBuffer((WORD.threads + MOST_THREADS) * 4));
}

/** Words of a job. */
export const JOB = {
  state: 0,
  part: 1,
  exact: 2,
  k: 3,
  ef: 4,
  /** Of its range of distances; without one, everything. */
  low: 5,
  high: 6,
  /** Where the query lies, in bytes. */
  query: 7,
  queryBytes: 8,
  /** Where the results go, in words: pairs of ordinal and distance. */
  results: 9,
  found: 10,
  /** The name of its filter; 0: none. */
  filter: 11,
} as const;
const JOB_WORDS = 12;

/** A job that a thread has taken stays its own until it has ended, or until the owner has lost patience. */
export const STATE = { free: 0, taken: 1, done: 2, failed: 3, dropped: 4 } as const;

/** The next job on the board, which is the caller's then; undefined: all are taken. */
export function claim(control: Int32Array): number | undefined {
  for (;;) {
    const next = Atomics.load(control, WORD.next);
    if (next >= Atomics.load(control, WORD.count)) return undefined;
    if (Atomics.compareExchange(control, WORD.next, next, next + 1) === next) return next;
  }
}

/** The part and the filter of a job as threads know them; a job without these names is not for threads. */
export interface JobNames {
  readonly part: number;
  /** 0: none. */
  readonly filter: number;
}

/** The jobs of one batch, their queries and results. */
export class Board {
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly results: Uint32Array;
  readonly floats: Float32Array;
  readonly bytes: Uint8Array;
  /** Jobs that there is a place for, and those that are written down. */
  #places = 0;
  #count = 0;
  /** The first word that is free. */
  #free = 0;

  constructor(id: number, buffer: SharedArrayBuffer) {
    this.id = id;
    this.buffer = buffer;
    this.words = new Int32Array(buffer);
    this.results = new Uint32Array(buffer);
    this.floats = new Float32Array(buffer);
    this.bytes = new Uint8Array(buffer);
  }

  /** Bytes that a board for some jobs takes. */
  static bytesFor(jobs: readonly PartJob[]): number {
    return jobs.reduce((sum, job) => sum + wordsOf(job) * 4, 0);
  }

  /** Where the words of a job begin. */
  static job(i: number): number {
    return i * JOB_WORDS;
  }

  /** Wipes it, and makes places for so many jobs. */
  begin(places: number): void {
    this.#places = places;
    this.#count = 0;
    this.#free = places * JOB_WORDS;
  }

  hasRoomFor(job: PartJob): boolean {
    return this.#count < this.#places && this.#free + wordsOf(job) - JOB_WORDS <= this.words.length;
  }

  /** Writes down a job that nobody has taken; there must be room for it. */
  write({ query, request }: PartJob, names: JobNames | undefined): void {
    const { words, floats } = this;
    const at = Board.job(this.#count++);
    words[at + JOB.state] = names === undefined ? STATE.dropped : STATE.free;
    words[at + JOB.part] = names?.part ?? 0;
    words[at + JOB.filter] = names?.filter ?? 0;
    words[at + JOB.exact] = request.exact ? 1 : 0;
    words[at + JOB.k] = request.k;
    words[at + JOB.ef] = request.ef;
    floats[at + JOB.low] = request.range?.low ?? Number.NEGATIVE_INFINITY;
    floats[at + JOB.high] = request.range?.high ?? Number.POSITIVE_INFINITY;
    words[at + JOB.query] = this.#free * 4;
    words[at + JOB.queryBytes] = query.length;
    this.bytes.set(query, this.#free * 4);
    this.#free += inWords(query);
    words[at + JOB.results] = this.#free;
    this.#free += request.k * 2;
  }

  /** The pairs that were found for the job at `at`. */
  keys(at: number): Uint32Array {
    const from = this.words[at + JOB.results]!;
    return this.results.subarray(from, from + this.words[at + JOB.found]! * 2);
  }

  state(at: number): number {
    return Atomics.load(this.words, at + JOB.state);
  }

  /** Changes the state of the job at `at`, unless somebody else has done so. */
  moves(at: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.words, at + JOB.state, from, to) === from;
  }
}

function wordsOf({ query, request }: PartJob): number {
  return JOB_WORDS + inWords(query) + request.k * 2;
}

function inWords(bytes: Uint8Array): number {
  return (bytes.length + 3) >>> 2;
}
