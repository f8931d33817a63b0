import { FlatReader } from "./flat-reader.js";
import { FlatWriter } from "./flat-writer.js";

/** Words in front: how far writer and reader have come, in doubles, without end. */
const WRITTEN = 0;
const READ = 1;
/** Doubles. */
const HEAD = 2;
const CAPACITY = 16_384;
const LONGEST = 4096;
/** In place of a message: go on at the beginning. */
const TURN = -1;

export function ringMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer((HEAD + CAPACITY) * 8);
}

/** Messages from one thread to another, one after the other through the same memory. This is the end that writes. */
export class RingWriter {
  readonly #words: Int32Array;
  readonly #doubles: Float64Array;
  readonly #writer = new FlatWriter(LONGEST);

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#doubles = new Float64Array(memory);
  }

  /** False for what has no flat form, and where there is no room. */
  write(value: unknown): boolean {
    const written = this.#words[WRITTEN]!;
    const free = CAPACITY - ((written - Atomics.load(this.#words, READ)) | 0);
    // Room for the longest message twice: at the end, where it may not fit, and at the beginning.
    if (free < 2 * (LONGEST + 1)) return false;
    const message = this.#writer.write(value);
    if (message === undefined) return false;
    let place = written & (CAPACITY - 1);
    let end = written;
    if (place + 1 + message.length > CAPACITY) {
      this.#words[2 * (HEAD + place)] = TURN;
      end = (end + CAPACITY - place) | 0;
      place = 0;
    }
    this.#words[2 * (HEAD + place)] = message.length;
    this.#doubles.set(message, HEAD + place + 1);
    Atomics.store(this.#words, WRITTEN, (end + 1 + message.length) | 0);
    return true;
  }
}

/** The end that reads. */
export class RingReader {
  readonly #words: Int32Array;
  readonly #reader: FlatReader;

  constructor(memory: SharedArrayBuffer) {
    this.#words = new Int32Array(memory);
    this.#reader = new FlatReader(memory);
  }

  get isEmpty(): boolean {
    return Atomics.load(this.#words, WRITTEN) === this.#words[READ];
  }

  /** The next message; there must be one. */
  read(): unknown {
    let read = this.#words[READ]!;
    let place = read & (CAPACITY - 1);
    if (this.#words[2 * (HEAD + place)] === TURN) {
      read = (read + CAPACITY - place) | 0;
      place = 0;
    }
    const length = this.#words[2 * (HEAD + place)]!;
    const value = this.#reader.read(HEAD + place + 1);
    Atomics.store(this.#words, READ, (read + 1 + length) | 0);
    return value;
  }
}
