import { ErrorCode, Http2Fault, violation } from "./fault.js";
import { Flag, MAX_31_BITS } from "./frames.js";

/** The payload of a frame without what fills it up. */
export function unpadded(flags: number, payload: Buffer): Buffer {
  if ((flags & Flag.padded) === 0) return payload;
  const end = payload.length - (payload[0] ?? 0);
  if (end < 1) throw violation("more padding than frame");
  return payload.subarray(1, end);
}

/** A frame that speaks of the connection. */
export function requireNoStream(id: number): void {
  if (id !== 0) throw violation("a stream where the connection is meant");
}

/** What a stream depends on is of no use to us, yet it must make sense. */
export function requirePriority(id: number, payload: Buffer): void {
  if (payload.length < 5) throw new Http2Fault(ErrorCode.frameSize, "half a priority");
  if (id === 0 || (payload.readUInt32BE(0) & MAX_31_BITS) === id) throw violation("a stream that depends on itself");
}

/** A frame that is always of one size. */
export function requireLength(payload: Buffer, length: number): void {
  if (payload.length !== length) throw new Http2Fault(ErrorCode.frameSize, `a frame of ${payload.length} bytes`);
}
