/** The part of JSON Schema 2020-12 that the description of the interface uses. */
export interface JsonSchema {
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly items?: JsonSchema;
  readonly const?: unknown;
  readonly not?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

export const text: JsonSchema = { type: "string" };
export const flag: JsonSchema = { type: "boolean" };
export const integer: JsonSchema = { type: "integer" };
export const anything: JsonSchema = {};
/** Int64 that a caller may have asked for as text. */
export const int64: JsonSchema = { type: ["integer", "string"] };

export function list(items: JsonSchema): JsonSchema {
  return { type: "array", items };
}

/** Keys of the caller's choice. */
export function record(values: JsonSchema): JsonSchema {
  return { type: "object", additionalProperties: values };
}

/** These keys and no other; `?` behind a key: it may be absent. */
export function object(keys: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const names = Object.keys(keys);
  const required = names.filter((name) => !name.endsWith("?"));
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name.replace(/\?$/, ""), keys[name] as JsonSchema])),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}
