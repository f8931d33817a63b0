import fc from "fast-check";
import { afterAll, expect, it } from "vitest";
import { decode, encode, type MessageName, messages, type Received } from "../../../src/api/grpc/messages/table.js";
import { services as rpcServices } from "../../../src/api/grpc/rpcs.js";
import { GrpcFailure } from "../../../src/api/grpc/server/grpc-status.js";
import { createGrpcServices } from "../../../src/api/grpc/services.js";
import { openEngine, serverTraits } from "../../../src/engine/index.js";
import { arbitraryMessage } from "./arbitrary-message.js";
import { unframed } from "./grpc-client.js";
import { createRequest, idField, pairs, textField, vectorField } from "./served.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 60);
const MILVUS = "milvus.proto.milvus.MilvusService";
const METADATA = { database: undefined, authorization: undefined, deadline: undefined, encoding: "identity" };

const engine = openEngine(":memory:");
const services = createGrpcServices(engine, { authenticate: undefined, server: serverTraits() });
afterAll(() => engine.close());

async function call(name: string, message: Uint8Array): Promise<Received<"Status">> {
  const rpc = rpcServices[MILVUS]?.[name];
  if (rpc === undefined) throw new Error(name);
  const frame = await services.find(`/${MILVUS}/${name}`).run(message, METADATA);
  const reply = decode(rpc.reply, unframed(Buffer.concat(frame)));
  const status = rpc.statusField === "" ? reply : (reply as Record<string, unknown>)[rpc.statusField ?? ""];
  return (status ?? decode("Status", new Uint8Array())) as Received<"Status">;
}

/** Texts that mean something are put where random ones stand, so that requests get further than to the first check. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  db_name: ["", "default"],
  dbName: ["", "default"],
  collection_name: ["book"],
  collectionName: ["book"],
  partition_name: ["", "_default"],
  field_name: ["id", "vec", "title", "$meta", "new"],
  expr: ["id > 0", "title == {x}", ""],
  dsl: ["id > 0", ""],
};
const KEYS = [
  "topk",
  "limit",
  "offset",
  "params",
  "anns_field",
  "iterator",
  "search_iter_v2",
  "search_iter_batch_size",
  "group_by_field",
  "metric_type",
  "index_type",
];
const VALUES = ["1", "-1", "3", "vec", "title", "{}", '{"ef":8}', "true", "L2", "HNSW", "", "x", "null", "1e99"];

function sensible(message: unknown, key: string, draw: (below: number) => number): unknown {
  const words = WORDS[key];
  if (typeof message === "string") {
    const list = words ?? (key === "key" ? KEYS : key === "value" ? VALUES : undefined);
    return list === undefined || draw(8) === 0 ? message : list[draw(list.length)];
  }
  if (key === "type" && typeof message === "number") return [5, 21, 23, 101, 104, message][draw(6)];
  if (key === "num_rows") return draw(4);
  if (typeof message !== "object" || message === null || ArrayBuffer.isView(message)) return message;
  if (Array.isArray(message)) return message.map((item) => sensible(item, key, draw));
  if (message instanceof Map) return new Map([...message].map(([name, item]) => [name, sensible(item, key, draw)]));
  const filled = { ...message } as Record<string, unknown>;
  for (const [name, item] of Object.entries(filled)) filled[name] = sensible(item, name, draw);
  for (const name of ["collection_name", "db_name", "expr", "num_rows"]) {
    if (filled[name] === undefined && key === "" && draw(2) === 0)
      filled[name] = sensible(name === "num_rows" ? 0 : "", name, draw);
  }
  return filled;
}

/** These would take the collection away that all others are asked about. */
const SPARED = ["DropCollection", "RenameCollection", "DropDatabase"];

const names = Object.entries(rpcServices[MILVUS] ?? {}).filter(
  ([name, { request, answer }]) => answer !== undefined && request in messages && !SPARED.includes(name),
);

it.each(names)("%s answers whatever it is sent, and never with an internal error", async (name, rpc) => {
  await call(
    "CreateCollection",
    encode(
      "CreateCollectionRequest",
      createRequest("book", [idField, vectorField, textField], { enable_dynamic_field: true }),
    ),
  );
  const index = {
    collection_name: "book",
    field_name: "vec",
    extra_params: pairs({ metric_type: "L2", index_type: "HNSW" }),
  };
  await call("CreateIndex", encode("CreateIndexRequest", index));
  await call("LoadCollection", encode("LoadCollectionRequest", { collection_name: "book" }));
  await fc.assert(
    fc.asyncProperty(
      arbitraryMessage(rpc.request),
      fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
      async (message, numbers) => {
        let next = 0;
        const draw = (below: number) => (numbers[next++ % numbers.length] as number) % below;
        const request = encode(rpc.request as MessageName, sensible(message, "", draw) as never);
        const status = await call(name, request);
        expect([status.code, status.reason]).not.toEqual([5, expect.anything()]);
        if (request.length === 0) return;
        const damaged = Buffer.from(request);
        damaged[draw(damaged.length)] = draw(256);
        try {
          expect((await call(name, damaged)).code).not.toBe(5);
        } catch (error) {
          if (!(error instanceof GrpcFailure)) throw error;
          expect(error.code).toBe(13);
        }
      },
    ),
    { numRuns: RUNS },
  );
});
