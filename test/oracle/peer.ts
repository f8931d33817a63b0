import { request } from "node:http";
import type { MessageName, Sent } from "../../src/api/grpc/messages/table.js";
import { GrpcClient } from "../api/grpc/grpc-client.js";

/** Where a server listens: gRPC and REST v1 on one port, the older API perhaps on another. */
export interface Address {
  readonly port: number;
  readonly legacyPort: number;
}

/** What an operation came to, as every surface tells it: a code, and the keys of the rows it speaks of. */
export interface Answer {
  readonly code: number;
  readonly keys?: readonly number[];
}

type Json = Record<string, unknown>;

/** One server, asked over its three surfaces. */
export class Peer {
  readonly #address: Address;
  readonly #grpc: GrpcClient;

  constructor(address: Address) {
    this.#address = address;
    this.#grpc = new GrpcClient({ port: address.port });
  }

  /** The older API: a body with every method, the outcome in the body or below `status`. */
  async legacy(target: string, body: Json): Promise<Json & { readonly code: number }> {
    const [method = "", path = ""] = target.split(" ");
    const reply = await sendJson(this.#address.legacyPort, method, `/api/v1${path}`, body);
    const status = (reply["status"] ?? reply) as Json;
    return { ...reply, code: Number(status["code"] ?? status["error_code"] ?? 0) };
  }

  /** REST v1: 200 is success. */
  async v1(path: string, body: Json): Promise<Json & { readonly code: number }> {
    const reply = await sendJson(this.#address.port, "POST", `/v1/vector/${path}`, body);
    return { ...reply, code: reply["code"] === 200 ? 0 : Number(reply["code"]) };
  }

  /** gRPC. Of the reply as it is, the status alone is read here. */
  async grpc<Req extends MessageName, Rep extends MessageName>(rpc: string, req: Req, message: Sent<Req>, rep: Rep) {
    const reply = await this.#grpc.call(rpc, req, message, rep);
    const status = ("status" in reply ? reply["status"] : reply) as { code?: number } | undefined;
    return { reply, code: Number(status?.code ?? 0) };
  }

  close(): Promise<void> {
    return this.#grpc.close();
  }
}

/** Sends a body with any method, GET too, which fetch cannot. */
function sendJson(port: number, method: string, path: string, body: Json): Promise<Json> {
  return new Promise((resolve, reject) => {
    const text = JSON.stringify(body);
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const call = request({ host: "127.0.0.1", port, method, path, headers }, (reply) => {
      const chunks: Buffer[] = [];
      reply.on("data", (chunk: Buffer) => chunks.push(chunk));
      reply.once("error", reject);
      reply.once("end", () => {
        const received = Buffer.concat(chunks).toString();
        try {
          resolve(JSON.parse(received) as Json);
        } catch {
          reject(new Error(`${method} ${path} answers ${reply.statusCode} ${received.slice(0, 200)}`));
        }
      });
    });
    call.once("error", reject);
    call.end(text);
  });
}

/** The numbers of a list, in ascending order. */
export function sorted(keys: Iterable<number | bigint>): readonly number[] {
  return Array.from(keys, Number).sort((a, b) => a - b);
}
