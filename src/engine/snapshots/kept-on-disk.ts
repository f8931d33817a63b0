import { closeSync, fstatSync, fsync, openSync } from "node:fs";
import { promisify } from "node:util";
import { ownTurn } from "../entities/row-slices.js";

const flush = promisify(fsync);
const PIECE_BYTES = 4 * 1024 * 1024;

/**
 * A file that somebody else writes, brought to the disk piece by piece: all of it at once, at the end, would hold up everybody who
 * waits for the disk.
 */
export class GrowingFile {
  readonly #file: number;
  #flushed = 0;

  constructor(path: string) {
    this.#file = openSync(path, "r+");
  }

  /** A turn of the event loop, and a wait for the disk when there is much to be written. */
  readonly turn = async (): Promise<void> => {
    await ownTurn();
    const { size } = fstatSync(this.#file);
    if (size - this.#flushed < PIECE_BYTES) return;
    this.#flushed = size;
    await flush(this.#file);
  };

  /** Everything that has been written is on the disk when this resolves. */
  async flush(): Promise<void> {
    await flush(this.#file);
  }

  close(): void {
    closeSync(this.#file);
  }
}

/** Brings to the disk which files a folder has; not every system opens folders. */
export async function keepFolder(path: string): Promise<void> {
  let folder: number;
  try {
    folder = openSync(path, "r");
  } catch {
    return;
  }
  try {
    await flush(folder);
  } finally {
    closeSync(folder);
  }
}
