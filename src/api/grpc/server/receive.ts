import { promisify } from "node:util";
import { gunzip, inflate } from "node:zlib";
import { failure } from "../../../errors.js";
import { after, type Timer } from "../../../values/clock.js";
import type { Soon } from "../../../values/soon-or-later.js";
import { BodyBuffer } from "../../http/body-buffer.js";
import type { PortLoad } from "../../http/port-load.js";
import type { ServerStream } from "../../http2/server-stream.js";
import { GrpcCode, GrpcFailure } from "./grpc-status.js";

/** One byte that says whether the message is compressed, four of its length. */
const PREFIX_BYTES = 5;

/** The message of a call. Its bytes stay booked until `release`. */
export interface ReceivedMessage {
  readonly bytes: Buffer;
  release(): void;
}

/**
 * Receives the one message of a unary call.
 *
 * @param timeoutMs longest silence before the rest of the message
 * @returns undefined when the client is gone
 * @throws GrpcFailure for frames that are none, or too long; RateLimitExceeded (an ElanusError) when all messages together
 * take too much memory
 */
export function receiveMessage(
  stream: ServerStream,
  encoding: string,
  load: PortLoad,
  timeoutMs: number,
): Promise<ReceivedMessage | undefined> {
  return receiveBody(stream, load, timeoutMs).then((body) => {
    if (body === undefined) return undefined;
    const { release } = body;
    const refuse = (error: unknown): never => {
      release();
      throw error;
    };
    try {
      const message = unframed(body.bytes, encoding, load.maxBodyBytes);
      return message instanceof Promise
        ? message.then((bytes) => ({ bytes, release }), refuse)
        : { bytes: message, release };
    } catch (error) {
      return refuse(error);
    }
  });
}

function receiveBody(stream: ServerStream, load: PortLoad, timeoutMs: number): Promise<ReceivedMessage | undefined> {
  return new Promise((resolve, reject) => {
    const body = new BodyBuffer(load);
    let checked = false;
    let refused = false;
    let silence: Timer | undefined;
    const release = () => body.release();
    const refuse = (error: Error): void => {
      refused = true;
      silence?.();
      release();
      reject(error);
    };
    stream.receive({
      data(part) {
        if (refused) return;
        silence?.restart();
        const fits = body.add(part);
        if (!checked && body.size >= PREFIX_BYTES) {
          checked = true;
          const announced = body.bytes.readUInt32BE(1);
          if (announced > load.maxBodyBytes) {
            refuse(tooLong(announced, load.maxBodyBytes));
            return;
          }
        }
        if (body.size > load.maxBodyBytes + PREFIX_BYTES) refuse(malformed("more than one message in a unary call"));
        else if (!fits) refuse(failure("RateLimitExceeded", { rate: load.maxRunning }));
      },
      wait() {
        if (!refused) silence = after(timeoutMs, () => refuse(malformed("the message does not arrive")));
      },
      end() {
        silence?.();
        if (!refused) resolve({ bytes: body.bytes, release });
      },
      close() {
        silence?.();
        if (refused) return;
        release();
        resolve(undefined);
      },
    });
  });
}

/** Takes the message out of its frame. @throws GrpcFailure */
function unframed(frame: Buffer, encoding: string, maxBytes: number): Soon<Buffer> {
  if (frame.length < PREFIX_BYTES) throw malformed("the message ends too early");
  const compressed = frame[0];
  const length = frame.readUInt32BE(1);
  const message = frame.subarray(PREFIX_BYTES);
  if (message.length < length) throw malformed("the message ends too early");
  if (message.length > length) throw malformed("more than one message in a unary call");
  if (compressed === 0) return message;
  if (compressed !== 1) throw malformed("the frame of the message is damaged");
  const expand = encoding === "gzip" ? promisify(gunzip) : encoding === "deflate" ? promisify(inflate) : undefined;
  if (expand === undefined) throw malformed("the message is compressed and the call does not say how");
  return expand(message, { maxOutputLength: maxBytes }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ERR_BUFFER_TOO_LARGE") throw tooLong(maxBytes + 1, maxBytes);
    throw malformed(`the message cannot be decompressed: ${error.message}`);
  });
}

function tooLong(length: number, limit: number): GrpcFailure {
  return new GrpcFailure(GrpcCode.ResourceExhausted, `grpc: received message larger than max (${length} vs. ${limit})`);
}

function malformed(detail: string): GrpcFailure {
  return new GrpcFailure(GrpcCode.Internal, `grpc: ${detail}`);
}
