import type { IncomingHttpHeaders, ServerHttp2Session, ServerHttp2Stream } from "node:http2";
import { failure } from "../../../errors.js";
import { after, every, now } from "../../../values/clock.js";
import { withinDeadline } from "../../http/deadline.js";
import type { ConnectionServer } from "../../http/port.js";
import type { PortLoad } from "../../http/port-load.js";
import { writePieces } from "../../http/write-pieces.js";
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

/** What the server takes on one stream, and on one connection, before the sender has to wait. */
const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 16 * 1024 * 1024;
const MAX_STREAMS = 1000;
const MAX_HEADER_BYTES = 64 * 1024;
/** In megabytes. Node ends a session that holds more; its default of 10 is less than one large insert. */
const MAX_SESSION_MEMORY = 1024;
/** A connection without calls is asked this often whether it is still there. */
const PING_MS = 60_000;
const PONG_MS = 20_000;

/** Serves gRPC over HTTP/2 without TLS, on connections that are handed to it. */
export function createGrpcServer(services: GrpcServices, options: GrpcServerOptions): ConnectionServer {
  const sessions = new Set<ServerHttp2Session>();
  let closing = false;
  // Not by an import: a bundle in one file would load it at its start.
  const { createServer } = process.getBuiltinModule("node:http2");
  const server = createServer({
    maxSessionMemory: MAX_SESSION_MEMORY,
    settings: {
      initialWindowSize: STREAM_WINDOW_BYTES,
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: MAX_HEADER_BYTES,
      enablePush: false,
    },
  });
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {});
    session.once("close", () => sessions.delete(session));
    session.setLocalWindowSize?.(CONNECTION_WINDOW_BYTES);
    watch(session);
    if (closing) session.close();
  });
  server.on("stream", (stream, headers) => {
    stream.on("error", () => {});
    if (closing) sendFailure(stream, new GrpcFailure(GrpcCode.Unavailable, "the server is closing"));
    else serve(stream, headers, services, options).catch(() => stream.destroy());
  });

  return {
    attach(socket) {
      socket.allowHalfOpen = false;
      server.emit("connection", socket);
    },
    close() {
      closing = true;
      // Says GOAWAY; calls under way are answered first.
      for (const session of sessions) session.close();
    },
  };
}

/** Ends a connection whose other side is gone without a word. */
function watch(session: ServerHttp2Session): void {
  const ask = (): void => {
    const answered = after(PONG_MS, () => session.destroy(), { keepsAlive: false });
    if (!session.ping(answered)) answered();
  };
  session.once("close", every(PING_MS, ask, { keepsAlive: false }));
}

/** The life of one call. */
async function serve(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  services: GrpcServices,
  { load, bodyTimeoutMs }: GrpcServerOptions,
): Promise<void> {
  if (headers["content-type"]?.startsWith(GRPC_TYPE) !== true) {
    stream.respond({ ":status": 415 }, { endStream: true });
    stream.close();
    return;
  }
  let method: GrpcMethod | undefined;
  try {
    const metadata = readMetadata(headers, now());
    method = services.find(headers[":path"] ?? "");
    if (!ACCEPTED_ENCODINGS.split(",").includes(metadata.encoding)) {
      const message = `grpc: Decompressor is not installed for grpc-encoding "${metadata.encoding}"`;
      throw new GrpcFailure(GrpcCode.Unimplemented, message);
    }
    const caller = await services.authenticate(metadata.authorization);
    const message = await receiveMessage(stream, metadata.encoding, load, bodyTimeoutMs);
    if (message === undefined) return;
    const turn = load.turn(() => stream.destroyed);
    try {
      if (!load.tryEnter() && !(await inTurn(stream, load))) {
        throw failure("RateLimitExceeded", { rate: load.maxRunning });
      }
      let answer: readonly Uint8Array[];
      try {
        if (stream.destroyed) return;
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
async function inTurn(stream: ServerHttp2Stream, load: PortLoad): Promise<boolean> {
  const givenUp = new AbortController();
  const cancel = (): void => givenUp.abort();
  stream.once("close", cancel);
  try {
    return await load.wait(givenUp.signal);
  } finally {
    stream.off("close", cancel);
  }
}

/** Sends an answer; false when too many answers wait to be read, and nothing was sent. */
function reply(stream: ServerHttp2Stream, frame: readonly Uint8Array[], load: PortLoad): boolean {
  if (stream.destroyed || stream.headersSent) return true;
  const size = frame.reduce((sum, part) => sum + part.byteLength, 0);
  const pending = load.answers.add(size, () => stream.destroy());
  if (pending === undefined) return false;
  stream.respond({ ":status": 200, "content-type": GRPC_TYPE }, { waitForTrailers: true });
  stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  // The answer came before the end of the message: the rest of it is not wanted.
  const unread = !stream.readableEnded;
  writePieces(stream, frame, pending);
  if (unread) stream.once("finish", () => stream.close());
  return true;
}
