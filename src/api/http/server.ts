import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Route } from "../surface.js";
import { BodyReceiver } from "./body-receiver.js";
import { type GuardOptions, refuseBrowser } from "./browser-guard.js";
import { endSocket } from "./end-socket.js";
import { type Handler, respondFailure } from "./handler.js";
import { type HttpResponse, type RequestHead, splitTarget } from "./message.js";
import type { ConnectionServer } from "./port.js";
import { type PortLoad, tooMany } from "./port-load.js";
import { sendAnswer } from "./send-answer.js";

export interface HttpServerOptions {
  readonly guard: GuardOptions;
  readonly load: PortLoad;
  readonly bodyTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly maxHeaderBytes: number;
}

const KEEP_ALIVE_MS = 65_000;
const MAX_CHECKING_INTERVAL_MS = 5_000;
/** Node drops headers beyond its limit without a word, the one that announces the body among them. */
const MAX_HEADERS = 2000;

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
    const send = async (reply: HttpResponse, route?: Route): Promise<void> => {
      if (await sendAnswer(request, response, reply, load, closing)) return;
      if (route !== undefined) await send(respondFailure(route, tooMany("too many answers wait to be read")));
    };
    if (request.rawHeaders.length > 2 * MAX_HEADERS)
      return endSocket(request.socket, lastWords(CLIENT_ERRORS["HPE_HEADER_OVERFLOW"] as string));
    const head = readHead(request);
    const refusal = refuseBrowser(request.headers, guard);
    if (refusal !== undefined) return send(forbidden(refusal));
    const admission = handler.admit(head);
    const admitted = admission instanceof Promise ? await admission : admission;
    if (admitted.response !== undefined) return send(admitted.response);
    const { route } = admitted;
    const full = () => respondFailure(route, tooMany(`${load.maxRunning} requests are running`));
    if (load.full) return send(full());
    if (response.writableNeedsContinue) response.writeContinue();
    // A body that is arriving is no request at work yet: slow ones would keep everybody else out.
    const body = await receiver.receive(request);
    if (body === undefined) return; // the client is gone
    if (!(body instanceof Uint8Array)) return send(respondFailure(route, body));
    if (!load.tryEnter()) return send(full());
    const turn = load.turn(() => response.destroyed);
    let sent: Promise<void>;
    try {
      try {
        const reply = await handler.run(admitted, { ...head, body }, turn);
        // From here on it is counted.
        sent = send(reply, route);
      } finally {
        load.leave();
      }
    } finally {
      turn.leave();
    }
    await sent;
  };

  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  /** The last request of each connection: one is answered after the other, also where a client does not wait for answers. */
  const inLine = new Map<Socket, Promise<void>>();
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const { socket } = request;
    busy.add(socket);
    response.once("close", () => {
      busy.delete(socket);
      if (closing) endSocket(socket);
    });
    const ahead = inLine.get(socket);
    const own = (ahead === undefined ? answer(request, response) : ahead.then(() => answer(request, response)))
      .catch(() => {
        response.destroy();
      })
      .finally(() => {
        if (inLine.get(socket) === own) inLine.delete(socket);
      });
    inLine.set(socket, own);
  };
  // Not by an import: that reads every export of the module, and with them loads HTTP/2 and a whole fetch client.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer(
    {
      keepAliveTimeout: KEEP_ALIVE_MS,
      headersTimeout: options.headersTimeoutMs,
      maxHeaderSize: options.maxHeaderBytes,
      connectionsCheckingInterval: Math.min(options.headersTimeoutMs, MAX_CHECKING_INTERVAL_MS),
      // Bodies have a clock of their own, which answers in JSON.
      requestTimeout: 0,
    },
    onRequest,
  );
  // One more than is allowed, so that too many can be told.
  server.maxHeadersCount = MAX_HEADERS + 1;
  // `Expect: 100-continue`: a client that asks first is refused before it sends anything.
  server.on("checkContinue", (request: IncomingMessage, response: ContinuedResponse) => {
    response.writableNeedsContinue = true;
    onRequest(request, response);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    endSocket(socket, lastWords(CLIENT_ERRORS[error.code ?? ""] ?? "400 Bad Request"));
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

function readHead(request: IncomingMessage): RequestHead {
  return { method: request.method ?? "", ...splitTarget(request.url ?? ""), headers: request.headers };
}

function lastWords(status: string): string {
  return `HTTP/1.1 ${status}\r\nconnection: close\r\n\r\n`;
}

function forbidden(reason: string): HttpResponse {
  return { status: 403, headers: { "content-type": "text/plain" }, body: `403 forbidden: ${reason}` };
}
