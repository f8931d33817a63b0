import { statSync } from "node:fs";
import { failure } from "../../errors.js";
import { codeOf } from "../storage/sqlite-errors.js";
import { checksumOf } from "./file-checksum.js";
import type { CopyFacts } from "./snapshot-table.js";

/** @throws Error unless a file is the one that was made */
export async function requireWhole(path: string, { sizeBytes, checksum }: CopyFacts): Promise<void> {
  const { size } = statSync(path);
  if (size !== sizeBytes || (await checksumOf(path)) !== checksum) throw new Error("it is not as it was made");
}

/** Why a file of a copy cannot be used. */
export function unusable(path: string, error: unknown): unknown {
  // What SQLite says is no fault of the copy.
  const cause = (error as Error).cause ?? error;
  if (codeOf(cause) !== "") return cause;
  const reason = `the file ${path} of a snapshot cannot be used: ${(error as Error).message}`;
  return failure("IoFailed", { reason }, error);
}
