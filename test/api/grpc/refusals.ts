import { decode, type Received } from "../../../src/api/grpc/messages/table.js";
import { services } from "../../../src/api/grpc/rpcs.js";
import { framed, type GrpcClient, unframed } from "./grpc-client.js";

/** The status that each refused RPC answers to an empty request. */
export async function refusalsOf(client: GrpcClient): Promise<{
  readonly names: readonly string[];
  readonly refusals: readonly (readonly [string, Received<"Status"> | undefined])[];
}> {
  const refusals: [string, Received<"Status"> | undefined][] = [];
  for (const [service, rpcs] of Object.entries(services)) {
    for (const [name, rpc] of Object.entries(rpcs)) {
      if (rpc.answer !== undefined) continue;
      const result = await client.raw(`/${service}/${name}`, framed(new Uint8Array()));
      const reply = decode(rpc.reply, unframed(result.body)) as Record<string, unknown>;
      refusals.push([name, (rpc.statusField === "" ? reply : reply[rpc.statusField ?? ""]) as Received<"Status">]);
    }
  }
  return { names: refusals.map(([name]) => name), refusals };
}
