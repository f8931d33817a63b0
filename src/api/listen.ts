import { lstat, unlink } from "node:fs/promises";
import { connect } from "node:net";
import { requireFolder } from "../engine/index.js";
import { failure } from "../errors.js";
import type { GrpcServices } from "./grpc/services.js";
import { type GuardOptions, isLoopback } from "./http/browser-guard.js";
import type { Handler } from "./http/handler.js";
import { type ConnectionServer, openPort, type Port, type PortOptions } from "./http/port.js";
import { PortLoad } from "./http/port-load.js";
import { createHttpServer } from "./http1/http-server.js";

export interface ListenOptions {
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** Default: 19530; 0 takes any free port. */
  readonly port?: number;
  /** A Unix socket (a named pipe on Windows) instead of host and port; only this machine can reach it. */
  readonly path?: string;
  /** Allows an address other than loopback without `auth`. */
  readonly insecure?: boolean;
  /** Names that may stand in the `Host` header besides the loopback ones. */
  readonly allowedHosts?: readonly string[];
  /** Requests at work at one time; more HTTP requests are refused with 1807, more gRPC calls wait. Default: 256. */
  readonly maxConcurrentRequests?: number;
  /** Time a client has to send its whole body, or the next part of a gRPC message. Default: 30 s. */
  readonly bodyTimeoutMs?: number;
  /** Time in which a client must take at least a part (256 KiB, or the rest) of its answer. Default: 30 s. */
  readonly writeTimeoutMs?: number;
  /** Time a client has to send the head of a request. Default: 15 s. */
  readonly headersTimeoutMs?: number;
  /** Time `close` gives running requests before their connections are cut. Default: 10 s. */
  readonly closeTimeoutMs?: number;
  /**
   * Shows a page at `/` to look at the data with a browser: on loopback addresses and sockets, and on others with `auth`.
   * Default: none, `/` is not found, as on a server.
   */
  readonly page?: PageOptions;
}

/** What the page at `/` may do, and how its user comes in. */
export interface PageOptions {
  /** Offers to load, release, flush, delete and drop. Default false: it shows. */
  readonly writes?: boolean;
  /**
   * Instead of a name and a password: the credential that stands for the text behind `#` in the address that was opened; `true` lets in
   * with all rights, who keeps nothing but a token that this port has drawn; `undefined` refuses a text that is wrong or was used before.
   */
  readonly exchange?: (secret: string) => string | true | undefined;
}

/** A running server: REST and gRPC on one port. */
export interface ElanusServer {
  /** `http://host:port`, with the port that was really taken, or `unix:/path`. */
  readonly url: string;
  /** Empty for a socket path. */
  readonly host: string;
  /** 0 for a socket path. */
  readonly port: number;
  readonly path?: string;
  /** Takes no new requests, waits for the running ones, closes every connection. May be called again. */
  close(): Promise<void>;
}

export interface Security {
  readonly authenticated: boolean;
  readonly cors: boolean;
}

const DEFAULT_HOST = "127.0.0.1";
export const DEFAULT_PORT = 19530;
const DEFAULT_MAX_CONCURRENT_REQUESTS = 256;
const DEFAULT_BODY_TIMEOUT_MS = 30_000;
const DEFAULT_WRITE_TIMEOUT_MS = 30_000;
const DEFAULT_HEADERS_TIMEOUT_MS = 15_000;
const DEFAULT_CLOSE_TIMEOUT_MS = 10_000;

/** What the servers behind a port are told. */
export interface Door {
  readonly guard: GuardOptions;
  readonly bodyTimeoutMs: number;
  readonly headersTimeoutMs: number;
}

/** The servers behind a port; that of HTTP/2 is made when its first client connects. */
export interface PortServers {
  readonly http1: ConnectionServer;
  readonly http2: () => Promise<ConnectionServer>;
}

/**
 * Serves REST and gRPC on one port. What gRPC needs is loaded when its first client connects.
 *
 * @param grpc makes what gRPC calls, once
 * @throws InvalidParameter for an address other than loopback without auth, unless `insecure`; Unavailable when the port
 * or the path is taken
 */
export function listen(
  handler: Handler,
  grpc: () => Promise<GrpcServices>,
  security: Security & { readonly maxHeaderBytes: number },
  options: ListenOptions = {},
): Promise<ElanusServer> {
  const load = new PortLoad(
    options.maxConcurrentRequests ?? DEFAULT_MAX_CONCURRENT_REQUESTS,
    handler.maxBodyBytes,
    options.writeTimeoutMs ?? DEFAULT_WRITE_TIMEOUT_MS,
  );
  return openDoor(security, options, ({ guard, bodyTimeoutMs, headersTimeoutMs }) => ({
    http1: createHttpServer(handler, {
      guard,
      load,
      bodyTimeoutMs,
      headersTimeoutMs,
      maxHeaderBytes: security.maxHeaderBytes,
    }),
    http2: async () => {
      const [{ createGrpcServer }, services] = await Promise.all([import("./grpc/server/grpc-server.js"), grpc()]);
      return createGrpcServer(services, { load, bodyTimeoutMs });
    },
  }));
}

/** Whether only this machine can come in. */
function isNear({ path, host = DEFAULT_HOST }: ListenOptions): boolean {
  return path !== undefined || isLoopback(host);
}

/** Nobody shows a page to a whole network by mistake. */
export function isPageAllowed(options: ListenOptions, authenticated: boolean): boolean {
  return authenticated || isNear(options);
}

/**
 * Opens a port with servers behind it.
 *
 * @throws InvalidParameter for an address other than loopback without auth, unless `insecure`; Unavailable when the port
 * or the path is taken
 */
export async function openDoor(
  security: Security,
  options: ListenOptions,
  servers: (door: Door) => PortServers,
): Promise<ElanusServer> {
  const { path, host = DEFAULT_HOST } = options;
  const loopback = isNear(options);
  if (!loopback && !security.authenticated && options.insecure !== true) {
    throw failure("InvalidParameter", {
      text: `listening on ${host} would give everybody on the network the whole database: open it with auth, or allow this with insecure: true`,
    });
  }
  const allowedHosts = (options.allowedHosts ?? []).map((name) => name.toLowerCase());
  const headersTimeoutMs = options.headersTimeoutMs ?? DEFAULT_HEADERS_TIMEOUT_MS;
  const { http1, http2 } = servers({
    guard: { loopback, host, allowedHosts, cors: security.cors },
    bodyTimeoutMs: options.bodyTimeoutMs ?? DEFAULT_BODY_TIMEOUT_MS,
    headersTimeoutMs,
  });
  const port: Port = await bind(
    {
      host,
      port: options.port ?? DEFAULT_PORT,
      path,
      firstBytesTimeoutMs: headersTimeoutMs,
      closeTimeoutMs: options.closeTimeoutMs ?? DEFAULT_CLOSE_TIMEOUT_MS,
    },
    (portOptions) => openPort(portOptions, http1, http2),
  );
  const close = () => port.close();
  if (path !== undefined) return { url: `unix:${path}`, host: "", port: 0, path, close };
  const taken = port.port ?? 0;
  return { url: `http://${host.includes(":") ? `[${host}]` : host}:${taken}`, host, port: taken, close };
}

/** Opens a port; a socket file that a dead process has left behind is removed. @throws Unavailable */
async function bind(options: PortOptions, open: (options: PortOptions) => Promise<Port>): Promise<Port> {
  const { host, port, path } = options;
  try {
    return await open(options).catch(async (error: NodeJS.ErrnoException) => {
      if (path === undefined || error.code !== "EADDRINUSE" || !(await isLeftBehind(path))) throw error;
      await unlink(path);
      return open(options);
    });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // The system calls a folder that is not there a permission that is denied.
    if (path !== undefined && code === "EACCES") requireFolder(path);
    const place = path === undefined ? `port ${port} of ${host}` : `socket ${path}`;
    throw failure("Unavailable", { reason: code === "EADDRINUSE" ? `${place} is in use` : message }, error);
  }
}

/** Whether a path is a socket at which nobody answers. */
async function isLeftBehind(path: string): Promise<boolean> {
  const file = await lstat(path).catch(() => undefined);
  if (file?.isSocket() !== true) return false;
  return new Promise((resolve) => {
    const probe = connect({ path });
    probe.once("connect", () => {
      probe.destroy();
      resolve(false);
    });
    probe.once("error", (error: NodeJS.ErrnoException) => resolve(error.code === "ECONNREFUSED"));
  });
}
