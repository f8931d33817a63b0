import type { Socket } from "node:net";
import { ErrorCode, Http2Fault } from "./fault.js";
import { DEFAULT_WINDOW_BYTES, MAX_31_BITS, MIN_FRAME_BYTES } from "./frames.js";
import { Outgoing, wholeAnswer } from "./outgoing.js";
import type { Answer, ServerStream } from "./server-stream.js";

/** What is handed to the connection of one answer before others have their turn. */
const PART_BYTES = 256 * 1024;
/** Bytes that wait in this process for the system to take them, before more of an answer is handed over. */
const HELD_BYTES = 512 * 1024;
/** So much waits only of a client that asks and asks and reads nothing. */
const MAX_HELD_BYTES = 4 * 1024 * 1024;

/** What leaves a connection: answers as the windows of the other side allow, long ones in turn. */
export class Sender {
  /** Longest frame that the other side takes. */
  maxFrameBytes = MIN_FRAME_BYTES;
  readonly #socket: Socket;
  readonly #answered: (stream: ServerStream) => void;
  #window = DEFAULT_WINDOW_BYTES;
  readonly #sending = new Map<ServerStream, Outgoing>();

  /** @param answered an answer has been handed over to its end */
  constructor(socket: Socket, answered: (stream: ServerStream) => void) {
    this.#socket = socket;
    this.#answered = answered;
    socket.on("drain", () => this.pump());
  }

  /** Writes frames that no window holds back. */
  write(frames: Buffer, taken?: () => void): void {
    if (this.#socket.writableLength > MAX_HELD_BYTES) this.#socket.destroy();
    if (this.#socket.writable) this.#socket.write(frames, taken);
    else taken?.();
  }

  answer(stream: ServerStream, answer: Answer): void {
    let size = 0;
    for (const part of answer.body) size += part.byteLength;
    const short = size <= Math.min(MIN_FRAME_BYTES, this.#window, stream.sendWindow);
    if (short && this.#socket.writableLength <= HELD_BYTES) {
      this.#spend(stream, size);
      this.write(wholeAnswer(stream, answer, size), answer.progress.done);
      this.#answered(stream);
      return;
    }
    const outgoing = new Outgoing(stream, answer, size);
    this.write(outgoing.head());
    this.#sending.set(stream, outgoing);
    this.pump();
  }

  /** Gives up the answer of a stream. */
  drop(stream: ServerStream): void {
    const outgoing = this.#sending.get(stream);
    if (outgoing === undefined) return;
    this.#sending.delete(stream);
    outgoing.answer.progress.done();
  }

  /** The other side takes more. @throws Http2Fault for more than a window can be */
  widen(bytes: number): void {
    this.#window += bytes;
    if (this.#window > MAX_31_BITS) throw new Http2Fault(ErrorCode.flowControl, "the window of the connection");
    this.pump();
  }

  /** Hands over as much of the answers as may leave now. */
  pump(): void {
    for (const [stream, outgoing] of this.#sending) {
      if (!this.#socket.writable || this.#socket.writableLength > HELD_BYTES) return;
      const bytes = Math.min(outgoing.left, this.#window, stream.sendWindow, PART_BYTES);
      if (bytes <= 0 && outgoing.left > 0) continue;
      this.#sending.delete(stream);
      this.#send(outgoing, bytes);
      // Behind the others, which the loop comes to first.
      if (outgoing.left > 0) this.#sending.set(stream, outgoing);
    }
  }

  #send(outgoing: Outgoing, bytes: number): void {
    const { stream, answer } = outgoing;
    const { progress } = answer;
    this.#spend(stream, bytes);
    const pieces = [...outgoing.take(bytes, this.maxFrameBytes)];
    const last = outgoing.left === 0;
    if (last) pieces.push(outgoing.trailers());
    const taken = (): void => {
      progress.moved();
      if (last) progress.done();
      this.pump();
    };
    this.#socket.cork();
    pieces.forEach((piece, i) => {
      this.#socket.write(piece, i === pieces.length - 1 ? taken : undefined);
    });
    this.#socket.uncork();
    if (last) this.#answered(stream);
  }

  #spend(stream: ServerStream, bytes: number): void {
    this.#window -= bytes;
    stream.sendWindow -= bytes;
  }
}
