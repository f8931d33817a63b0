import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { nextTurn } from "../../values/clock.js";

const PIECE_BYTES = 1024 * 1024;

/** The checksum of a file, in pieces between which others may run. @throws an error of the system */
function* checksumSteps(path: string): Generator<void, string> {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE_BYTES);
  const file = openSync(path, "r");
  try {
    for (;;) {
      const bytes = readSync(file, piece, 0, PIECE_BYTES, null);
      if (bytes === 0) return hash.digest("hex");
      hash.update(piece.subarray(0, bytes));
      yield;
    }
  } finally {
    closeSync(file);
  }
}

/** The event loop runs meanwhile. */
export async function checksumOf(path: string): Promise<string> {
  const steps = checksumSteps(path);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
    await nextTurn();
  }
}

export function checksumOfNow(path: string): string {
  const steps = checksumSteps(path);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
