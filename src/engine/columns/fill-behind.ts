import { BackgroundTurns } from "../vector/background-turns.js";
import type { ColumnFiller, PartitionColumns } from "./partition-columns.js";

/** Milliseconds of a slice. */
const SLICE_MS = 4;

/** Fills columns in slices behind the calls, those of one partition after the other. */
export class FillBehind implements ColumnFiller {
  readonly #inOneState: (work: () => boolean) => Promise<boolean>;
  readonly #waiting = new Set<PartitionColumns>();
  #running: Promise<void> | undefined;

  /** @param inOneState runs work that reads; rejects when nothing is to be read any more */
  constructor(inOneState: (work: () => boolean) => Promise<boolean>) {
    this.#inOneState = inOneState;
  }

  later(columns: PartitionColumns): void {
    this.#waiting.add(columns);
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when everything that was asked for is there. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    const turns = new BackgroundTurns(SLICE_MS);
    for (const columns of this.#waiting) {
      try {
        let more = true;
        while (more) {
          await turns.next();
          more = await this.#inOneState(() => {
            for (;;) {
              if (!columns.readOn()) return false;
              if (turns.isOver) return true;
            }
          });
        }
      } catch {
        // The next filter asks again, and is answered by SQL.
      } finally {
        this.#waiting.delete(columns);
      }
    }
  }
}
