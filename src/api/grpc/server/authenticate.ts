import type { Authenticator } from "../../http/auth.js";
import { GrpcCode, GrpcFailure } from "./grpc-status.js";

/**
 * Checks the `authorization` of a call: base64 of `user:password`, or of an API key.
 *
 * @param authenticator undefined: everybody may come in
 * @throws GrpcFailure (16); 8 when too many passwords are being checked
 */
export async function authenticate(
  authenticator: Authenticator | undefined,
  authorization: string | undefined,
): Promise<void> {
  if (authenticator === undefined) return;
  if (authorization === undefined) throw refusal("missing authorization in header");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(authorization)) throw refusal("invalid token format");
  const token = Buffer.from(authorization, "base64").toString("utf8");
  const refused = await authenticator.judgeToken(token);
  if (refused === undefined) return;
  if (refused === "busy") {
    throw new GrpcFailure(GrpcCode.ResourceExhausted, "too many passwords are being checked");
  }
  throw refusal(
    token.includes(":")
      ? "auth check failure, please check username and password are correct"
      : "auth check failure, please check api key is correct",
  );
}

function refusal(message: string): GrpcFailure {
  return new GrpcFailure(GrpcCode.Unauthenticated, message);
}
