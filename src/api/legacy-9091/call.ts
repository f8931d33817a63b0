import type { ItemFacts } from "../../engine/contract/facts.js";
import { failure } from "../../errors.js";
import type { EnginePort, Reply } from "../engine-port.js";
import { defined, type Fields, fits, isObject, jsonKind, type Kind, knownFields, type Shape } from "../fields.js";
import { executeOptions } from "../rest/decode.js";
import type { Call } from "../surface.js";
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
  readonly shape: Shape;
  readonly reply: ReplyKind;
  /** Resolves to what stands beside `status`; ignored for bare statuses. */
  readonly run: (call: LegacyCall) => Promise<Fields | undefined>;
}

/** The ids among the facts of a reply. */
export function idsOf(facts: Reply<unknown>["facts"]): readonly number[] {
  return (facts as readonly ItemFacts[] | undefined)?.map(({ id }) => id) ?? [];
}

/** The body cannot be read as a request: answered with HTTP 400. */
export class UnreadableBody extends Error {
  override readonly name: string = "UnreadableBody";
}

export function legacyCall(engine: EnginePort, call: Call, shape: Shape): LegacyCall {
  const fields = readFields(call, shape);
  const options = executeOptions(call);
  const reply = (path: string, request: Fields) => engine.execute(path, defined(request), options);
  return {
    fields,
    reply,
    run: async (path, request) => (await reply(path, request)).data,
    collection: { dbName: fields["db_name"], collectionName: fields["collection_name"] },
  };
}

/**
 * The fields of a request: those of its JSON body, then those of its query string (a WHATWG Request cannot carry a GET body).
 * No body is an empty one.
 *
 * @throws UnreadableBody
 */
function readFields(call: Call, shape: Shape): Fields {
  const { body } = call;
  if (body.kind === "malformed") throw new UnreadableBody(body.detail);
  const value = body.kind === "value" ? body.value : {};
  if (!isObject(value)) throw new UnreadableBody(`expected an object, got ${jsonKind(value)}`);
  const fields = { ...knownFields(queryValues(call.query, shape), shape), ...knownFields(value, shape) };
  for (const [key, field] of Object.entries(fields)) {
    const kind = shape[key] as Kind;
    if (!fits(field, kind)) throw new UnreadableBody(`field ${key}: cannot read ${jsonKind(field)} as ${kind}`);
  }
  return fields;
}

/** Query strings know text only: each key becomes what its field expects where the text allows it. */
function queryValues(query: string, shape: Shape): Record<string, unknown> {
  if (query === "") return {};
  const params = new URLSearchParams(query);
  const kinds = new Map(Object.entries(shape).map(([key, kind]) => [key.toLowerCase(), kind]));
  const values: Record<string, unknown> = {};
  for (const key of new Set(params.keys())) values[key] = queryValue(params.getAll(key), kinds.get(key.toLowerCase()));
  return values;
}

function queryValue(texts: readonly string[], kind: Kind | undefined): unknown {
  const text = texts[0] as string;
  switch (kind) {
    case "strings":
      return texts;
    case "int":
      return /^-?\d+$/.test(text) ? Number(text) : text;
    case "bool":
      return text === "true" ? true : text === "false" ? false : text;
    case "array":
    case "object":
    case "any":
      try {
        return JSON.parse(text);
      } catch {
        return text;
      }
    default:
      return text;
  }
}

/** `[{ key, value }, ...]` as a record; later entries win. @throws UnreadableBody */
export function keyValuePairs(pairs: unknown): Record<string, unknown> {
  const record: Record<string, unknown> = {};
  if (pairs === undefined || pairs === null) return record;
  if (!Array.isArray(pairs)) throw new UnreadableBody("expected an array of { key, value }");
  for (const pair of pairs) {
    if (!isObject(pair) || typeof pair["key"] !== "string") throw new UnreadableBody("expected { key, value }");
    record[pair["key"]] = pair["value"];
  }
  return record;
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
