import { MessageChannel, type MessagePort, type Worker } from "node:worker_threads";
import { startWorker } from "../../../runtime/worker.js";
import { elapsed } from "../../../values/clock.js";
import type { SearchThreadsState } from "../contract.js";
import { kernelModule } from "../kernel/kernel.js";
import type { Part } from "../part.js";
import type { PartFilter } from "../part-search.js";
import { Board, controlBlock, DOES, WORD } from "./board.js";
import { type NamedFilter, NamedFilters } from "./named-filters.js";
import type { PartJob } from "./part-job.js";
import { SharedFilters } from "./shared-filters.js";
import { SharedJobs } from "./shared-jobs.js";
import type { SearchThreadData, ThreadMessage } from "./thread-messages.js";
import { WorthSharing } from "./worth-sharing.js";

const WARNING_CODE = "ELANUS_NO_SEARCH_THREAD";
/** Work of the calling thread that others could have shared, before they are started: a start takes some 40 ms of a core. */
const WORTH_MS = 5;
/** After a pause of so long it counts from nothing. */
const FORGOTTEN_MS = 1000;
const RETRY_MS = 10_000;
/** At a thread that has still not left a board. */
const LOOKS = 200;
/** A board that grows has room for so many times the jobs that are expected. */
const SPARE = 2;
const LEAST_BOARD = 64 * 1024;
const MOST_BOARD = 16 * 1024 * 1024;
/** Threads hold the memory of parts that have gone until they come to read of it: more than this ends them at once. */
const MOST_FORGOTTEN = 8 * 1024 * 1024;

/** One warning per process, however many databases it opens. */
let warned = false;

interface Thread {
  readonly slot: number;
  readonly worker: Worker;
  readonly port: MessagePort;
  /** Parts that it was told of. */
  readonly knows: Set<number>;
  readonly filters: SharedFilters<true>;
  board: Board | undefined;
  started: boolean;
}

interface SharedPart {
  readonly id: number;
  /** By thread, where it notes its working memory: it outlives the thread. */
  readonly work: Map<number, number>;
}

/**
 * Threads that search beside the calling one. They are started once there is enough to be shared out, and end when there
 * has been nothing for a while; they never keep the process alive. Where none can be had the calling thread does everything.
 */
export class SearchThreads {
  readonly #most: number;
  readonly #code: string | undefined;
  readonly #control = controlBlock();
  readonly #threads = new Map<number, Thread>();
  readonly #ending = new Set<Promise<unknown>>();
  readonly #parts = new WeakMap<Part, SharedPart>();
  #board = new Board(1, new SharedArrayBuffer(LEAST_BOARD));
  #batch: SharedJobs | undefined;
  readonly #filters = new NamedFilters();
  #lastPart = 0;
  #forgottenBytes = 0;
  #searched = 0;
  #sharableMs = 0;
  #sharedAt = 0;
  readonly #worth = new WorthSharing();
  #failures = 0;
  #failReason = "";
  #retryAt = 0;
  #closed = false;

  /** @param code of the threads; undefined in a run from the sources */
  constructor(most: number, code: string | undefined) {
    this.#most = most;
    this.#code = code;
  }

  get state(): SearchThreadsState {
    return {
      most: this.#most,
      running: this.#threads.size,
      searched: this.#searched,
      failReason: this.#failReason,
    };
  }

  /**
   * Begins a batch; the one before it ends.
   *
   * @param expected so many jobs will there be, those that are added later too
   */
  begin(jobs: readonly PartJob[], expected: number): SharedJobs {
    this.#batch?.end();
    const board = this.#worth.of(expected, () => this.#isWatched()) ? this.#open(jobs, expected) : undefined;
    const batch = new SharedJobs(this.#control, board, (spent) => {
      this.#batch = undefined;
      this.#searched += spent.elsewhere;
      this.#worth.ended(spent);
      if (spent.jobs > 1) this.#spent(spent.spentMs, spent.jobs);
    });
    this.#batch = batch;
    this.add(batch, jobs);
    return batch;
  }

  /** Adds jobs to a batch. */
  add(batch: SharedJobs, jobs: readonly PartJob[]): void {
    const board = batch.openBoard;
    batch.add(jobs, board === undefined || jobs.length === 0 ? 0 : this.#show(jobs, board));
  }

  /** A part has gone, or will not be searched any more. */
  forget(part: Part): void {
    this.#batch?.end();
    const shared = this.#parts.get(part);
    if (shared === undefined) return;
    for (const thread of this.#threads.values()) {
      if (!thread.knows.delete(shared.id)) continue;
      tell(thread, { kind: "forget", id: shared.id });
      this.#forgottenBytes += part.memoryBytes;
    }
    if (this.#forgottenBytes > MOST_FORGOTTEN) this.#endThreads();
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#batch?.end();
    this.#endThreads();
    await Promise.all(this.#ending);
  }

  /** A thread has nothing to do and is awake. */
  #isWatched(): boolean {
    for (const slot of this.#threads.keys()) if (this.#does(slot) === DOES.watch) return true;
    return false;
  }

  /** Opens a board for some jobs, and perhaps more. Undefined where no thread would look, or one has still not left the last board. */
  #open(jobs: readonly PartJob[], expected: number): Board | undefined {
    const ready = this.#ready();
    if (ready.length === 0 || !ready.every(({ slot }) => this.#leaves(slot))) return undefined;
    const places = expected > jobs.length ? expected * SPARE : jobs.length;
    const board = this.#boardOf(Board.bytesFor(jobs) * Math.ceil(places / jobs.length));
    if (board === undefined) return undefined;
    board.begin(places);
    const control = this.#control;
    Atomics.store(control, WORD.board, board.id);
    Atomics.store(control, WORD.next, 0);
    Atomics.store(control, WORD.count, 0);
    Atomics.store(control, WORD.open, 1);
    return board;
  }

  /** Puts jobs where the threads look, as many as there is room for. Returns their number. */
  #show(jobs: readonly PartJob[], board: Board): number {
    const filters = this.#filters.of(jobs);
    for (const thread of this.#ready()) if (!this.#prepare(thread, jobs, filters, board)) return 0;
    let shown = 0;
    for (const job of jobs) {
      if (!board.hasRoomFor(job)) break;
      const { search, request } = job;
      const filter = request.filter === undefined ? 0 : filters.get(request.filter)?.id;
      board.write(job, filter === undefined ? undefined : { part: this.#parts.get(search.part)!.id, filter });
      shown++;
    }
    const control = this.#control;
    Atomics.add(control, WORD.count, shown);
    // Those that watch see it; those that sleep are woken when this thread joins in.
    Atomics.add(control, WORD.signal, 1);
    return shown;
  }

  #ready(): Thread[] {
    return [...this.#threads.values()].filter(({ started }) => started);
  }

  /** Whether a thread has left the last board: one that is at its end does so in a moment, unless it has lost its core. */
  #leaves(slot: number): boolean {
    for (let look = 0; look < LOOKS; look++) if (this.#does(slot) !== DOES.look) return true;
    return false;
  }

  #does(slot: number): number {
    return Atomics.load(this.#control, WORD.threads + slot);
  }

  /** A board of at least so many bytes. */
  #boardOf(bytes: number): Board | undefined {
    if (bytes > MOST_BOARD) return undefined;
    const { byteLength } = this.#board.buffer;
    if (bytes > byteLength) {
      this.#board = new Board(this.#board.id + 1, new SharedArrayBuffer(Math.max(bytes, byteLength * 2)));
    }
    return this.#board;
  }

  /** Tells a thread of what it needs for some jobs. False when a part has no room for that. */
  #prepare(
    thread: Thread,
    jobs: readonly PartJob[],
    filters: ReadonlyMap<PartFilter, NamedFilter>,
    board: Board,
  ): boolean {
    if (thread.board !== board) {
      thread.board = board;
      tell(thread, { kind: "board", id: board.id, buffer: board.buffer });
    }
    for (const filter of filters.values()) {
      if (thread.filters.get(filter.id) === true) continue;
      thread.filters.add(filter.id, true);
      tell(thread, { kind: "filter", ...filter });
    }
    for (const { search } of jobs) {
      const { part } = search;
      const shared = this.#shared(part);
      if (thread.knows.has(shared.id)) continue;
      let work = shared.work.get(thread.slot);
      if (work === undefined) {
        work = part.kernel.alloc(64) >>> 0;
        if (work === 0) return false;
        shared.work.set(thread.slot, work);
      }
      thread.knows.add(shared.id);
      const { geometry, memory } = part;
      tell(thread, { kind: "part", id: shared.id, memory, geometry, work });
    }
    return true;
  }

  #shared(part: Part): SharedPart {
    let shared = this.#parts.get(part);
    if (shared === undefined) {
      shared = { id: ++this.#lastPart, work: new Map() };
      this.#parts.set(part, shared);
    }
    return shared;
  }

  /** Notes for how long this thread has done what others could have shared. */
  #spent(milliseconds: number, jobs: number): void {
    const now = elapsed();
    if (now - this.#sharedAt > FORGOTTEN_MS) this.#sharableMs = 0;
    this.#sharedAt = now;
    this.#sharableMs += milliseconds;
    if (this.#sharableMs < WORTH_MS || this.#closed || now < this.#retryAt) return;
    // A thread that is being ended may still be at its working memory.
    if (this.#ending.size > 0) return;
    const wanted = Math.min(this.#most, jobs - 1);
    for (let slot = 0; slot < wanted; slot++) if (!this.#threads.has(slot)) this.#start(slot);
  }

  #start(slot: number): void {
    const { port1, port2 } = new MessageChannel();
    const control = this.#control.buffer as SharedArrayBuffer;
    Atomics.store(this.#control, WORD.threads + slot, DOES.nothing);
    let worker: Worker;
    try {
      const data: SearchThreadData = { module: kernelModule(), control, slot, port: port2 };
      worker = startWorker("elanus-search", this.#code, data, [port2]);
    } catch (error) {
      port1.close();
      this.#failed(error);
      return;
    }
    const thread: Thread = {
      slot,
      worker,
      port: port1,
      knows: new Set(),
      filters: new SharedFilters(),
      board: undefined,
      started: false,
    };
    this.#threads.set(slot, thread);
    worker.on("message", () => {
      thread.started = true;
      this.#failReason = "";
    });
    worker.on("error", (error) => this.#lost(thread, error));
    worker.on("exit", () => this.#lost(thread, new Error("the search thread ended")));
    // After the listeners: one for messages takes the reference again.
    worker.unref();
    port1.unref();
  }

  /** A thread has ended; unless it was told to, or had nothing to do, something is wrong. */
  #lost(thread: Thread, reason: Error): void {
    if (this.#threads.get(thread.slot) !== thread) return;
    const { slot } = thread;
    this.#remove(thread);
    if (this.#does(slot) === DOES.gone) return;
    // It may have died at the board.
    Atomics.store(this.#control, WORD.threads + slot, DOES.nothing);
    this.#failed(reason);
  }

  #failed(error: unknown): void {
    this.#failReason = error instanceof Error ? error.message : String(error);
    this.#retryAt = elapsed() + RETRY_MS * 2 ** Math.min(this.#failures++, 10);
    if (warned) return;
    warned = true;
    process.emitWarning(`searches share one thread, the calling one: ${this.#failReason}`, {
      type: "ElanusWarning",
      code: WARNING_CODE,
    });
  }

  #remove(thread: Thread): void {
    this.#threads.delete(thread.slot);
    thread.port.close();
  }

  #endThreads(): void {
    this.#forgottenBytes = 0;
    for (const thread of this.#threads.values()) {
      this.#remove(thread);
      // Wherever it is: its working memory is found again, and nobody waits for what it has taken.
      const ended: Promise<unknown> = thread.worker.terminate();
      this.#ending.add(ended);
      void ended.then(() => this.#ending.delete(ended));
    }
  }
}

function tell({ port }: Thread, message: ThreadMessage): void {
  port.postMessage(message);
}
