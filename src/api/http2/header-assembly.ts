import { ErrorCode, Http2Fault, violation } from "./fault.js";
import { Flag } from "./frames.js";

/** Each part but the last is of this size, or somebody plays with us. */
const USUAL_PART_BYTES = 1024;

/** A header block that is complete. */
export interface WholeBlock {
  readonly stream: number;
  readonly bytes: Buffer;
  /** The request has no body. */
  readonly ends: boolean;
}

/** Puts together the header blocks of a connection that come in several frames. Nothing else may come between these. */
export class HeaderAssembly {
  readonly #maxBytes: number;
  #stream: number | undefined;
  #ends = false;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** @throws Http2Fault while a block has begun and not ended */
  requireNone(): void {
    if (this.#stream !== undefined) throw violation("something comes between the parts of headers");
  }

  begin(flags: number, stream: number, part: Buffer): WholeBlock | undefined {
    this.#stream = stream;
    this.#ends = (flags & Flag.endStream) !== 0;
    return this.goOn(flags, stream, part);
  }

  /** @returns the block, when this was its last part */
  goOn(flags: number, stream: number, part: Buffer): WholeBlock | undefined {
    if (this.#stream !== stream) throw violation("headers go on that have not begun");
    this.#parts.push(part);
    this.#size += part.length;
    if (this.#size > this.#maxBytes || this.#parts.length > this.#maxBytes / USUAL_PART_BYTES) {
      throw new Http2Fault(ErrorCode.enhanceYourCalm, "headers without end");
    }
    if ((flags & Flag.endHeaders) === 0) return undefined;
    const [first, second] = this.#parts;
    const bytes = second === undefined && first !== undefined ? first : Buffer.concat(this.#parts);
    this.#stream = undefined;
    this.#parts = [];
    this.#size = 0;
    return { stream, bytes, ends: this.#ends };
  }
}
