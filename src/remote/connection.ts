import type { Agent, AgentOptions, ClientRequest, IncomingMessage, RequestOptions } from "node:http";
import type { Readable } from "node:stream";
import { failure, invalidParameter } from "../errors.js";
import type { ServerAddress } from "./address.js";

export interface OutgoingRequest {
  readonly method: string;
  /** With its query, without the prefix of the address. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array | Readable | undefined;
  /** Ends the request, and the answer too. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * A connection that nobody has used for so long is not used again: a server or something before it may be about to close it, and a
 * request that is lost in that moment cannot be told from one that was done.
 */
const IDLE_MS = 15_000;
/** More requests than this wait for a connection. */
const MAX_CONNECTIONS = 256;

/** Not by an import: that reads every export of the module, and with them loads HTTP/2 and a whole fetch client. */
function clientOf({ secure }: ServerAddress): Client {
  return secure ? process.getBuiltinModule("node:https") : process.getBuiltinModule("node:http");
}

interface Client {
  readonly Agent: new (options: AgentOptions) => Agent;
  readonly request: (options: RequestOptions) => ClientRequest;
}

/** Connections to one server, kept for the next request. They keep no process alive. */
export class Connection {
  readonly address: ServerAddress;
  readonly #agent: Agent;

  constructor(address: ServerAddress) {
    this.address = address;
    const options = { keepAlive: true, timeout: IDLE_MS, maxSockets: MAX_CONNECTIONS, scheduling: "lifo" } as const;
    this.#agent = new (clientOf(address).Agent)(options);
  }

  /**
   * Sends a request, answers as soon as the head of the answer is there.
   *
   * @throws ServerUnreachable; the reason of the signal when it says so
   */
  send({ method, path, headers, body, signal }: OutgoingRequest): Promise<IncomingMessage> {
    const { secure, host, port, prefix } = this.address;
    return new Promise((resolve, reject) => {
      let connected = false;
      const options = {
        host,
        port,
        method,
        path: prefix + path,
        headers: { ...mutable(headers), ...lengthOf(body, headers) },
        agent: this.#agent,
        ...(signal !== undefined && { signal }),
      };
      let request: ClientRequest;
      try {
        request = clientOf(this.address).request(options);
      } catch (error) {
        // A header with a line break, a path with a space.
        reject(invalidParameter(`no request can be made of that: ${(error as Error).message}`, error));
        return;
      }
      request.on("socket", (socket) => {
        socket.setNoDelay(true);
        if (!socket.connecting) connected = true;
        else socket.once(secure ? "secureConnect" : "connect", () => (connected = true));
      });
      request.on("response", resolve);
      request.on("error", (error: NodeJS.ErrnoException) => {
        if (signal?.aborted === true) reject(signal.reason);
        else reject(this.unreachable(reasonOf(error), connected, error));
      });
      if (body === undefined || typeof body === "string" || body instanceof Uint8Array) request.end(body);
      else {
        body.on("error", (error) => request.destroy(error));
        body.pipe(request);
      }
    });
  }

  /** @param sent whether the server may have seen the request */
  unreachable(reason: string, sent: boolean, cause?: unknown): Error {
    return failure("ServerUnreachable", { server: this.address.text, reason, sent }, cause);
  }

  /** Ends the connections that nobody uses; the others end with what is under way on them. */
  close(): void {
    (this.#agent as { keepAlive?: boolean }).keepAlive = false;
    for (const socket of Object.values(this.#agent.freeSockets).flat()) socket?.destroy();
  }
}

function mutable(headers: OutgoingRequest["headers"]): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? value : [...value]]),
  );
}

/** How the other side knows where a body ends; node says it for the methods that usually have one. */
function lengthOf(body: OutgoingRequest["body"], headers: OutgoingRequest["headers"]): Record<string, string> {
  if (body === undefined) return {};
  if (typeof body === "string" || body instanceof Uint8Array)
    return { "content-length": String(Buffer.byteLength(body)) };
  return headers["content-length"] === undefined ? { "transfer-encoding": "chunked" } : {};
}

/** What went wrong, in one line: Node tells several tries of one connection as an error without a text. */
function reasonOf(error: NodeJS.ErrnoException): string {
  const { errors } = error as { readonly errors?: readonly Error[] };
  const texts = errors?.map(({ message }) => message) ?? [error.message];
  return texts.join("; ") || error.code || "the connection failed";
}
