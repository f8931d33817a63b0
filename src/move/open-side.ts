import { failure } from "../errors.js";
import { GrpcSide } from "./grpc/grpc-side.js";
import type { ServerOptions } from "./options.js";
import { readServerAddress } from "./server-address.js";
import type { Side } from "./side.js";

/**
 * Does something with a server, and hangs up.
 *
 * @param what is done, for messages: `the push`
 * @throws InvalidParameter for what is no address, ServerUnreachable, ServerAccess; Aborted
 */
export async function withServer<T>(
  what: string,
  text: string,
  { token, over, signal }: ServerOptions,
  work: (server: Side) => Promise<T>,
): Promise<T> {
  const address = readServerAddress(text, token);
  if (over === "rest") throw failure("Unsupported", { what: "moving over REST" });
  let server: Side | undefined;
  try {
    server = await GrpcSide.open(address, signal);
    return await work(server);
  } catch (error) {
    throw signal?.aborted === true ? failure("Aborted", { what }, error) : error;
  } finally {
    await server?.close();
  }
}
