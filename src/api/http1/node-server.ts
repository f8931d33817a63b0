import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Soon } from "../../values/soon-or-later.js";
import { endSocket } from "../http/end-socket.js";
import type { Exchange } from "../http/exchange.js";
import type { ConnectionServer } from "../http/port.js";
import type { PortLoad } from "../http/port-load.js";
import { NodeExchange } from "./node-exchange.js";
import { lastWords } from "./response-head.js";

export interface NodeServerOptions {
  readonly load: PortLoad;
  readonly headersTimeoutMs: number;
  readonly maxHeaderBytes: number;
  readonly keepAliveMs: number;
}

const MAX_CHECKING_INTERVAL_MS = 5_000;
/** Node drops headers beyond its limit without a word, the one that announces the body among them. */
const MAX_HEADERS = 2000;

/** Requests that never became one, by node's error code. */
const TOO_LARGE = "431 Request Header Fields Too Large";
const CLIENT_ERRORS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: TOO_LARGE,
};

/** Serves connections by node:http, which reads whatever HTTP/1.1 can be. @param serve answers a request */
export function createNodeServer(
  serve: (exchange: Exchange) => Soon<void>,
  options: NodeServerOptions,
): ConnectionServer {
  let closing = false;
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  /** The last request of each connection: one is answered after the other, also where a client does not wait for answers. */
  const inLine = new Map<Socket, Promise<void>>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.rawHeaders.length > 2 * MAX_HEADERS) endSocket(request.socket, lastWords(TOO_LARGE));
    else await serve(new NodeExchange(request, response, options.load, () => closing));
  };
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
  const server = httpServer(options, onRequest);

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

function httpServer(
  { headersTimeoutMs, maxHeaderBytes, keepAliveMs }: NodeServerOptions,
  onRequest: (request: IncomingMessage, response: ServerResponse) => void,
): Server {
  // Not by an import: that reads every export of the module, and with them loads HTTP/2 and a whole fetch client.
  const { createServer } = process.getBuiltinModule("node:http");
  const server = createServer(
    {
      keepAliveTimeout: keepAliveMs,
      headersTimeout: headersTimeoutMs,
      maxHeaderSize: maxHeaderBytes,
      connectionsCheckingInterval: Math.min(headersTimeoutMs, MAX_CHECKING_INTERVAL_MS),
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
  return server;
}

declare module "node:http" {
  interface ServerResponse {
    /** Set while the client waits for `100 Continue`. */
    writableNeedsContinue?: boolean;
  }
}
type ContinuedResponse = ServerResponse;
