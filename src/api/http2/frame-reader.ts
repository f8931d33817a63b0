import { ErrorCode, Http2Fault } from "./fault.js";
import { Flag, FrameType, HEAD_BYTES } from "./frames.js";

/** Takes what arrives on a connection. */
export interface FrameSink {
  /** A part of the body of a stream, as soon as it is there. @param ends the frame is complete and says that the body is */
  data(stream: number, part: Buffer, ends: boolean): void;
  /** Any other frame, complete. */
  frame(type: number, flags: number, stream: number, payload: Buffer): void;
}

const NOTHING: Buffer = Buffer.alloc(0);
/** What every client says first. */
const PREFACE = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Cuts the bytes of a connection into frames. */
export class FrameReader {
  readonly #sink: FrameSink;
  readonly #maxDataBytes: number;
  readonly #maxBytes: number;
  #preface: Buffer = PREFACE;
  /** The beginning of a frame whose end has not come. */
  #rest: Buffer = NOTHING;
  #dataStream = 0;
  #dataLeft = 0;
  #dataEnds = false;

  /**
   * @param maxDataBytes longest frame of data, which is handed on in parts
   * @param maxBytes longest of the others, which are kept until they are complete
   */
  constructor(sink: FrameSink, maxDataBytes: number, maxBytes: number) {
    this.#sink = sink;
    this.#maxDataBytes = maxDataBytes;
    this.#maxBytes = maxBytes;
  }

  /** Takes bytes as they come. @throws Http2Fault, also from the sink */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = this.#preface.length === 0 ? 0 : this.#readPreface(bytes);
    while (at < bytes.length) {
      if (this.#dataLeft > 0) {
        at += this.#handOn(bytes, at);
        continue;
      }
      if (bytes.length - at < HEAD_BYTES) break;
      const length = ((bytes[at] as number) << 16) | ((bytes[at + 1] as number) << 8) | (bytes[at + 2] as number);
      const type = bytes[at + 3] as number;
      const flags = bytes[at + 4] as number;
      const stream = bytes.readUInt32BE(at + 5) & 0x7fffffff;
      // Padding is rare; such a frame is short, or refused.
      const inParts = type === FrameType.data && (flags & Flag.padded) === 0;
      if (length > (inParts ? this.#maxDataBytes : this.#maxBytes)) {
        throw new Http2Fault(ErrorCode.frameSize, `a frame of ${length} bytes`);
      }
      const start = at + HEAD_BYTES;
      if (inParts) {
        this.#dataStream = stream;
        this.#dataLeft = length;
        this.#dataEnds = (flags & Flag.endStream) !== 0;
        at = start;
        if (length === 0) this.#sink.data(stream, NOTHING, this.#dataEnds);
      } else {
        if (bytes.length - start < length) break;
        at = start + length;
        this.#sink.frame(type, flags, stream, bytes.subarray(start, at));
      }
    }
    this.#rest = at < bytes.length ? bytes.subarray(at) : NOTHING;
  }

  /** Hands on what has come of a frame of data. @returns its length */
  #handOn(bytes: Buffer, at: number): number {
    const part = bytes.subarray(at, at + this.#dataLeft);
    this.#dataLeft -= part.length;
    this.#sink.data(this.#dataStream, part, this.#dataEnds && this.#dataLeft === 0);
    return part.length;
  }

  #readPreface(bytes: Buffer): number {
    const length = Math.min(bytes.length, this.#preface.length);
    if (!bytes.subarray(0, length).equals(this.#preface.subarray(0, length))) {
      throw new Http2Fault(ErrorCode.protocol, "the connection does not begin as HTTP/2 does");
    }
    this.#preface = this.#preface.subarray(length);
    return length;
  }
}
