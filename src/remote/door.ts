import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, type Socket } from "node:net";
import { pipeline } from "node:stream";
import { connect as connectSecurely } from "node:tls";
import { refuseBrowser } from "../api/http/browser-guard.js";
import { endSocket } from "../api/http/end-socket.js";
import type { ConnectionServer } from "../api/http/port.js";
import type { Door } from "../api/listen.js";
import { type ElanusServer, type ListenOptions, openDoor } from "../api/listen.js";
import { invalidParameter } from "../errors.js";
import type { ServerAddress } from "./address.js";
import type { MilvusClient } from "./client.js";
import { BAD_GATEWAY, failedOnTheWay, forwarded, outgoingHeaders } from "./pass-through.js";

/** Options that say what a server may be asked to do at one time. */
const OF_THE_SERVER = ["maxConcurrentRequests", "bodyTimeoutMs", "writeTimeoutMs"] as const;

/**
 * A port of this machine that leads to the server: REST with the credentials of the client where a request has none of its own,
 * gRPC as it comes.
 *
 * @throws InvalidParameter, Unavailable
 */
export async function listenThrough(client: MilvusClient, options: ListenOptions): Promise<ElanusServer> {
  const foreign = OF_THE_SERVER.find((name) => options[name] !== undefined);
  if (foreign !== undefined) {
    throw invalidParameter(
      `"${foreign}" of listen is for a database in this process: behind this door a server decides`,
    );
  }
  // Whoever comes in has the rights of this client.
  const security = { authenticated: false, cors: false };
  return openDoor(security, options, (door) => ({
    http1: forwarding(client, door),
    http2: async () => tunnel(client.address),
  }));
}

/** Heads may be as long as any server takes; bodies take their time. */
const LIMITS = { maxHeaderSize: 16 * 1024 * 1024, requestTimeout: 0 };

/** Hands on each request of HTTP/1.1, bodies piece by piece. */
function forwarding(client: MilvusClient, { guard, headersTimeoutMs }: Door): ConnectionServer {
  const sockets = new Set<Socket>();
  const busy = new Set<Socket>();
  let closing = false;
  const server = process
    .getBuiltinModule("node:http")
    .createServer({ ...LIMITS, headersTimeout: headersTimeoutMs }, (request, response) => {
      const { socket } = request;
      busy.add(socket);
      response.once("close", () => {
        busy.delete(socket);
        if (closing) endSocket(socket);
      });
      const refusal = refuseBrowser(request.headers, guard);
      if (refusal === undefined) void forward(client, request, response);
      else response.writeHead(403, { "content-type": "text/plain" }).end(`403 forbidden: ${refusal}`);
    });
  return {
    attach(socket) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      server.emit("connection", socket);
    },
    close() {
      closing = true;
      for (const socket of sockets) if (!busy.has(socket)) socket.destroy();
      server.close(() => {});
    },
  };
}

async function forward(client: MilvusClient, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  try {
    const answer = await client.send({
      method: request.method ?? "GET",
      path: request.url ?? "/",
      headers: outgoingHeaders(request.headers, client),
      body: hasBody(request) ? request : undefined,
      signal: gone.signal,
    });
    response.writeHead(answer.statusCode ?? BAD_GATEWAY, forwarded(answer.headers));
    // A server that ends in the middle ends the answer in the middle: half of it must not look whole.
    pipeline(answer, response, () => {});
  } catch (error) {
    if (response.headersSent || gone.signal.aborted) response.destroy();
    else
      response.writeHead(BAD_GATEWAY, { "content-type": "application/json; charset=utf-8" }).end(failedOnTheWay(error));
  }
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers["content-length"] !== undefined || headers["transfer-encoding"] !== undefined;
}

/** Hands on the bytes of connections of HTTP/2: gRPC clients bring credentials of their own. */
function tunnel({ host, port, secure }: ServerAddress): ConnectionServer {
  const open = new Set<Socket>();
  return {
    attach(socket) {
      const options = { host, port };
      const other: Socket = secure
        ? connectSecurely({ ...options, servername: host, ALPNProtocols: ["h2"] })
        : connect(options);
      other.setNoDelay(true);
      open.add(other);
      other.once("close", () => open.delete(other));
      pipeline(socket, other, socket, () => {
        socket.destroy();
        other.destroy();
      });
    },
    close() {
      for (const socket of open) socket.end();
    },
  };
}
