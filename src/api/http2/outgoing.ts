import { Flag, FrameType, frame, HEAD_BYTES, writeHead } from "./frames.js";
import type { Answer, ServerStream } from "./server-stream.js";

const HEADERS_AND_MORE = Flag.endHeaders;
const LAST_HEADERS = Flag.endHeaders | Flag.endStream;

/** A short answer in one piece of memory, so that it leaves at once. @param size of its body */
export function wholeAnswer({ id }: ServerStream, { head, body, trailers }: Answer, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(3 * HEAD_BYTES + head.length + size + trailers.length);
  let at = writeHead(bytes, 0, head.length, FrameType.headers, HEADERS_AND_MORE, id);
  bytes.set(head, at);
  at = writeHead(bytes, at + head.length, size, FrameType.data, 0, id);
  for (const part of body) {
    bytes.set(part, at);
    at += part.byteLength;
  }
  at = writeHead(bytes, at, trailers.length, FrameType.headers, LAST_HEADERS, id);
  bytes.set(trailers, at);
  return bytes;
}

/** Headers that are the whole answer. */
export function headersAlone({ id }: ServerStream, head: Buffer): Buffer {
  return frame(FrameType.headers, LAST_HEADERS, id, head);
}

/** A long answer on its way out, in parts that go on lying where they lie. */
export class Outgoing {
  readonly stream: ServerStream;
  readonly answer: Answer;
  #part = 0;
  #at = 0;
  #left: number;

  /** @param size of the body */
  constructor(stream: ServerStream, answer: Answer, size: number) {
    this.stream = stream;
    this.answer = answer;
    this.#left = size;
  }

  /** Bytes of the body that have not been taken. */
  get left(): number {
    return this.#left;
  }

  head(): Buffer {
    return frame(FrameType.headers, HEADERS_AND_MORE, this.stream.id, this.answer.head);
  }

  trailers(): Buffer {
    return frame(FrameType.headers, LAST_HEADERS, this.stream.id, this.answer.trailers);
  }

  /** The next bytes of the body, in frames. @param bytes at most what is left */
  *take(bytes: number, maxFrameBytes: number): Generator<Uint8Array> {
    for (let taken = 0; taken < bytes; ) {
      const length = Math.min(bytes - taken, maxFrameBytes);
      const head = Buffer.allocUnsafe(HEAD_BYTES);
      writeHead(head, 0, length, FrameType.data, 0, this.stream.id);
      yield head;
      yield* this.#slices(length);
      taken += length;
    }
  }

  *#slices(length: number): Generator<Uint8Array> {
    this.#left -= length;
    for (let missing = length; missing > 0; ) {
      const part = this.answer.body[this.#part] as Uint8Array;
      const slice = part.subarray(this.#at, this.#at + missing);
      missing -= slice.byteLength;
      this.#at += slice.byteLength;
      if (this.#at === part.byteLength) {
        this.#part++;
        this.#at = 0;
      }
      if (slice.byteLength > 0) yield slice;
    }
  }
}
