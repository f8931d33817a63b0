import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { Http2Connection } from "../../../src/api/http2/connection.js";
import { Flag, FrameType, frame, settingsFrame } from "../../../src/api/http2/frames.js";
import { headerBlock } from "../../../src/api/http2/hpack/header-block.js";
import type { ServerStream } from "../../../src/api/http2/server-stream.js";

export interface ReceivedFrame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export const PREFACE: Buffer = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
export const REQUEST: Buffer = headerBlock([
  [":method", "POST"],
  [":scheme", "http"],
  [":path", "/a"],
]);
export const NOTHING: Buffer = Buffer.alloc(0);

export const headers = (stream: number, flags = Flag.endHeaders as number, block = REQUEST): Buffer =>
  frame(FrameType.headers, flags, stream, block);

/** Speaks frames, whether they are allowed or not. */
export class RawClient {
  readonly socket: Socket;
  readonly frames: ReceivedFrame[] = [];
  #rest: Buffer = NOTHING;

  constructor(port: number) {
    this.socket = connect(port, "127.0.0.1");
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk: Buffer) => {
      this.#rest = Buffer.concat([this.#rest, chunk]);
      while (this.#rest.length >= 9) {
        const end = 9 + this.#rest.readUIntBE(0, 3);
        if (this.#rest.length < end) break;
        const [type, flags] = [this.#rest[3] as number, this.#rest[4] as number];
        this.frames.push({ type, flags, stream: this.#rest.readUInt32BE(5), payload: this.#rest.subarray(9, end) });
        this.#rest = this.#rest.subarray(end);
      }
    });
  }

  /** The usual beginning, then what is given. */
  begin(...frames: readonly Buffer[]): void {
    this.send(PREFACE, settingsFrame([]), ...frames);
  }

  send(...frames: readonly Buffer[]): void {
    this.socket.write(Buffer.concat(frames));
  }

  /** Waits for a frame. */
  async frame(type: number, stream = 0, matches = (_: ReceivedFrame) => true): Promise<ReceivedFrame> {
    for (;;) {
      const found = this.frames.find((each) => each.type === type && each.stream === stream && matches(each));
      if (found !== undefined) return found;
      if (this.socket.destroyed) throw new Error(`the connection ended without a frame ${type} of stream ${stream}`);
      await delay(2);
    }
  }

  /** Waits for the end of the connection. */
  async closed(): Promise<void> {
    while (!this.socket.closed) await delay(2);
  }

  /** The code with which the server ends the connection. */
  async goAway(): Promise<number> {
    return (await this.frame(FrameType.goAway)).payload.readUInt32BE(4);
  }

  /** The code with which the server ends a stream. */
  async reset(stream: number): Promise<number> {
    return (await this.frame(FrameType.rstStream, stream)).payload.readUInt32BE(0);
  }

  /** The body of an answer, when it is complete. */
  async body(stream: number): Promise<Buffer> {
    await this.frame(FrameType.headers, stream, ({ flags }) => (flags & Flag.endStream) !== 0);
    return Buffer.concat(
      this.frames
        .filter((each) => each.type === FrameType.data && each.stream === stream)
        .map(({ payload }) => payload),
    );
  }
}

/** A server of frames alone. */
export async function serveFrames(
  serve: (stream: ServerStream) => void,
  maxBodyBytes = 1e6,
): Promise<Server & { readonly port: number }> {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    new Http2Connection(socket, { serve, maxBodyBytes });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return Object.assign(server, { port: (server.address() as { port: number }).port });
}

/** Takes the whole body of a request. */
export function bodyOf(stream: ServerStream): Promise<Buffer | undefined> {
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    stream.receive({
      data: (part) => parts.push(Buffer.from(part)),
      wait: () => {},
      end: () => resolve(Buffer.concat(parts)),
      close: () => resolve(undefined),
    });
  });
}

const HEAD = headerBlock([[":status", "200"]]);
const END = headerBlock([["grpc-status", "0"]]);

export function answer(stream: ServerStream, ...body: readonly Uint8Array[]): Promise<void> {
  return new Promise((done) => {
    stream.answer({ head: HEAD, body, trailers: END, progress: { moved: () => {}, done } });
  });
}
