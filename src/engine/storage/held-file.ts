import { readdirSync, readlinkSync } from "node:fs";
import { fileIdentity } from "./writer-record.js";

/** Where Linux names what the descriptors of this process lie on. */
const DESCRIPTORS = "/proc/self/fd";

/**
 * A file that SQLite holds open and syncs at each commit, watched over without a look at its times: since Linux 6.13 whoever
 * has seen them makes the next write note a finer one, and the sync behind it waits for the file system's journal to take
 * that, 40 µs a commit. So the system is asked what name the descriptor has; the file's identity decides where it cannot say.
 */
export class HeldFile {
  readonly #path: string;
  readonly #identity: string | undefined;
  readonly #descriptor: string | undefined;

  /** @param path of a file that this process has open, without symbolic links */
  constructor(path: string) {
    this.#path = path;
    this.#identity = fileIdentity(path);
    this.#descriptor = findDescriptor(path);
  }

  /** The path no longer names the file. */
  isGone(): boolean {
    if (this.#descriptor !== undefined && nameOf(this.#descriptor) === this.#path) return false;
    return fileIdentity(this.#path) !== this.#identity;
  }
}

function findDescriptor(path: string): string | undefined {
  try {
    return readdirSync(DESCRIPTORS)
      .map((number) => `${DESCRIPTORS}/${number}`)
      .find((descriptor) => nameOf(descriptor) === path);
  } catch {
    return undefined;
  }
}

/** Ends in ` (deleted)` once the name is gone. */
function nameOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(descriptor);
  } catch {
    return undefined;
  }
}
