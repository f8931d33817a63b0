import type { Durability, OpenDatabase } from "./database.js";

/** A transaction that goes on over several turns of the event loop. */
export interface LongWrite {
  /** Resolves when it has ended. */
  readonly ended: Promise<void>;
  /** Brings it to its end, and holds the thread until then. */
  settle(): void;
}

/** What a writer over a connection of its own is given. */
export interface OwnWriterOptions<Hooks extends OwnWriterHooks = OwnWriterHooks> {
  readonly path: string;
  readonly durability: Durability;
  readonly file: Pick<OpenDatabase, "sql" | "requireFile" | "requireSole" | "ownCommit">;
  readonly turns: LongWrites;
  readonly hooks: Hooks;
}

export interface OwnWriterHooks {
  /** Called after the commit, with the milliseconds that the transaction has taken: most of it may lie in the log long before. */
  readonly committed: (took: number) => void;
  /** The commit has failed: its pages may lie whole in the log. */
  readonly doubtful: () => void;
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
