import { createHash } from "node:crypto";
import { closeSync, openSync, readSync } from "node:fs";
import { nextTurn } from "../../values/clock.js";

const PIECE_BYTES = 1024 * 1024;

/** The checksum of a file, in pieces between which the event loop runs. @throws an error of the system */
export async function checksumOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  const piece = Buffer.alloc(PIECE_BYTES);
  const file = openSync(path, "r");
  try {
    for (;;) {
      const bytes = readSync(file, piece, 0, PIECE_BYTES, null);
      if (bytes === 0) return hash.digest("hex");
      hash.update(piece.subarray(0, bytes));
      await nextTurn();
    }
  } finally {
    closeSync(file);
  }
}
