import { createServer, type Socket } from "node:net";
import { after, soon } from "../../values/clock.js";

/** Serves connections of one protocol. */
export interface ConnectionServer {
  /** Takes over a connection of which nothing has been read. */
  attach(socket: Socket): void;
  /** Takes no new requests; ends each connection as soon as its running requests are answered. */
  close(): void;
}

export interface PortOptions {
  readonly host: string;
  readonly port: number;
  /** A socket path instead of host and port; a named pipe on Windows. */
  readonly path: string | undefined;
  /** Time a client has to say which protocol it speaks. */
  readonly firstBytesTimeoutMs: number;
  /** Time that running requests have at `close` before their connections are cut. */
  readonly closeTimeoutMs: number;
}

export interface Port {
  /** The TCP port that was really taken; undefined for a socket path. */
  readonly port: number | undefined;
  close(): Promise<void>;
}

/** What an HTTP/2 client says first. No method of HTTP/1.1 begins like this. */
const HTTP2_PREFACE = Buffer.from("PRI");

/**
 * Listens, and gives each connection to the server of its protocol: the first bytes tell HTTP/2 with prior knowledge (gRPC)
 * apart from HTTP/1.1.
 *
 * @param http2 makes the HTTP/2 server when the first client asks for it
 * @throws the system's own error when the address cannot be had
 */
export async function openPort(
  options: PortOptions,
  http1: ConnectionServer,
  http2: () => Promise<ConnectionServer>,
): Promise<Port> {
  const sockets = new Set<Socket>();
  const undecided = new Set<Socket>();
  let second: Promise<ConnectionServer> | undefined;
  let closed: Promise<void> | undefined;

  const decide = (socket: Socket, isHttp2: boolean): void => {
    undecided.delete(socket);
    if (!isHttp2) {
      http1.attach(socket);
      return;
    }
    second ??= http2();
    second.then(
      (server) => server.attach(socket),
      () => socket.destroy(),
    );
  };

  // Half-open connections are legal in HTTP/1.1: a client may end its side once it has sent the request.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    undecided.add(socket);
    socket.on("error", () => {});
    socket.once("close", () => {
      sockets.delete(socket);
      undecided.delete(socket);
    });
    readFirstBytes(socket, options.firstBytesTimeoutMs, (isHttp2) => decide(socket, isHttp2));
  });

  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(
      options.path === undefined ? { port: options.port, host: options.host } : { path: options.path },
      () => {
        server.off("error", reject);
        resolve();
      },
    );
  });

  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : undefined,
    close() {
      closed ??= new Promise((resolve) => {
        const stop = after(options.closeTimeoutMs, () => {
          for (const socket of sockets) socket.destroy();
        });
        server.close(() => {
          stop();
          resolve();
        });
        for (const socket of undecided) socket.destroy();
        http1.close();
        second?.then((http2Server) => http2Server.close()).catch(() => {});
      });
      return closed;
    },
  };
}

/** Reads as many bytes as it takes to know the protocol, and gives them back to the socket. */
function readFirstBytes(socket: Socket, timeoutMs: number, decided: (isHttp2: boolean) => void): void {
  let seen: Buffer = Buffer.alloc(0);
  let waiting = true;
  // What has arrived while this thread was busy is read first.
  const cancel = after(timeoutMs, () => soon(() => waiting && socket.destroy()));
  const stop = (): void => {
    waiting = false;
    cancel();
    socket.off("readable", onReadable).off("end", onEnd).off("close", stop);
  };
  const onEnd = (): void => {
    stop();
    socket.destroy();
  };
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) return;
    seen = seen.length === 0 ? chunk : Buffer.concat([seen, chunk]);
    const length = Math.min(seen.length, HTTP2_PREFACE.length);
    const alike = seen.subarray(0, length).equals(HTTP2_PREFACE.subarray(0, length));
    if (alike && length < HTTP2_PREFACE.length) return;
    stop();
    socket.unshift(seen);
    decided(alike);
  };
  socket.on("readable", onReadable).on("end", onEnd).on("close", stop);
}
