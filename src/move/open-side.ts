import { failure, invalidParameter, isElanusError } from "../errors.js";
import { GrpcSide } from "./grpc/grpc-side.js";
import type { ServerOptions } from "./options.js";
import { RestSide } from "./rest-side.js";
import { readServerAddress, type ServerAddress } from "./server-address.js";
import type { Side } from "./side.js";

/**
 * Does something with a server, and hangs up.
 *
 * @param what is done, for messages: `the push`
 * @throws InvalidParameter for what is no address, ServerUnreachable, ServerAccess (by REST NotAuthenticated); Aborted
 */
export async function withServer<T>(
  what: string,
  text: string,
  { token, over, signal }: ServerOptions,
  work: (server: Side) => Promise<T>,
): Promise<T> {
  const address = readServerAddress(text, token);
  let server: Side | undefined;
  try {
    server = await reached(address, over, signal);
    return await work(server);
  } catch (error) {
    throw signal?.aborted === true ? failure("Aborted", { what }, error) : error;
  } finally {
    await server?.close();
  }
}

/** By gRPC, which tells more; by REST where nothing speaks gRPC. */
async function reached(
  address: ServerAddress,
  over: ServerOptions["over"],
  signal: AbortSignal | undefined,
): Promise<Side> {
  if (over === "rest") {
    if (address.socket !== undefined) throw invalidParameter("a socket is reached by gRPC only, not by REST");
    return RestSide.open(address, signal);
  }
  try {
    return await GrpcSide.open(address, signal);
  } catch (error) {
    if (over === "grpc" || address.socket !== undefined || !isElanusError(error, "ServerUnreachable")) throw error;
    return RestSide.open(address, signal).catch(() => Promise.reject(error));
  }
}
