/** A transaction that goes on over several turns of the event loop. */
export interface LongWrite {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Brings it to its end, and holds the thread until then. */
  settle(): void;
}

/**
 * The transactions that go on over several turns: one at a time, each over a connection of its own, so that the engine's goes on reading.
 * Who wants to write meanwhile waits for `busy`; who cannot wait calls `settle`.
 */
export class LongWrites {
  #running: LongWrite | undefined;

  /** Resolves when nothing is written; undefined when nothing is. Look again then: somebody else may have been first. */
  get busy(): Promise<void> | undefined {
    return this.#running?.ended;
  }

  settle(): void {
    this.#running?.settle();
  }

  /** Call when nobody is busy. */
  begin(write: LongWrite): void {
    this.#running = write;
  }

  end(write: LongWrite): void {
    if (this.has(write)) this.#running = undefined;
  }

  /** Whether it goes on. */
  has(write: LongWrite): boolean {
    return this.#running === write;
  }
}
