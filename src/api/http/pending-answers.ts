import { after, elapsed } from "../../values/clock.js";
import { ListeningTime } from "./listening-time.js";

/** Answers that have not moved for so long give way when others need their memory. */
const STALLED_MS = 2_000;
/** So often it is looked who does not move, and whether there is room for those that wait for it. */
const LOOK_MS = 50;
/** Answers below this size are never refused: an error must always get through. */
const SMALL_BYTES = 64 * 1024;

/** An answer on its way out. */
export interface PendingAnswer {
  /** A part of it has been taken by the other side. */
  moved(): void;
  /** It has left, or nobody waits for it any more. */
  done(): void;
}

interface Entry {
  readonly bytes: number;
  movedAt: number;
  readonly cut: () => void;
}

/**
 * The answers of one port that have not left yet: they are counted until then, bounded in bytes all together, and a client
 * that does not read is cut off.
 */
export class PendingAnswers {
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  readonly #lookMs: number;
  readonly #time: ListeningTime;
  /** The one that has moved least recently first. */
  readonly #entries = new Set<Entry>();
  #bytes = 0;
  #watching: (() => void) | undefined;

  /**
   * @param maxBytes of all answers together; one alone may be larger
   * @param timeoutMs longest time without any part of an answer being taken
   * @param clock milliseconds that only ever rise
   */
  constructor(maxBytes: number, timeoutMs: number, clock: () => number = elapsed) {
    this.#maxBytes = maxBytes;
    this.#timeoutMs = timeoutMs;
    this.#lookMs = Math.min(timeoutMs / 4, LOOK_MS);
    this.#time = new ListeningTime(this.#lookMs, clock);
  }

  /** Bytes of answers that are on their way. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Counts an answer from now on.
   *
   * @param cut ends its connection at once
   * @returns undefined when there is no room for it
   */
  add(bytes: number, cut: () => void): PendingAnswer | undefined {
    if (bytes > SMALL_BYTES && !this.#hasRoom(bytes)) return undefined;
    const entry: Entry = { bytes, movedAt: this.#time.look(), cut };
    this.#bytes += bytes;
    this.#entries.add(entry);
    this.#watch();
    return {
      moved: () => {
        if (!this.#entries.delete(entry)) return;
        entry.movedAt = this.#time.look();
        this.#entries.add(entry);
      },
      done: () => this.#remove(entry),
    };
  }

  /** Resolves when half of the memory is free; those that do not move give way for it. */
  async room(): Promise<void> {
    while (!this.#hasRoom(this.#maxBytes / 2)) {
      await new Promise<void>((resolve) => {
        after(LOOK_MS, resolve, { keepsAlive: false });
      });
    }
  }

  #hasRoom(bytes: number): boolean {
    for (const entry of this.#entries) {
      if (this.#bytes + bytes <= this.#maxBytes) break;
      if (this.#time.look() - entry.movedAt < STALLED_MS) break;
      this.#end(entry);
    }
    return this.#bytes + bytes <= this.#maxBytes || this.#bytes === 0;
  }

  #end(entry: Entry): void {
    this.#remove(entry);
    entry.cut();
  }

  #remove(entry: Entry): void {
    if (!this.#entries.delete(entry)) return;
    this.#bytes -= entry.bytes;
  }

  /** Looks for those that have not moved for too long, as long as there are any. */
  #watch(): void {
    this.#watching ??= after(
      this.#lookMs,
      () => {
        this.#watching = undefined;
        for (const entry of this.#entries) {
          if (this.#time.look() - entry.movedAt < this.#timeoutMs) break;
          this.#end(entry);
        }
        if (this.#entries.size > 0) this.#watch();
      },
      { keepsAlive: false },
    );
  }
}
