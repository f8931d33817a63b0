import { failure } from "../errors.js";

/** Before each frame, little-endian, the bytes it has. */
export const LENGTH_BYTES = 4;
/** More than any request or answer may hold. */
export const MOST_FRAME_BYTES = 2 ** 30;
/** What two processes say to each other before they know who they are. */
export const GREETING_BYTES = 4096;

/** Payload as a frame. @throws InvalidParameter for one that is larger than any may be */
export function frameOf(payload: Uint8Array): Buffer {
  if (payload.byteLength > MOST_FRAME_BYTES) {
    throw failure("InvalidParameter", {
      text: `what one call moves between two processes must not exceed ${MOST_FRAME_BYTES} bytes, this is ${payload.byteLength}`,
    });
  }
  const frame = Buffer.allocUnsafe(LENGTH_BYTES + payload.byteLength);
  frame.writeUInt32LE(payload.byteLength);
  frame.set(payload, LENGTH_BYTES);
  return frame;
}

/** Puts what comes from a socket together again. */
export class FrameReader {
  readonly #take: (payload: Buffer) => void;
  readonly #length = Buffer.alloc(LENGTH_BYTES);
  #lengthRead = 0;
  /** Of the frame that comes; it grows with what has come, whatever length it was announced with. */
  #parts: Buffer[] = [];
  #missing = 0;
  /** Larger frames are refused. */
  most = GREETING_BYTES;

  /** @param take gets the payloads in their order, each in memory of its own */
  constructor(take: (payload: Buffer) => void) {
    this.#take = take;
  }

  /** @throws RangeError for a frame that is larger than it may be */
  push(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0; ) {
      if (this.#lengthRead < LENGTH_BYTES) {
        const taken = rest.copy(this.#length, this.#lengthRead);
        this.#lengthRead += taken;
        rest = rest.subarray(taken);
        if (this.#lengthRead < LENGTH_BYTES) return;
        this.#missing = this.#length.readUInt32LE();
        if (this.#missing > this.most) throw new RangeError(`a frame of ${this.#missing} bytes`);
      }
      const part = rest.subarray(0, this.#missing);
      if (part.length > 0) this.#parts.push(part);
      this.#missing -= part.length;
      rest = rest.subarray(part.length);
      if (this.#missing === 0) this.#end();
    }
  }

  #end(): void {
    const parts = this.#parts;
    this.#parts = [];
    this.#lengthRead = 0;
    const payload = Buffer.from(new ArrayBuffer(parts.reduce((sum, part) => sum + part.length, 0)));
    let at = 0;
    for (const part of parts) at += part.copy(payload, at);
    this.#take(payload);
  }
}
