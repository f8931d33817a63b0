import type { Api } from "../api/index.js";
import { readAddress } from "./address.js";
import { MilvusClient } from "./client.js";
import { listenThrough } from "./door.js";
import { listenWithPage } from "./page.js";
import { fetchThrough } from "./pass-through.js";
import { RemoteEngine } from "./remote-engine.js";
import { requestThrough } from "./request-through.js";
import { Server } from "./server.js";

export interface ServerOptions {
  readonly token?: string;
  readonly database?: string;
  readonly timeoutMs?: number;
  readonly retries?: number;
}

const TIMEOUT_MS = 60_000;
const RETRIES = 3;

/** A server as an engine, and what leads to its own surfaces. No request is made before there is one to make. */
export function openServer(url: string, options: ServerOptions) {
  const address = readAddress(url);
  const { token = address.token, database, timeoutMs = TIMEOUT_MS, retries = RETRIES } = options;
  const client = new MilvusClient(address, { token, database, timeoutMs, retries });
  const server = new Server(client);
  const engine = new RemoteEngine(server, { database, timeoutMs });
  const api: Pick<Api, "request" | "fetch" | "listen"> = {
    request: (path, body, given, caller) => requestThrough(client, engine.tokenOf(caller), path, body, given),
    fetch: (input, init) => fetchThrough(client, input, init),
    listen: (given = {}) =>
      given.page === undefined ? listenThrough(client, given) : listenWithPage(engine, server, given),
  };
  return { name: address.text, host: address.host, port: address.port, engine, api };
}
