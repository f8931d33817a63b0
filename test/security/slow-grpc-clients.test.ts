import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { encode } from "../../src/api/grpc/messages/table.js";
import { GrpcClient } from "../api/grpc/grpc-client.js";
import { serve } from "../api/grpc/served.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;
const MEGABYTE = 1024 * 1024;
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const QUERY = "/milvus.proto.milvus.MilvusService/Query";

function frameOf(message: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + message.byteLength);
  frame.writeUInt32BE(message.byteLength, 1);
  frame.set(message, 5);
  return frame;
}

describe("gRPC clients that do not read", () => {
  it.each([
    ["on one connection", 1],
    ["on a connection each", 40],
  ])("take no more memory than answers may, and keep nobody out: 40 calls %s", async (_, count) => {
    const served = await serve({ maxBodyBytes: 4 * MEGABYTE });
    await served.db.collections.create({ collectionName: "c", dimension: 2 });
    const text = "x".repeat(60_000);
    for (let id = 0; id < 100; id += 20) {
      const data = Array.from({ length: 20 }, (_, i) => ({ id: id + i, vector: [id, 0], text }));
      await served.db.entities.insert({ collectionName: "c", data });
    }
    const message = encode("QueryRequest", { collection_name: "c", expr: "id >= 0", output_fields: ["text"] });
    collectGarbage();
    const before = process.memoryUsage().external;
    let most = 0;
    // What is held, and not what nobody has collected yet.
    const sampling = setInterval(() => {
      collectGarbage();
      most = Math.max(most, process.memoryUsage().external - before);
    }, 20);
    const clients = Array.from({ length: count }, () => new GrpcClient(served.server));
    try {
      for (let i = 0; i < 40; i++) {
        const stream = clients[i % count]?.open(QUERY);
        stream?.pause();
        stream?.end(frameOf(message));
      }
      for (let i = 0; i < 20; i++) {
        expect(await served.ok("HasCollection", { collection_name: "c" })).toMatchObject({ value: true });
        await pause(100);
      }
    } finally {
      clearInterval(sampling);
      for (const client of clients) client.session.destroy();
    }
    // 40 answers of 6 MB would be 240; 16 are allowed, and what is made or read is not among them: mostly 20, at worst 43.
    expect(most).toBeLessThan(64 * MEGABYTE);
  });
});
