/** A set of values that a client has built, made to be asked often. */
export interface Members {
  readonly kind: "bloom" | "roaring";
  /** Is this integer of 64 bits, given in halves of 32, among them? */
  hasInteger(high: number, low: number): boolean;
  hasText(text: string): boolean;
  readonly memoryBytes: number;
}

/** Bytes that are no such set. */
export class MembersFault extends Error {}

/** Both forms begin so: four letters, a version, a method. */
export const HEADER_BYTES = 32;
const MOST_BODY_BYTES = 64 * 1024 * 1024;

/** @throws MembersFault where the body is too large to be looked through */
export function checkBodySize(bytes: Uint8Array, what: string): void {
  const body = bytes.length - HEADER_BYTES;
  if (body <= MOST_BODY_BYTES) return;
  throw new MembersFault(
    `membership_match ${what} blob body is ${body} bytes, exceeding proxy.maxMembershipFilterSize (${MOST_BODY_BYTES})`,
  );
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
