import { isUtf8 } from "node:buffer";
import type { ByteSource } from "./byte-source.js";
import { FileFault } from "./file-fault.js";

const NEWLINE = 10;
/** A row that is larger fits nowhere. */
const MOST_BYTES = 256 * 1024 * 1024;

/** A stretch of a file that is looked at: bytes come at its end, and are let go at its beginning. */
export class ByteWindow {
  readonly #source: ByteSource;
  bytes: Buffer = Buffer.alloc(0);
  /** What has been let go, in lines. */
  #lines = 0;
  #begun = false;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  /** The line in which a position of the window lies, from 1. */
  lineAt(at: number): number {
    let lines = this.#lines + 1;
    for (let i = this.bytes.indexOf(NEWLINE); i >= 0 && i < at; i = this.bytes.indexOf(NEWLINE, i + 1)) lines++;
    return lines;
  }

  /** Makes the window longer. @returns false at the end of the file */
  async grow(): Promise<boolean> {
    const piece = await this.#source.next();
    if (piece === undefined) return false;
    if (this.bytes.length > MOST_BYTES) throw new FileFault(`a row has more than ${MOST_BYTES} bytes`);
    this.bytes = this.bytes.length === 0 ? piece : Buffer.concat([this.bytes, piece]);
    if (!this.#begun) await this.#begin();
    return true;
  }

  /** Lets go of what lies before a position. */
  drop(at: number): void {
    this.#lines = this.lineAt(at) - 1;
    this.bytes = this.bytes.subarray(at);
  }

  /** A text of the file. @throws FileFault for bytes that are none */
  text(from: number, to: number): string {
    const bytes = this.bytes.subarray(from, to);
    if (!isUtf8(bytes)) throw new FileFault("contains invalid UTF-8");
    return bytes.toString("utf8");
  }

  /** Passes over a byte order mark. */
  async #begin(): Promise<void> {
    this.#begun = true;
    while (this.bytes.length < 3 && (await this.grow()));
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.bytes = this.bytes.subarray(3);
    else if ((this.bytes[0] === 0xff && this.bytes[1] === 0xfe) || (this.bytes[0] === 0xfe && this.bytes[1] === 0xff)) {
      throw new FileFault("is UTF-16, which is not read: it must be UTF-8");
    }
  }
}
