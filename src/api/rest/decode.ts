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
  const options: { -readonly [Key in keyof PortOptions]: PortOptions[Key] } = {};
  if (database !== undefined && database !== "") options.database = database;
  if (deadline !== undefined) options.deadline = deadline;
  if (turn !== undefined) options.turn = turn;
  if (caller !== undefined) options.caller = caller;
  if (signal !== undefined) options.signal = signal;
  return options;
}

/** How the caller wants Int64 values; numbers unless the header says no. */
export function int64Form(call: Call): Int64Form {
  return booleanHeader(call.headers, "accept-type-allow-int64") === false ? "text" : "number";
}
