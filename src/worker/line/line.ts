import { availableParallelism } from "node:os";
import { elapsed, soon } from "../../values/clock.js";
import { RingReader, RingWriter, ringMemory } from "./ring.js";

/** How long an end looks for the next message, between turns of its event loop, before it has itself woken: a wake takes as long as a call. */
const WATCH_MS = availableParallelism() > 1 ? 0.1 : 0;

/**
 * Looks that are left out after one in vain, and after each more four times as many: it costs ten times what a good one gains, and the
 * other thread may wait for this very core. So many good ones make up for that.
 */
const MOST_LEFT_OUT = 255;

/** Words that both ends see, one for each end: 1 while it does not look; how many messages have come to it another way. */
const ASLEEP = 0;
const AROUND = 2;
const WORDS = 4;

/** What two threads share to talk to each other. */
export interface LineMemory {
  readonly ends: SharedArrayBuffer;
  /** By the end that writes. */
  readonly rings: readonly [SharedArrayBuffer, SharedArrayBuffer];
}

export function lineMemory(): LineMemory {
  const ends = new SharedArrayBuffer(WORDS * 4);
  new Int32Array(ends).fill(1, ASLEEP, AROUND);
  return { ends, rings: [ringMemory(), ringMemory()] };
}

/**
 * One end of a line between two threads, for small messages: through memory, without a copy by the runtime, and while both
 * ends are at it without waking each other. An end that has nothing to do looks for a moment and then costs nothing.
 * Messages that go another way keep their place among those of the line.
 */
export class LineEnd {
  readonly #ends: Int32Array;
  readonly #side: 0 | 1;
  readonly #writer: RingWriter;
  readonly #reader: RingReader;
  readonly #receive: (message: unknown) => void;
  readonly #wake: () => void;
  #looking = false;
  #until = 0;
  /** Nothing has come while it looked. */
  #inVain = false;
  /** Looks that are left out after the next one in vain, but for one; and those that still are. */
  #leftOut = 0;
  #leaveOut = 0;
  /** Messages that this end has sent another way. */
  #around = 0;

  /**
   * @param receive takes a message; never throws
   * @param wake has `look` called at the other end, some other way
   */
  constructor({ ends, rings }: LineMemory, side: 0 | 1, receive: (message: unknown) => void, wake: () => void) {
    this.#ends = new Int32Array(ends);
    this.#side = side;
    this.#writer = new RingWriter(rings[side]);
    this.#reader = new RingReader(rings[side === 0 ? 1 : 0]);
    this.#receive = receive;
    this.#wake = wake;
  }

  /** False for what cannot go this way, or would overtake what went another one. */
  send(message: unknown): boolean {
    const other = 1 - this.#side;
    if (Atomics.load(this.#ends, AROUND + other) !== this.#around || !this.#writer.write(message)) return false;
    if (Atomics.exchange(this.#ends, ASLEEP + other, 0) === 1) this.#wake();
    this.#watch();
    return true;
  }

  /** This end has sent a message another way. */
  goesAround(): void {
    this.#around = (this.#around + 1) | 0;
  }

  /** Such a message has come: those that were sent before it are taken now. */
  cameAround(): void {
    this.take();
    Atomics.add(this.#ends, AROUND + this.#side, 1);
  }

  /** Takes all messages that are there. @returns whether there were some */
  take(): boolean {
    if (this.#reader.isEmpty) return false;
    do this.#receive(this.#reader.read());
    while (!this.#reader.isEmpty);
    return true;
  }

  /** Was woken: takes what is there, and looks for more. */
  look(): void {
    this.take();
    this.#watch();
  }

  #watch(): void {
    if (this.#looking) {
      this.#until = elapsed() + WATCH_MS;
      return;
    }
    if (this.#leaveOut > 0) {
      this.#leaveOut--;
      this.#rest();
      return;
    }
    this.#looking = true;
    this.#inVain = true;
    this.#until = elapsed() + WATCH_MS;
    Atomics.store(this.#ends, ASLEEP + this.#side, 0);
    soon(this.#again);
  }

  readonly #again = (): void => {
    if (this.take()) {
      this.#inVain = false;
      if (this.#leftOut > 0) this.#leftOut--;
      this.#until = elapsed() + WATCH_MS;
    }
    if (elapsed() < this.#until) {
      soon(this.#again);
      return;
    }
    this.#looking = false;
    if (this.#inVain) {
      this.#leftOut = Math.min(4 * this.#leftOut + 15, MOST_LEFT_OUT);
      this.#leaveOut = this.#leftOut;
    }
    this.#rest();
  };

  /** Has itself woken from now on, unless something has come already that its sender will not wake it for. */
  #rest(): void {
    const asleep = ASLEEP + this.#side;
    for (;;) {
      Atomics.store(this.#ends, asleep, 1);
      if (this.#reader.isEmpty || Atomics.exchange(this.#ends, asleep, 0) === 0) return;
      this.take();
    }
  }
}
