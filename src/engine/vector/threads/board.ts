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

/** The jobs of one batch, their queries and results. */
export class Board {
  readonly id: number;
  readonly buffer: SharedArrayBuffer;
  readonly words: Int32Array;
  readonly results: Uint32Array;
  readonly floats: Float32Array;
  readonly bytes: Uint8Array;

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
    return jobs.reduce((sum, { query, request }) => sum + JOB_WORDS * 4 + inWords(query) * 4 + request.k * 8, 0);
  }

  /** Where the words of a job begin. */
  static job(i: number): number {
    return i * JOB_WORDS;
  }

  /** Writes down jobs that nobody has taken. @param names of their parts and filters; undefined: the job is not for threads */
  write(jobs: readonly PartJob[], names: (job: PartJob) => { part: number; filter: number } | undefined): void {
    const { words, floats, bytes } = this;
    let free = jobs.length * JOB_WORDS;
    for (let i = 0; i < jobs.length; i++) {
      const job = jobs[i]!;
      const { query, request } = job;
      const at = Board.job(i);
      const named = names(job);
      words[at + JOB.state] = named === undefined ? STATE.dropped : STATE.free;
      words[at + JOB.part] = named?.part ?? 0;
      words[at + JOB.filter] = named?.filter ?? 0;
      words[at + JOB.exact] = request.exact ? 1 : 0;
      words[at + JOB.k] = request.k;
      words[at + JOB.ef] = request.ef;
      floats[at + JOB.low] = request.range?.low ?? Number.NEGATIVE_INFINITY;
      floats[at + JOB.high] = request.range?.high ?? Number.POSITIVE_INFINITY;
      words[at + JOB.query] = free * 4;
      words[at + JOB.queryBytes] = query.length;
      bytes.set(query, free * 4);
      free += inWords(query);
      words[at + JOB.results] = free;
      free += request.k * 2;
    }
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

function inWords(bytes: Uint8Array): number {
  return (bytes.length + 3) >>> 2;
}
