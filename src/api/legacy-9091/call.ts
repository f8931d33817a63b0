import type { ItemFacts } from "../../engine/contract/facts.js";
import { failure } from "../../errors.js";
import type { EnginePort, Reply } from "../engine-port.js";
import { defined, type Fields, isObject } from "../fields.js";
import { executeOptions } from "../rest/decode.js";
import type { Call } from "../surface.js";
import { type Message, readMessage } from "./decode.js";
import type { ReplyKind } from "./envelope.js";

/** A request of this surface: its fields and the engine. */
export interface LegacyCall {
  readonly fields: Fields;
  /** Runs an operation; resolves to its data. */
  run(path: string, request: Fields): Promise<unknown>;
  /** The same with all that stands beside the data. */
  reply(path: string, request: Fields): Promise<Reply<unknown>>;
  /** Database and collection of the request under the names of REST v2. */
  readonly collection: { readonly dbName: unknown; readonly collectionName: unknown };
}

export interface LegacyEndpoint {
  readonly message: Message;
  readonly reply: ReplyKind;
  /** Resolves to what stands beside `status`; ignored for bare statuses. */
  readonly run: (call: LegacyCall) => Promise<Fields | undefined>;
}

/** The ids among the facts of a reply. */
export function idsOf(facts: Reply<unknown>["facts"]): readonly number[] {
  return (facts as readonly ItemFacts[] | undefined)?.map(({ id }) => id) ?? [];
}

export function legacyCall(engine: EnginePort, call: Call, message: Message): LegacyCall {
  engine.requireOpen();
  const fields = readMessage(call, message);
  const options = executeOptions(call);
  const reply = (path: string, request: Fields) => engine.execute(path, defined(request), options);
  return {
    fields,
    reply,
    run: async (path, request) => (await reply(path, request)).data,
    collection: { dbName: fields["db_name"], collectionName: fields["collection_name"] },
  };
}

/** A parameter that holds JSON text (or, tolerated, the object itself). @throws InvalidParameter */
export function jsonParameter(name: string, value: unknown): Record<string, unknown> | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (isObject(value)) return value;
  try {
    const parsed: unknown = JSON.parse(String(value));
    if (isObject(parsed)) return parsed;
  } catch {
    // Answered below, as any other text that is no object.
  }
  throw failure("InvalidParameter", { text: `${name} is not a JSON object: ${String(value)}` });
}
