import { createReadStream, fstatSync, openSync, read, statSync } from "node:fs";
import { promisify } from "node:util";
import { FileFault } from "./file-fault.js";
import { whenReady } from "./when-ready.js";

/** The bytes of a file, in order. */
export interface ByteSource {
  /** 0 where nobody knows. */
  readonly size: number;
  /** Bytes handed out so far. */
  readonly taken: number;
  /** The next bytes; undefined at the end. @throws an error of the system */
  next(): Promise<Buffer | undefined>;
  /** Bytes from anywhere, fewer at the end; undefined where there is only a stream of them. @throws an error of the system */
  readonly readAt: ((at: number, length: number) => Promise<Buffer>) | undefined;
  close(): void;
}

const PIECE_BYTES = 256 * 1024;
const STANDARD_INPUT = 0;
const readPiece = promisify(read) as unknown as (
  fd: number,
  bytes: Uint8Array,
  from: number,
  length: number,
  at: number | null,
) => Promise<{ readonly bytesRead: number }>;

async function bytesAt(fd: number, at: number, length: number): Promise<Buffer> {
  // With memory of its own: numbers in it can be looked at where they lie.
  const bytes = Buffer.from(new ArrayBuffer(length));
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await readPiece(fd, bytes, filled, length - filled, at + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return bytes.subarray(0, filled);
}

/** Opens a file, or the standard input as `-`. @throws an error of the system, FileFault for a folder */
export function openBytes(path: string): ByteSource {
  const isInput = path === "-";
  const fd = isInput ? STANDARD_INPUT : openSync(path, "r");
  const facts = isInput ? fstatSync(fd) : statSync(path);
  if (facts.isDirectory()) throw new FileFault("is a folder, no file");
  const { pieces, close } = isInput ? standardInput() : filePieces(fd);
  let taken = 0;
  return {
    size: facts.isFile() ? facts.size : 0,
    get taken() {
      return taken;
    },
    async next() {
      const { done, value } = await pieces.next();
      if (done === true) return undefined;
      taken += value.length;
      return value;
    },
    readAt: facts.isFile()
      ? async (at, length) => {
          const bytes = await bytesAt(fd, at, length);
          taken = Math.min(taken + bytes.length, facts.size);
          return bytes;
        }
      : undefined,
    close,
  };
}

interface Pieces {
  readonly pieces: AsyncIterator<Buffer>;
  close(): void;
}

function filePieces(fd: number): Pieces {
  const stream = createReadStream("", { fd, highWaterMark: PIECE_BYTES });
  return { pieces: stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>, close: () => void stream.destroy() };
}

function standardInput(): Pieces {
  async function* pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const bytes = Buffer.from(new ArrayBuffer(PIECE_BYTES));
      const { bytesRead } = await whenReady(() => readPiece(STANDARD_INPUT, bytes, 0, PIECE_BYTES, null)).catch(atEnd);
      if (bytesRead === 0) return;
      yield bytes.subarray(0, bytesRead);
    }
  }
  return { pieces: pieces(), close() {} };
}

/** Windows calls the end of a pipe an error. */
function atEnd(error: NodeJS.ErrnoException): { readonly bytesRead: 0 } {
  if (error.code !== "EOF") throw error;
  return { bytesRead: 0 };
}
