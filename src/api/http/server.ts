import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ElanusError } from "../../errors.js";
import { after } from "../../values/clock.js";
import type { Route } from "../surface.js";
import { BodyReceiver, hasBody } from "./body-receiver.js";
import { type GuardOptions, refuseBrowser } from "./browser-guard.js";
import { type Handler, respondFailure } from "./handler.js";
import { type BodyPieces, type HttpResponse, type RequestHead, splitTarget } from "./message.js";
import type { ConnectionServer } from "./port.js";
import { type PortLoad, tooMany } from "./port-load.js";

export interface HttpServerOptions {
  readonly guard: GuardOptions;
  readonly load: PortLoad;
  readonly bodyTimeoutMs: number;
  readonly headersTimeoutMs: number;
}

/** How long the rest of a refused body is read away, so that the client gets to see the answer instead of a reset. */
const LINGER_MS = 2_000;
const KEEP_ALIVE_MS = 65_000;
const MAX_CHECKING_INTERVAL_MS = 5_000;

/** Requests that never became one, by node's error code. */
const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};

/** Serves the handler over HTTP/1.1, on connections that are handed to it. */
export function createHttpServer(handler: Handler, options: HttpServerOptions): ConnectionServer {
  const { guard, load } = options;
  const receiver = new BodyReceiver(load, options.bodyTimeoutMs);
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
    if (!load.tryEnter()) {
      send(request, response, respondFailure(route, tooMany(`${load.maxRunning} requests are running`)), closing);
      return;
    }
    try {
      if (response.writableNeedsContinue) response.writeContinue();
      const body = await receiver.receive(request);
      if (body === undefined) return; // the client is gone
      send(request, response, await respondTo(handler, route, head, body), closing);
    } finally {
      load.leave();
    }
  };

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
  // Not by an import: that reads every export of the module, and with them loads HTTP/2 and a whole fetch client.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: options.headersTimeoutMs,
      connectionsCheckingInterval: Math.min(options.headersTimeoutMs, MAX_CHECKING_INTERVAL_MS),
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
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const status = CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request";
    if (socket.writable) socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`);
    else socket.destroy();
  });
  // The port listens, not this server; only at this event does node begin to look for heads that take too long.
  server.emit("listening");

  return {
    attach(socket) {
      sockets.add(socket);
      socket.once("close", () => {
        sockets.delete(socket);
        busy.delete(socket);
      });
      server.emit("connection", socket);
    },
    close() {
      closing = true;
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
      // Ends the watch over slow heads; this server never listened itself, and says so in an error.
      server.close(() => {});
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

/** Reads the rest of a refused body without keeping it, for a short while. */
function readAway(request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  const stop = after(LINGER_MS, () => request.destroy(), { keepsAlive: false });
  request.once("close", stop);
  response.once("close", stop);
}

function forbidden(reason: string): HttpResponse {
  return { status: 403, headers: { "content-type": "text/plain" }, body: `403 forbidden: ${reason}` };
}
