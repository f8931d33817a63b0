import { failure } from "../../../errors.js";
import { now } from "../../../values/clock.js";
import { withinDeadline } from "../../http/deadline.js";
import type { ConnectionServer } from "../../http/port.js";
import type { PortLoad } from "../../http/port-load.js";
import { Http2Connection } from "../../http2/connection.js";
import { ErrorCode } from "../../http2/fault.js";
import { headerBlock } from "../../http2/hpack/header-block.js";
import type { ServerStream } from "../../http2/server-stream.js";
import { asElanusError } from "../../rest/envelope.js";
import type { GrpcMethod, GrpcServices } from "../services.js";
import { ACCEPTED_ENCODINGS, GRPC_TYPE, GrpcCode, GrpcFailure, sendFailure } from "./grpc-status.js";
import { readMetadata } from "./metadata.js";
import { receiveMessage } from "./receive.js";

export interface GrpcServerOptions {
  readonly load: PortLoad;
  /** Longest silence in the middle of a message. */
  readonly bodyTimeoutMs: number;
}

const ACCEPTED: ReadonlySet<string> = new Set(ACCEPTED_ENCODINGS.split(","));
const REPLY_HEAD = headerBlock([
  [":status", "200"],
  ["content-type", GRPC_TYPE],
]);
const REPLY_END = headerBlock([["grpc-status", "0"]]);
const OTHER_TYPE = headerBlock([[":status", "415"]]);

/** Serves gRPC over HTTP/2 without TLS, on connections that are handed to it. */
export function createGrpcServer(services: GrpcServices, options: GrpcServerOptions): ConnectionServer {
  const connections = new Set<Http2Connection>();
  let closing = false;
  const serveStream = (stream: ServerStream): void => {
    serve(stream, services, options).catch(() => stream.reset(ErrorCode.internal));
  };
  return {
    attach(socket) {
      socket.allowHalfOpen = false;
      const connection = new Http2Connection(socket, { serve: serveStream, maxBodyBytes: options.load.maxBodyBytes });
      connections.add(connection);
      socket.once("close", () => connections.delete(connection));
      if (closing) connection.close();
    },
    close() {
      closing = true;
      for (const connection of connections) connection.close();
    },
  };
}

/** The life of one call. */
async function serve(
  stream: ServerStream,
  services: GrpcServices,
  { load, bodyTimeoutMs }: GrpcServerOptions,
): Promise<void> {
  const { headers } = stream;
  if (headers.get("content-type")?.startsWith(GRPC_TYPE) !== true) {
    stream.endWith(OTHER_TYPE);
    return;
  }
  let method: GrpcMethod | undefined;
  try {
    const metadata = readMetadata(headers, now());
    method = services.find(headers.get(":path") ?? "");
    if (!ACCEPTED.has(metadata.encoding)) {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${metadata.encoding}"`;
      throw new GrpcFailure(GrpcCode.Unimplemented, message);
    }
    const known = services.authenticate(metadata.authorization);
    const caller = known instanceof Promise ? await known : known;
    const message = await receiveMessage(stream, metadata.encoding, load, bodyTimeoutMs);
    if (message === undefined) return;
    const turn = load.turn(() => stream.closed);
    try {
      if (!load.tryEnter() && !(await inTurn(stream, load))) {
        throw failure("RateLimitExceeded", { rate: load.maxRunning });
      }
      let answer: readonly Uint8Array[];
      try {
        if (stream.closed) return;
        answer = await withinDeadline(method.run(message.bytes, metadata, caller, turn), metadata.deadline);
      } finally {
        load.leave();
      }
      if (!reply(stream, answer, load)) throw failure("RateLimitExceeded", { rate: load.maxRunning });
    } finally {
      message.release();
      turn.leave();
    }
  } catch (error) {
    if (error instanceof GrpcFailure) sendFailure(stream, error);
    else if (method !== undefined) reply(stream, method.failure(asElanusError(error)), load);
    else throw error;
  }
}

/** Waits for a place; a client that leaves meanwhile gives up its turn. */
async function inTurn(stream: ServerStream, load: PortLoad): Promise<boolean> {
  const givenUp = new AbortController();
  const stay = stream.onClose(() => givenUp.abort());
  try {
    return await load.wait(givenUp.signal);
  } finally {
    stay();
  }
}

/** Sends an answer; false when too many answers wait to be read, and nothing was sent. */
function reply(stream: ServerStream, body: readonly Uint8Array[], load: PortLoad): boolean {
  if (stream.closed) return true;
  const size = body.reduce((sum, part) => sum + part.byteLength, 0);
  const progress = load.answers.add(size, () => stream.reset(ErrorCode.cancel));
  if (progress === undefined) return false;
  stream.answer({ head: REPLY_HEAD, body, trailers: REPLY_END, progress });
  return true;
}
