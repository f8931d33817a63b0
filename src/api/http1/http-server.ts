import type { Socket } from "node:net";
import { every } from "../../values/clock.js";
import type { Soon } from "../../values/soon-or-later.js";
import { BodyReceiver } from "../http/body-receiver.js";
import type { GuardOptions } from "../http/browser-guard.js";
import { type Exchange, serveExchange } from "../http/exchange.js";
import type { Handler } from "../http/handler.js";
import type { ConnectionServer } from "../http/port.js";
import type { PortLoad } from "../http/port-load.js";
import { createNodeServer } from "./node-server.js";
import { PlainConnection } from "./plain-connection.js";

export interface HttpServerOptions {
  readonly guard: GuardOptions;
  readonly load: PortLoad;
  readonly bodyTimeoutMs: number;
  readonly headersTimeoutMs: number;
  readonly maxHeaderBytes: number;
}

const KEEP_ALIVE_MS = 65_000;
const IDLE_LOOK_MS = 5_000;

/**
 * Serves the handler over HTTP/1.1, on connections that are handed to it: plain requests at once, all others by node:http, which
 * is loaded for the first of them.
 */
export function createHttpServer(handler: Handler, options: HttpServerOptions): ConnectionServer {
  const { load, maxHeaderBytes, headersTimeoutMs } = options;
  const rules = { guard: options.guard, load, receiver: new BodyReceiver(load, options.bodyTimeoutMs) };
  const serve = (exchange: Exchange): Soon<void> => serveExchange(exchange, handler, rules);
  const connections = new Set<PlainConnection>();
  let node: ConnectionServer | undefined;
  let closing = false;
  let stopLooking: (() => void) | undefined;

  const look = (): void => {
    for (const connection of connections) connection.endIdle();
  };
  return {
    attach(socket) {
      const leave = (): void => {
        connections.delete(connection);
        socket.off("close", leave);
        if (connections.size > 0) return;
        stopLooking?.();
        stopLooking = undefined;
      };
      const handOver = (taken: Socket): void => {
        leave();
        node ??= createNodeServer(serve, { load, headersTimeoutMs, maxHeaderBytes, keepAliveMs: KEEP_ALIVE_MS });
        node.attach(taken);
        if (closing) node.close();
      };
      const plain = { load, maxHeaderBytes, keepAliveMs: KEEP_ALIVE_MS, serve, handOver };
      const connection = new PlainConnection(socket, plain);
      connections.add(connection);
      socket.once("close", leave);
      stopLooking ??= every(IDLE_LOOK_MS, look, { keepsAlive: false });
    },
    close() {
      closing = true;
      for (const connection of connections) connection.close();
      node?.close();
    },
  };
}
