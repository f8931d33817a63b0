import type { Caller } from "../../../engine/index.js";
import { chain, type Soon } from "../../../values/soon-or-later.js";
import type { Authenticate } from "../../engine-port.js";
import { credentialOf } from "../../http/auth.js";
import { GrpcCode, GrpcFailure } from "./grpc-status.js";

/**
 * Checks the `authorization` of a call: base64 of `user:password`, or of an API key.
 *
 * @param authenticate undefined: everybody may come in
 * @returns who calls; undefined where nobody is asked
 * @throws GrpcFailure (16); 8 when too many passwords are being checked
 */
export function callerOf(
  authenticate: Authenticate | undefined,
  authorization: string | undefined,
): Soon<Caller | undefined> {
  if (authenticate === undefined) return undefined;
  if (authorization === undefined) throw refusal("missing authorization in header");
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(authorization)) throw refusal("invalid token format");
  const token = Buffer.from(authorization, "base64").toString("utf8");
  const credential = credentialOf(token);
  return chain(credential === undefined ? "wrong" : authenticate(credential), (verdict) => {
    if (verdict === "busy") {
      throw new GrpcFailure(GrpcCode.ResourceExhausted, "too many passwords are being checked");
    }
    if (verdict === "wrong") throw token.includes(":") ? wrongPassword() : refusal(WRONG_KEY);
    return verdict;
  });
}

const WRONG_KEY = "auth check failure, please check api key is correct";

/** Also of a password that was right when the call began. */
export function wrongPassword(): GrpcFailure {
  return refusal("auth check failure, please check username and password are correct");
}

function refusal(message: string): GrpcFailure {
  return new GrpcFailure(GrpcCode.Unauthenticated, message);
}
