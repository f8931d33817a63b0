import { failure } from "../../errors.js";
import type { CallLimits } from "../contract/call-limits.js";
import { MAX_HITS, MAX_REPLY_BYTES } from "../model/limits.js";
import { dimensionOf } from "../model/schema.js";
import { FIELD_TYPES } from "../model/types/table.js";
import type { Output } from "./output.js";

/** Bytes that a scalar counts at least. */
const SCALAR_BYTES = 8;

/**
 * Refuses a search whose answer would be too large, before the work.
 *
 * @param k hits per query vector that are asked for
 * @param there rows that there are
 * @throws ReplyTooLarge
 */
export function checkHits(queries: number, k: number, there: number, output: Output, limits: CallLimits): void {
  const most = limits.replyBytes ?? MAX_REPLY_BYTES;
  const bytes = queries * Math.min(k, there) * (2 * SCALAR_BYTES + rowBytes(output));
  if (queries * k > MAX_HITS || bytes > most) throw failure("ReplyTooLarge", { limit: most });
}

/** Bytes that one row of an answer takes at least. */
export function rowBytes(output: Output): number {
  let bytes = output.dynamicKeys === undefined ? 0 : SCALAR_BYTES;
  for (const field of output.fields) {
    const type = FIELD_TYPES[field.type];
    bytes += type.family === "dense" ? type.bytesPerVector(dimensionOf(field)) : SCALAR_BYTES;
  }
  return bytes;
}

/** @throws ReplyTooLarge once more has been read than an answer may hold */
export function checkReplyBytes(bytes: number, limits: CallLimits): void {
  const most = limits.replyBytes ?? MAX_REPLY_BYTES;
  if (bytes > most) throw failure("ReplyTooLarge", { limit: most });
}
