import { failure } from "../../errors.js";
import type { PortOptions } from "../engine-port.js";
import { booleanHeader, header } from "../http/message.js";
import type { Int64Form } from "../rows/show-value.js";
import type { Body, Call } from "../surface.js";

/**
 * The request of a v2 call. Fields and their types are the operation's business; that there is a JSON body is ours.
 *
 * @throws EmptyBody, MalformedRequest
 */
export function requestValue(body: Body): unknown {
  if (body.kind === "value") return body.value;
  if (body.kind === "none") throw failure("EmptyBody");
  throw failure("MalformedRequest", { detail: body.detail });
}

/** What a call says besides its body. */
export function executeOptions(call: Call): PortOptions {
  const database = header(call.headers, "db-name");
  const { caller, deadline, turn, signal } = call;
  const isPlain = deadline === undefined && turn === undefined && caller === undefined && signal === undefined;
  if (isPlain && database === undefined) return NO_OPTIONS;
  return {
    ...(database !== undefined && database !== "" && { database }),
    ...(deadline !== undefined && { deadline }),
    ...(turn !== undefined && { turn }),
    ...(caller !== undefined && { caller }),
    ...(signal !== undefined && { signal }),
  };
}

const NO_OPTIONS: PortOptions = {};

/** How the caller wants Int64 values; numbers unless the header says no. */
export function int64Form(call: Call): Int64Form {
  return booleanHeader(call.headers, "accept-type-allow-int64") === false ? "text" : "number";
}
