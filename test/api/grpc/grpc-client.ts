import { type ClientHttp2Session, type ClientHttp2Stream, connect, type IncomingHttpHeaders } from "node:http2";
import { connect as connectSocket } from "node:net";
import { decode, encode, type MessageName, type Received, type Sent } from "../../../src/api/grpc/messages/table.js";

/** How a call ended: HTTP status, gRPC status and text, the reply's bytes if there was one. */
export interface CallResult {
  readonly http: number;
  readonly code: number;
  readonly message: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const MILVUS = "milvus.proto.milvus.MilvusService";

/** A gRPC client that does no more than it is told. */
export class GrpcClient {
  readonly session: ClientHttp2Session;
  readonly goaways: number[] = [];

  constructor(address: { readonly port?: number; readonly path?: string | undefined }) {
    this.session = connect("http://127.0.0.1", {
      maxSessionMemory: 1024,
      createConnection: () =>
        address.path === undefined
          ? connectSocket({ host: "127.0.0.1", port: address.port as number })
          : connectSocket({ path: address.path }),
    });
    this.session.on("error", () => {});
    this.session.on("goaway", (code) => this.goaways.push(code));
  }

  /** Opens a call; what is sent is the caller's business. */
  open(path: string, headers: Record<string, string> = {}): ClientHttp2Stream {
    const stream = this.session.request({
      ":method": "POST",
      ":path": path,
      "content-type": "application/grpc",
      te: "trailers",
      ...headers,
    });
    stream.on("error", () => {});
    return stream;
  }

  /** Sends bytes as they are. */
  raw(path: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<CallResult> {
    const stream = this.open(path, headers);
    const result = resultOf(stream);
    stream.end(body);
    return result;
  }

  /** Calls an RPC of Milvus. @throws when it ends without a reply */
  async call<Req extends MessageName, Rep extends MessageName>(
    rpc: string,
    request: Req,
    message: Sent<Req>,
    reply: Rep,
    headers: Record<string, string> = {},
  ): Promise<Received<Rep>> {
    const result = await this.raw(`/${MILVUS}/${rpc}`, framed(encode(request, message)), headers);
    if (result.code !== 0) throw Object.assign(new Error(`${rpc}: ${result.message}`), { code: result.code });
    return decode(reply, unframed(result.body));
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      if (this.session.destroyed) resolve();
      else this.session.close(resolve);
    });
  }
}

export function framed(message: Uint8Array, compressed = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix[0] = compressed;
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

export function unframed(body: Buffer): Buffer {
  if (body[0] !== 0 || body.readUInt32BE(1) !== body.length - 5) throw new Error("the reply is not one frame");
  return body.subarray(5);
}

export function resultOf(stream: ClientHttp2Stream): Promise<CallResult> {
  return new Promise((resolve) => {
    let headers: IncomingHttpHeaders = {};
    let trailers: IncomingHttpHeaders = {};
    const chunks: Buffer[] = [];
    stream.on("response", (received) => {
      headers = received;
    });
    stream.on("trailers", (received) => {
      trailers = received;
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.once("close", () => {
      const status = trailers["grpc-status"] ?? headers["grpc-status"];
      const message = trailers["grpc-message"] ?? headers["grpc-message"] ?? "";
      resolve({
        http: Number(headers[":status"] ?? 0),
        code: status === undefined ? -1 : Number(status),
        message: decodeURIComponent(String(message)),
        headers,
        body: Buffer.concat(chunks),
      });
    });
  });
}
