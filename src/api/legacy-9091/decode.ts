import { type Fields, fits, isObject, jsonKind, type Kind, knownFields } from "../fields.js";
import type { Call } from "../surface.js";

/** The keys of a message: kinds of values, messages inside it, lists of messages. */
export interface Message {
  readonly [key: string]: Kind | { readonly message: Message } | { readonly list: Message };
}

/** The body cannot be read as a request: answered with HTTP 400. */
export class UnreadableBody extends Error {
  override readonly name: string = "UnreadableBody";
}

/** `[{ key, value }, ...]`, the protocol's way to carry parameters. */
export const KEY_VALUES = { list: { key: "string", value: "any" } } as const satisfies Message[string];

/**
 * The fields of a request: those of its JSON body, then those of its query string (a WHATWG Request cannot carry a GET body).
 * No body is an empty one, keys match in any case, unknown ones are left out. As in any message of the protocol an absent
 * text or list is an empty one: what may not be empty is the operation's to say.
 *
 * @throws UnreadableBody
 */
export function readMessage(call: Pick<Call, "body" | "query">, message: Message): Fields {
  const { body } = call;
  if (body.kind === "malformed") throw new UnreadableBody(body.detail);
  const value = body.kind === "value" ? (body.value ?? {}) : {};
  if (!isObject(value)) throw new UnreadableBody(`cannot unmarshal ${jsonKind(value)} into a message`);
  return {
    ...emptyFields(message),
    ...readFields(queryValues(call.query, message), message, ""),
    ...readFields(value, message, ""),
  };
}

function emptyFields(message: Message): Fields {
  const empty: Record<string, unknown> = {};
  for (const [key, kind] of Object.entries(message)) {
    if (kind === "string") empty[key] = "";
    else if (kind === "strings" || kind === "array" || (typeof kind === "object" && "list" in kind)) empty[key] = [];
    else if (typeof kind === "object") empty[key] = {};
  }
  return empty;
}

/** @param at where the message stands: `schema.` */
function readFields(value: Record<string, unknown>, message: Message, at: string): Fields {
  const read: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(knownFields(value, message))) {
    const kind = message[key] as Message[string];
    if (typeof kind === "string") {
      if (!fits(field, kind)) throw unfit(field, `${at}${key}`, kind);
      read[key] = field;
    } else if ("message" in kind) {
      if (!isObject(field)) throw unfit(field, `${at}${key}`, "object");
      read[key] = readFields(field, kind.message, `${at}${key}.`);
    } else {
      if (!Array.isArray(field)) throw unfit(field, `${at}${key}`, "array");
      read[key] = field.map((item: unknown) => {
        if (!isObject(item)) throw unfit(item, `${at}${key}`, "object");
        return readFields(item, kind.list, `${at}${key}.`);
      });
    }
  }
  return read;
}

function unfit(value: unknown, key: string, kind: Kind): UnreadableBody {
  return new UnreadableBody(`cannot unmarshal ${jsonKind(value)} into field ${key} of type ${kind}`);
}

/** Query strings know text only: each key becomes what its field expects where the text allows it. */
function queryValues(query: string, message: Message): Record<string, unknown> {
  if (query === "") return {};
  const params = new URLSearchParams(query);
  const kinds = new Map(Object.entries(message).map(([key, kind]) => [key.toLowerCase(), kind]));
  const values: Record<string, unknown> = {};
  for (const key of new Set(params.keys())) values[key] = queryValue(params.getAll(key), kinds.get(key.toLowerCase()));
  return values;
}

function queryValue(texts: readonly string[], kind: Message[string] | undefined): unknown {
  const text = texts[0] as string;
  switch (kind) {
    case "strings":
      return texts;
    case "int":
    case "long":
      return /^-?\d+$/.test(text) ? (Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text)) : text;
    case "bool":
      return text === "true" ? true : text === "false" ? false : text;
    case "string":
    case undefined:
      return text;
    case "array":
      return texts.flatMap((item) => jsonOrText(item));
    default:
      return jsonOrText(text);
  }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Key-value pairs as a record; later ones win. Absent: none. */
export function keyValues(pairs: unknown): Record<string, unknown> {
  return Object.fromEntries(
    ((pairs ?? []) as readonly Fields[]).flatMap(({ key, value }) => (typeof key === "string" ? [[key, value]] : [])),
  );
}
