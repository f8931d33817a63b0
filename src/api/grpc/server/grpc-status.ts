import { headerBlock } from "../../http2/hpack/header-block.js";
import type { ServerStream } from "../../http2/server-stream.js";

/** The statuses of gRPC itself that are ever sent. Failures of operations are not among them: they travel in a reply. */
export const GrpcCode = {
  PermissionDenied: 7,
  ResourceExhausted: 8,
  Unimplemented: 12,
  Internal: 13,
  Unavailable: 14,
  Unauthenticated: 16,
} as const;
export type GrpcCode = (typeof GrpcCode)[keyof typeof GrpcCode];

/** A call that ends without a reply. */
export class GrpcFailure extends Error {
  override readonly name: string = "GrpcFailure";
  readonly code: GrpcCode;

  constructor(code: GrpcCode, message: string) {
    super(message);
    this.code = code;
  }
}

export const GRPC_TYPE = "application/grpc";

/** Ends a call with a status and no reply; what the client still sends is not read. */
export function sendFailure(stream: ServerStream, { code, message }: GrpcFailure): void {
  const encodings: [string, string][] =
    code === GrpcCode.Unimplemented ? [["grpc-accept-encoding", ACCEPTED_ENCODINGS]] : [];
  stream.endWith(
    headerBlock([
      [":status", "200"],
      ["content-type", GRPC_TYPE],
      ["grpc-status", String(code)],
      ["grpc-message", percentEncode(message.trim())],
      ...encodings,
    ]),
  );
}

export const ACCEPTED_ENCODINGS = "identity,gzip,deflate";

/** Bytes that are no printable ASCII, and `%`, as `%XX`. */
function percentEncode(text: string): string {
  return Buffer.from(text).reduce(
    (encoded, byte) =>
      encoded +
      (byte >= 0x20 && byte < 0x7f && byte !== 0x25
        ? String.fromCharCode(byte)
        : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`),
    "",
  );
}
