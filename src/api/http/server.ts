import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { type ElanusError, failure } from "../../errors.js";
import type { Route } from "../surface.js";
import { isLoopback, refuseBrowser } from "./browser-guard.js";
import { type Handler, respondFailure } from "./handler.js";
import { type BodyPieces, type HttpResponse, header, type RequestHead, splitTarget } from "./message.js";

export interface ListenOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 19530; 0 takes any free port. */
  readonly port?: number;
  /** Allows an address other than loopback without `auth`. */
  readonly insecure?: boolean;
  /** Names that may stand in the `Host` header besides the loopback ones. */
  readonly allowedHosts?: readonly string[];
  /** Requests at work at one time; more are refused with 1807. Default: 256. */
  readonly maxConcurrentRequests?: number;
  /** Time a client has to send its whole body. Default: 30 s. */
  readonly bodyTimeoutMs?: number;
  /** Time a client has to send the head of a request. Default: 15 s. */
  readonly headersTimeoutMs?: number;
  /** Time `close` gives running requests before their connections are cut. Default: 10 s. */
  readonly closeTimeoutMs?: number;
}

export interface RestServer {
  /** `http://host:port`, with the port that was really taken. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  /** Takes no new requests, waits for the running ones, closes every connection. May be called again. */
  close(): Promise<void>;
}

export interface ServerSecurity {
  readonly authenticated: boolean;
  readonly cors: boolean;
}

export const DEFAULT_PORT = 19530;
const DEFAULT_MAX_CONCURRENT_REQUESTS = 256;
const DEFAULT_BODY_TIMEOUT_MS = 30_000;
const DEFAULT_HEADERS_TIMEOUT_MS = 15_000;
const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;
/** Bodies that are being received may take this many times the limit of one body together. */
const BUFFERED_BODIES = 4;
/** How long the rest of a refused body is read away, so that the client gets to see the answer instead of a reset. */
const LINGER_MS = 2_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_CHECKING_INTERVAL_MS = 5_000;

/** Requests that never became one, by node's error code. */
const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/**
 * Serves the handler over HTTP/1.1.
 *
 * Room for gRPC on the same port: `node:http` hands every new connection to its `connection` listener. A gRPC client
 * (HTTP/2 with prior knowledge) opens with the 24 bytes `PRI * HTTP/2.0...`; a listener put in front of node's own reads
 * the first bytes, gives them back with `socket.unshift`, and passes the socket on to an `http2` server or to node's listener.
 * Everything below works per request and would not change.
 *
 * @throws InvalidParameter for an address other than loopback without auth, unless `insecure`; Unavailable when the port is taken
 */
export async function listen(
  handler: Handler,
  security: ServerSecurity,
  options: ListenOptions = {},
): Promise<RestServer> {
  const host = options.host ?? "127.0.0.1";
  const port = options.port ?? DEFAULT_PORT;
  const loopback = isLoopback(host);
  if (!loopback && !security.authenticated && options.insecure !== true) {
    throw failure("InvalidParameter", {
      text: `listening on ${host} would give everybody on the network the whole database: open it with auth, or allow this with insecure: true`,
    });
  }
  const guard = {
    loopback,
    host,
    allowedHosts: (options.allowedHosts ?? []).map((name) => name.toLowerCase()),
    cors: security.cors,
  };
  const receiver = new BodyReceiver(handler.maxBodyBytes, options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS);
  const maxConcurrent = options.maxConcurrentRequests ?? DEFAULT_MAX_CONCURRENT_REQUESTS;
  let running = 0;
  let closing = false;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const head = readHead(request);
    const refusal = refuseBrowser(request.headers, guard);
    if (refusal !== undefined) {
      send(request, response, forbidden(refusal), closing);
      return;
    }
    const admission = handler.admit(head);
    const { route, response: early } = admission instanceof Promise ? await admission : admission;
    if (early !== undefined) {
      send(request, response, early, closing);
      return;
    }
    if (running >= maxConcurrent) {
      send(request, response, respondFailure(route, tooMany(`${maxConcurrent} requests are running`)), closing);
      return;
    }
    running++;
    try {
      if (response.writableNeedsContinue) response.writeContinue();
      const body = await receiver.receive(request);
      if (body === undefined) return; // the client is gone
      send(request, response, await respondTo(handler, route, head, body), closing);
    } finally {
      running--;
    }
  };

  // Node's own list of idle connections leaves out those that have not sent anything yet.
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    busy.add(socket);
    response.once("close", () => {
      busy.delete(socket);
      if (closing) socket.end();
    });
    answer(request, response).catch(() => response.destroy());
  };
  const headersTimeout = options.headersTimeoutMs ?? DEFAULT_HEADERS_TIMEOUT_MS;
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout,
      connectionsCheckingInterval: Math.min(headersTimeout, MAX_CHECKING_INTERVAL_MS),
      // Bodies have a clock of their own, which answers in JSON.
      requestTimeout: 0,
    },
    onRequest,
  );
  // `Expect: 100-continue`: a client that asks first is refused before it sends anything.
  server.on("checkContinue", (request: IncomingMessage, response: ContinuedResponse) => {
    response.writableNeedsContinue = true;
    onRequest(request, response);
  });
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      busy.delete(socket);
    });
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    else socket.destroy();
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const reason = error.code === "EADDRINUSE" ? `port ${port} of ${host} is in use` : error.message;
      reject(failure("Unavailable", { reason }, error));
    });
    server.listen(port, host, resolve);
  });

  const address = server.address() as AddressInfo;
  let closed: Promise<void> | undefined;
  return {
    url: `http://${host.includes(":") ? `[${host}]` : host}:${address.port}`,
    host,
    port: address.port,
    close() {
      closing = true;
      closed ??= new Promise((resolve) => {
        const cut = setTimeout(() => server.closeAllConnections(), options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS);
        // Stops listening and closes idle connections; calls back when the busy ones are done too.
        server.close(() => {
          clearTimeout(cut);
          resolve();
        });
        for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
      });
      return closed;
    },
  };
}

declare module "node:http" {
  interface ServerResponse {
    /** Set while the client waits for `100 Continue`. */
    writableNeedsContinue?: boolean;
  }
}
type ContinuedResponse = ServerResponse;

async function respondTo(
  handler: Handler,
  route: Route,
  head: RequestHead,
  body: Uint8Array | ElanusError,
): Promise<HttpResponse> {
  return body instanceof Uint8Array ? handler.run(route, { ...head, body }) : respondFailure(route, body);
}

function readHead(request: IncomingMessage): RequestHead {
  return { method: request.method ?? "", ...splitTarget(request.url ?? ""), headers: request.headers };
}

function send(request: IncomingMessage, response: ServerResponse, answer: HttpResponse, closing: boolean): void {
  if (response.destroyed) return;
  const headers: Record<string, string | number> = { ...answer.headers };
  if (answer.status !== 204) headers["content-length"] = sizeOf(answer.body);
  // What is left of the body would be taken for the next request: the connection ends here.
  const unread = hasBody(request) && !request.complete;
  if (unread || closing) headers["connection"] = "close";
  response.writeHead(answer.status, headers);
  if (typeof answer.body === "string") response.end(answer.body);
  else {
    for (const piece of answer.body) response.write(piece);
    response.end();
  }
  if (unread) readAway(request, response);
}

function sizeOf(body: BodyPieces): number {
  return typeof body === "string" ? Buffer.byteLength(body) : body.reduce((sum, piece) => sum + piece.byteLength, 0);
}

function hasBody(request: IncomingMessage): boolean {
  const length = header(request.headers, "content-length");
  return (length !== undefined && length !== "0") || request.headers["transfer-encoding"] !== undefined;
}

/** Reads the rest of a refused body without keeping it, for a short while. */
function readAway(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const cut = setTimeout(() => request.destroy(), LINGER_MS);
  cut.unref();
  request.once("close", () => clearTimeout(cut));
  response.once("close", () => clearTimeout(cut));
}

function forbidden(reason: string): HttpResponse {
  return { status: 403, headers: { "content-type": "text/plain" }, body: `403 forbidden: ${reason}` };
}

function tooMany(detail: string): ElanusError {
  return failure("RejectedByLimiter", { detail });
}

/** Receives bodies within limits of size, time, and memory taken by all of them together. */
class BodyReceiver {
  readonly #maxBytes: number;
  readonly #timeoutMs: number;
  #buffered = 0;

  constructor(maxBytes: number, timeoutMs: number) {
    this.#maxBytes = maxBytes;
    this.#timeoutMs = timeoutMs;
  }

  /** The body; the error to answer when it breaks a limit (what had arrived is let go); undefined when the client left. */
  receive(request: IncomingMessage): Promise<Uint8Array | ElanusError | undefined> {
    if (!hasBody(request)) {
      request.resume();
      return Promise.resolve(NO_BYTES);
    }
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let size = 0;
      const timer = setTimeout(() => settle(failure("Timeout")), this.#timeoutMs);
      const onData = (chunk: Buffer): void => {
        size += chunk.length;
        this.#buffered += chunk.length;
        chunks.push(chunk);
        if (size > this.#maxBytes) settle(failure("BodyTooLarge", { limit: this.#maxBytes }));
        else if (this.#buffered > this.#maxBytes * BUFFERED_BODIES) {
          settle(tooMany("too many large bodies are being received"));
        }
      };
      const onEnd = (): void => settle(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size));
      const onClose = (): void => settle(undefined);
      const settle = (result: Uint8Array | ElanusError | undefined): void => {
        clearTimeout(timer);
        request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
        this.#buffered -= size;
        resolve(result);
      };
      request.on("data", onData).once("end", onEnd).once("close", onClose).once("error", onClose);
    });
  }
}

const NO_BYTES = new Uint8Array(0);
