import type { Writable } from "node:stream";
import type { PendingAnswer } from "./pending-answers.js";

/** What is handed to a connection at a time: a client that takes less within the write timeout is cut off. */
const PIECE_BYTES = 256 * 1024;

/**
 * Writes an answer and ends the stream, one piece after the other as the client takes them.
 *
 * @param body what is small goes out at once, its end with it
 * @returns resolves when everything is handed over, or the stream is gone
 */
export async function writePieces(
  stream: Writable,
  body: string | readonly Uint8Array[],
  pending: PendingAnswer,
): Promise<void> {
  const gone = new Promise<void>((resolve) => stream.once("close", resolve));
  const whole = typeof body === "string" ? body : body.length === 1 ? body[0] : undefined;
  if (whole !== undefined && whole.length <= PIECE_BYTES) {
    stream.end(whole);
  } else {
    for (const piece of pieces(typeof body === "string" ? [Buffer.from(body)] : body)) {
      const taken = new Promise<void>((resolve) => stream.write(piece, () => resolve()));
      await Promise.race([taken, gone]);
      if (stream.destroyed) break;
      pending.moved();
    }
    if (!stream.destroyed) stream.end();
  }
  // Over HTTP/1.1 the stream closes when the last byte has been handed to the system, not when the connection does.
  await gone;
  pending.done();
}

function* pieces(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.byteLength; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
  }
}
