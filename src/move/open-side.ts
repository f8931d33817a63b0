import { failure } from "../errors.js";
import { GrpcSide } from "./grpc/grpc-side.js";
import type { ServerOptions } from "./options.js";
import { readServerAddress } from "./server-address.js";
import type { Side } from "./side.js";

/**
 * A server at an address.
 *
 * @throws InvalidParameter for what is no address, ServerUnreachable, ServerAccess
 */
export async function openServer(text: string, { token, over, signal }: ServerOptions): Promise<Side> {
  const address = readServerAddress(text, token);
  if (over === "rest") throw failure("Unsupported", { what: "moving over REST" });
  return GrpcSide.open(address, signal);
}
