import { afterEach } from "vitest";
import { encode, type MessageName, type Received, type Sent } from "../../../src/api/grpc/messages/table.js";
import { services } from "../../../src/api/grpc/rpcs.js";
import { Elanus, type ElanusServer, type ListenOptions } from "../../../src/index.js";
import { GrpcClient } from "./grpc-client.js";

type OpenOptions = NonNullable<Parameters<typeof Elanus.open>[1]>;

/** A database in memory, served, and a client of it. */
export interface Served {
  readonly db: Elanus;
  readonly server: ElanusServer;
  readonly client: GrpcClient;
  /** Calls an RPC and gives its whole reply. */
  call<Rep extends MessageName>(rpc: string, request: object, headers?: Record<string, string>): Promise<Received<Rep>>;
  /** Calls an RPC that must succeed. */
  ok<Rep extends MessageName>(rpc: string, request?: object, headers?: Record<string, string>): Promise<Received<Rep>>;
  /** Calls an RPC that must fail; gives code, error_code and reason. */
  fails(rpc: string, request?: object, headers?: Record<string, string>): Promise<readonly [number, number, string]>;
  /** The same without the reason. */
  codes(rpc: string, request?: object, headers?: Record<string, string>): Promise<readonly [number, number]>;
}

const open: Served[] = [];
afterEach(async () => {
  for (const served of open.splice(0)) {
    served.client.session.destroy();
    await served.db.close();
  }
});

/** The contract of gRPC tells codes and texts of Milvus 2.6. */
const OF_2_6: OpenOptions = { serverVersion: "2.6" };

export async function serve(options: OpenOptions = {}, listen: ListenOptions = {}): Promise<Served> {
  const db = await Elanus.open(":memory:", { ...OF_2_6, ...options });
  const server = await db.listen({ port: 0, ...listen });
  const client = new GrpcClient(server);
  const rpcs = services["milvus.proto.milvus.MilvusService"] ?? {};
  const call = async (name: string, request: object, headers: Record<string, string> = {}) => {
    const rpc = rpcs[name];
    if (rpc === undefined) throw new Error(`no RPC ${name}`);
    return client.call(name, rpc.request as MessageName, request as Sent<MessageName>, rpc.reply, headers);
  };
  const statusOf = (name: string, reply: object): Received<"Status"> => {
    const field = rpcs[name]?.statusField;
    const status = field === "" ? reply : (reply as Record<string, unknown>)[field ?? ""];
    if (status === undefined) throw new Error(`${name}: the reply has no status`);
    return status as Received<"Status">;
  };
  const served: Served = {
    db,
    server,
    client,
    call: call as Served["call"],
    async ok(name, request = {}, headers) {
      const reply = await call(name, request, headers);
      const status = statusOf(name, reply);
      if (status.code !== 0 || status.error_code !== 0) {
        throw new Error(`${name}: ${status.code} ${status.error_code} ${status.reason}`);
      }
      return reply as never;
    },
    async fails(name, request = {}, headers) {
      const { code, error_code, reason, detail } = statusOf(name, await call(name, request, headers));
      if (code === 0 || error_code === 0 || detail === "") throw new Error(`${name} did not fail`);
      return [code, error_code, reason];
    },
    async codes(name, request, headers) {
      const [code, legacy] = await served.fails(name, request, headers);
      return [code, legacy];
    },
  };
  open.push(served);
  return served;
}

/** Pairs of a record. */
export function pairs(record: Record<string, string>): { key: string; value: string }[] {
  return Object.entries(record).map(([key, value]) => ({ key, value }));
}

export const idField = { name: "id", is_primary_key: true, data_type: 5 };
export const vectorField = { name: "vec", data_type: 101, type_params: pairs({ dim: "4" }) };
export const textField = { name: "title", data_type: 21, type_params: pairs({ max_length: "64" }) };

/** The definition of a collection as clients send it. */
export function createRequest(
  collection_name: string,
  fields: Sent<"CollectionSchema">["fields"] = [idField, vectorField, textField],
  more: Sent<"CollectionSchema"> = {},
): Sent<"CreateCollectionRequest"> {
  return { collection_name, schema: encode("CollectionSchema", { name: collection_name, fields, ...more }) };
}

/** A collection with an index on its vector. */
export async function indexed(served: Served, collection_name: string): Promise<void> {
  await served.ok("CreateCollection", createRequest(collection_name));
  await served.ok("CreateIndex", {
    collection_name,
    field_name: "vec",
    extra_params: pairs({ index_type: "HNSW", metric_type: "L2", params: '{"M":8,"efConstruction":64}' }),
  });
}
