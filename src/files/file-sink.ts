import { closeSync, constants, existsSync, fsync, openSync, renameSync, rmSync, write } from "node:fs";
import { promisify } from "node:util";
import { whenReady } from "./when-ready.js";

const put = promisify(write) as unknown as (
  fd: number,
  bytes: Uint8Array,
  from: number,
  length: number,
) => Promise<{ readonly bytesWritten: number }>;
const flush = promisify(fsync);
const STANDARD_OUTPUT = 1;

/** Where the bytes of a file go. */
export interface FileSink {
  /** Bytes written so far. */
  readonly written: number;
  /** @throws an error of the system */
  write(bytes: Uint8Array): Promise<void>;
  /** All has been written: the file takes its name. */
  finish(): Promise<void>;
  /** Nothing has been written, as far as anybody can see. */
  abandon(): void;
}

/**
 * A file that has its name when it is whole, or the standard output as `-`.
 * @throws an error of the system; with the code `EEXIST` where there is a file that must stay
 */
export function openSink(path: string, overwrite: boolean): FileSink {
  return path === "-" ? standardOutput() : growingFile(path, overwrite);
}

function growingFile(path: string, overwrite: boolean): FileSink {
  if (!overwrite && existsSync(path)) throw alreadyThere(path);
  const part = `${path}.part`;
  const fd = openSync(part, constants.O_CREAT | constants.O_TRUNC | constants.O_WRONLY);
  let isOpen = true;
  const close = (): void => {
    if (isOpen) closeSync(fd);
    isOpen = false;
  };
  const sink = sinkOf(fd, path);
  return {
    get written() {
      return sink.written;
    },
    write: sink.write,
    async finish() {
      await flush(fd).catch((error) => Promise.reject(named(path, error)));
      close();
      // Somebody may have been faster.
      if (!overwrite && existsSync(path)) throw alreadyThere(path);
      renameSync(part, path);
    },
    abandon() {
      close();
      rmSync(part, { force: true });
    },
  };
}

function alreadyThere(path: string): Error {
  return Object.assign(new Error(`${path} exists already`), { code: "EEXIST", syscall: "open" });
}

/** An error of a call that knows the file by its number alone. */
function named(path: string, error: unknown): Error {
  const { message, code, syscall } = error as NodeJS.ErrnoException;
  return Object.assign(new Error(`${message} '${path}'`, { cause: error }), { code, syscall });
}

function standardOutput(): FileSink {
  const sink = sinkOf(STANDARD_OUTPUT, "the standard output");
  return {
    get written() {
      return sink.written;
    },
    write: sink.write,
    finish: async () => {},
    abandon() {},
  };
}

/** @param name for messages */
function sinkOf(fd: number, name: string): { written: number; write(bytes: Uint8Array): Promise<void> } {
  const sink = {
    written: 0,
    async write(bytes: Uint8Array): Promise<void> {
      for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await whenReady(() => put(fd, bytes, from, bytes.length - from)).catch((error) =>
          Promise.reject(named(name, error)),
        );
        from += bytesWritten;
        sink.written += bytesWritten;
      }
    },
  };
  return sink;
}
