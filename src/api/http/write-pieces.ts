import type { Writable } from "node:stream";
import type { BodyPieces } from "./message.js";
import type { PendingAnswer } from "./pending-answers.js";

/** What is handed to a connection at a time: a client that takes less within the write timeout is cut off. */
export const PIECE_BYTES = 256 * 1024;

/**
 * Writes an answer, one piece after the other as the client takes them.
 *
 * @returns resolves when everything is handed over, or the stream is gone
 */
export async function writePieces(stream: Writable, body: BodyPieces, pending: PendingAnswer): Promise<void> {
  let leave = (): void => {};
  const gone = new Promise<void>((resolve) => {
    leave = resolve;
  });
  stream.once("close", leave);
  for (const piece of pieces(typeof body === "string" ? [Buffer.from(body)] : body)) {
    const taken = new Promise<void>((resolve) => stream.write(piece, () => resolve()));
    await Promise.race([taken, gone]);
    if (stream.destroyed) break;
    pending.moved();
  }
  stream.off("close", leave);
}

/** Bytes of a body as UTF-8. */
export function sizeOf(body: BodyPieces): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.reduce((sum, piece) => sum + piece.byteLength, 0);
}

function* pieces(parts: readonly Uint8Array[]): Generator<Uint8Array> {
  for (const part of parts) {
    for (let at = 0; at < part.byteLength; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
  }
}
