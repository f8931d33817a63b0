import type { PortLoad } from "./port-load.js";

const FIRST_BYTES = 16 * 1024;

/**
 * The bytes of a body as they arrive, in one piece of memory that grows: a body in pieces of one byte takes no more than any
 * other. What it takes is booked at the port until `release`.
 */
export class BodyBuffer {
  readonly #load: PortLoad;
  #bytes: Buffer = Buffer.alloc(0);
  #size = 0;

  constructor(load: PortLoad) {
    this.#load = load;
  }

  /** Bytes that have arrived. */
  get size(): number {
    return this.#size;
  }

  /** What has arrived; valid until more does. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }

  /** @returns false when all bodies of the port together have become too many; what was added is kept either way */
  add(chunk: Uint8Array): boolean {
    const needed = this.#size + chunk.length;
    let fits = true;
    if (needed > this.#bytes.length) {
      // A body that comes at once is kept as it came.
      const room = this.#size === 0 ? needed : Math.max(needed, 2 * this.#bytes.length, FIRST_BYTES);
      fits = this.#load.book(room - this.#bytes.length);
      const larger = Buffer.allocUnsafe(room);
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    this.#bytes.set(chunk, this.#size);
    this.#size = needed;
    return fits;
  }

  /** Lets the memory go. */
  release(): void {
    this.#load.release(this.#bytes.length);
    this.#bytes = Buffer.alloc(0);
    this.#size = 0;
  }
}
