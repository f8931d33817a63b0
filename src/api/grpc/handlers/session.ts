import { now } from "../../../values/clock.js";
import type { Received, Sent } from "../messages/table.js";
import type { RpcCall } from "../rpc.js";

/**
 * Greets a client. A database that does not exist is refused here, so that a client does not come upon it later.
 *
 * @throws DatabaseNotFound
 */
export async function connect(_: Received<"ConnectRequest">, call: RpcCall): Promise<Sent<"ConnectResponse">> {
  await call.look("databases/list", "databases/describe", { dbName: call.defaultDatabase });
  return {
    server_info: {
      build_tags: call.version,
      build_time: "",
      git_commit: "",
      go_version: "",
      deploy_mode: "STANDALONE",
    },
    identifier: call.clock.next(),
  };
}

export function getVersion(_: Received<"GetVersionRequest">, call: RpcCall): Sent<"GetVersionResponse"> {
  return { version: call.version };
}

export function checkHealth(): Sent<"CheckHealthResponse"> {
  return { isHealthy: true };
}

export function allocTimestamp(_: Received<"AllocTimestampRequest">, call: RpcCall): Sent<"AllocTimestampResponse"> {
  return { timestamp: call.clock.next() };
}

export function dummy(): Sent<"DummyResponse"> {
  return { response: "{}" };
}

/** Clients of the 3.0 line tell of themselves now and then; nothing is wanted of them. */
export function clientHeartbeat(): Sent<"ClientHeartbeatResponse"> {
  return { server_timestamp: now() };
}
