import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import { elapsed } from "../../../values/clock.js";
import { MaskedRows } from "../masked-rows.js";
import { Part } from "../part.js";
import { PartSearch } from "../part-search.js";
import { Board, claim, DOES, JOB, STATE, WATCH_MS, WORD } from "./board.js";
import { SharedFilters } from "./shared-filters.js";
import type { ThreadMessage } from "./thread-messages.js";

/** A thread that has had nothing to do for so long ends. */
const IDLE_MS = 10_000;
const LOOKS = 64;

interface KnownPart {
  readonly search: PartSearch;
  /** Where its working memory is noted. */
  readonly work: number;
  /** It was searched since that was noted. */
  used: boolean;
}

/** The thread's side of the board: takes jobs until there are none, then waits for the next ones. */
export class SearchThread {
  readonly #control: Int32Array;
  /** Where it says what it does. */
  readonly #does: number;
  readonly #port: MessagePort;
  readonly #parts = new Map<number, KnownPart>();
  readonly #filters = new SharedFilters<MaskedRows>();
  #board: Board | undefined;

  constructor(control: Int32Array, slot: number, port: MessagePort) {
    this.#control = control;
    this.#does = WORD.threads + slot;
    this.#port = port;
  }

  /** Returns when nothing has come for long. */
  run(): void {
    const control = this.#control;
    const does = this.#does;
    let seen = Atomics.load(control, WORD.signal) - 1;
    while (this.#signalled(seen)) {
      seen = Atomics.load(control, WORD.signal);
      // Either the owner sees this, and leaves the board as it is, or what it has closed is seen here.
      Atomics.store(control, does, DOES.look);
      if (Atomics.load(control, WORD.open) === 1) {
        this.#readMessages();
        // One that has just started was told of nothing yet.
        if (this.#board?.id === Atomics.load(control, WORD.board)) this.#takeJobs(this.#board);
      }
      Atomics.store(control, does, DOES.watch);
    }
    Atomics.store(control, does, DOES.gone);
  }

  /** Waits for another signal than `seen`. False when none has come. */
  #signalled(seen: number): boolean {
    const control = this.#control;
    const until = elapsed() + WATCH_MS;
    do {
      for (let i = 0; i < LOOKS; i++) if (Atomics.load(control, WORD.signal) !== seen) return true;
    } while (elapsed() < until);
    Atomics.store(control, this.#does, DOES.nothing);
    return Atomics.wait(control, WORD.signal, seen, IDLE_MS) !== "timed-out";
  }

  #readMessages(): void {
    for (;;) {
      const received = receiveMessageOnPort(this.#port) as { message: ThreadMessage } | undefined;
      if (received === undefined) return;
      const { message } = received;
      if (message.kind === "board") this.#board = new Board(message.id, message.buffer);
      else if (message.kind === "filter") {
        this.#filters.add(message.id, new MaskedRows(new Uint32Array(message.bits), message.count));
      } else if (message.kind === "forget") this.#parts.delete(message.id);
      else {
        const part = new Part(message.geometry, message.memory, false);
        part.kernel.takeWork(message.work);
        this.#parts.set(message.id, { search: new PartSearch(part), work: message.work, used: false });
      }
    }
  }

  #takeJobs(board: Board): void {
    const control = this.#control;
    for (let i = claim(control); i !== undefined; i = claim(control)) {
      const at = Board.job(i);
      if (!board.moves(at, STATE.free, STATE.taken)) continue;
      board.moves(at, STATE.taken, this.#answers(board, at) ? STATE.done : STATE.failed);
      Atomics.add(control, WORD.ended, 1);
      Atomics.notify(control, WORD.ended);
    }
    for (const known of this.#parts.values()) {
      if (!known.used) continue;
      known.used = false;
      known.search.part.kernel.keepWork(known.work);
    }
  }

  /** Does the job at `at`. False when it cannot: its owner will see why. */
  #answers({ words, results, floats, bytes }: Board, at: number): boolean {
    try {
      const partId = words[at + JOB.part]!;
      const filterId = words[at + JOB.filter]!;
      // What came to the board meanwhile may be of something new.
      if (!this.#parts.has(partId) || (filterId !== 0 && this.#filters.get(filterId) === undefined))
        this.#readMessages();
      const known = this.#parts.get(partId);
      if (known === undefined) return false;
      const { search } = known;
      const filter = filterId === 0 ? undefined : this.#filters.get(filterId);
      if (filterId !== 0 && filter === undefined) return false;
      search.part.follow();
      known.used = true;
      const from = words[at + JOB.query]!;
      if (!search.setQuery(bytes.subarray(from, from + words[at + JOB.queryBytes]!))) return false;
      const found = search.answer({
        k: words[at + JOB.k]!,
        ef: words[at + JOB.ef]!,
        exact: words[at + JOB.exact] === 1,
        range: { low: floats[at + JOB.low]!, high: floats[at + JOB.high]! },
        filter,
      });
      results.set(search.keys(found), words[at + JOB.results]!);
      words[at + JOB.found] = found;
      return true;
    } catch {
      return false;
    }
  }
}
