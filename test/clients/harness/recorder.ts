import { type Server as ControlServer, createServer as createControl } from "node:http";
import { type ClientHttp2Session, connect, createServer, type Http2Server, type OutgoingHttpHeaders } from "node:http2";
import type { AddressInfo } from "node:net";

/** One call that a client made. */
export interface RecordedCall {
  readonly rpc: string;
  readonly metadata: Readonly<Record<string, unknown>>;
}

/** Stands between a client and a server, and writes down which RPCs are called in which step of a walk. */
export interface Recorder {
  /** Where the client connects. */
  readonly address: string;
  /** A walk names its next step here: `GET <control>/<name>`. */
  readonly control: string;
  /** Calls by step, in the order in which they began. */
  readonly steps: ReadonlyMap<string, readonly RecordedCall[]>;
  close(): Promise<void>;
}

export async function openRecorder(target: string): Promise<Recorder> {
  const steps = new Map<string, RecordedCall[]>();
  let current: RecordedCall[] = [];
  const control = createControl((request, response) => {
    current = [];
    steps.set(decodeURIComponent((request.url ?? "/").slice(1)), current);
    response.end();
  });
  const sessions = new Set<{ destroy(): void }>();
  const proxy = createServer({ settings: { initialWindowSize: 4 * 1024 * 1024 } });
  proxy.on("session", (session) => {
    const upstream = connect(target);
    for (const each of [session, upstream]) {
      sessions.add(each);
      each.on("error", () => {});
    }
    session.once("close", () => upstream.close());
    session.on("stream", (stream, headers) => {
      const rpc = String(headers[":path"]).split("/").at(-1) ?? "";
      current.push({ rpc, metadata: headers });
      forward(stream, headers, upstream);
    });
  });
  const listening = (server: ControlServer | Http2Server): Promise<number> =>
    new Promise((resolve) => {
      server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
    });
  const [port, controlPort] = await Promise.all([listening(proxy), listening(control)]);
  return {
    address: `127.0.0.1:${port}`,
    control: `http://127.0.0.1:${controlPort}`,
    steps,
    async close() {
      for (const session of sessions) session.destroy();
      control.closeAllConnections();
      await Promise.all([proxy, control].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

type ServerStream = import("node:http2").ServerHttp2Stream;

function forward(stream: ServerStream, headers: OutgoingHttpHeaders, upstream: ClientHttp2Session): void {
  const onward = upstream.request(headers);
  onward.on("error", () => stream.destroy());
  stream.on("error", () => onward.destroy());
  let trailers: OutgoingHttpHeaders = {};
  onward.on("trailers", (received) => {
    trailers = plain(received);
  });
  onward.on("response", (received, flags) => {
    const END_STREAM = 1;
    if ((flags & END_STREAM) !== 0) {
      stream.respond(plain(received), { endStream: true });
      return;
    }
    stream.respond(plain(received), { waitForTrailers: true });
    stream.once("wantTrailers", () => stream.sendTrailers(trailers));
    onward.pipe(stream);
  });
  stream.pipe(onward);
}

/** Headers without what belongs to their own connection. */
function plain(headers: OutgoingHttpHeaders): OutgoingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "date"));
}
