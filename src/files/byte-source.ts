import { createReadStream, fstatSync, openSync, statSync } from "node:fs";
import { FileFault } from "./file-fault.js";

/** The bytes of a file, in order. */
export interface ByteSource {
  /** 0 where nobody knows. */
  readonly size: number;
  /** Bytes handed out so far. */
  readonly taken: number;
  /** The next bytes; undefined at the end. @throws an error of the system */
  next(): Promise<Buffer | undefined>;
  close(): void;
}

const PIECE_BYTES = 256 * 1024;
const STANDARD_INPUT = 0;

/** Opens a file, or the standard input as `-`. @throws an error of the system, FileFault for a folder */
export function openBytes(path: string): ByteSource {
  const isInput = path === "-";
  const fd = isInput ? STANDARD_INPUT : openSync(path, "r");
  const facts = isInput ? fstatSync(fd) : statSync(path);
  if (facts.isDirectory()) throw new FileFault("is a folder, no file");
  const stream = createReadStream("", { fd, highWaterMark: PIECE_BYTES, autoClose: !isInput });
  const pieces = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
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
    close: () => void stream.destroy(),
  };
}
