import { failure } from "../../errors.js";
import { isJsonNumber } from "../../values/json-number.js";
import type { FieldKind, Operation, RequestField, RequestShape } from "./operation.js";

/**
 * Turns a body into the request of an operation: keys matched without regard to case, unknown keys dropped,
 * `null` and `undefined` taken as absent.
 *
 * @param body a losslessly read JSON value (large integers as bigint, `1.0` as JsonDouble), or plain values in process
 * @throws MalformedRequest for a value of the wrong JSON type, MissingParameters for an absent required field
 */
export function decodeRequest<Req>(
  operation: Pick<Operation<Req, unknown>, "requestType" | "request">,
  body: unknown,
): Req {
  const type = operation.requestType;
  if (jsonKind(body) !== "object") {
    if (body === null || body === undefined) return required(operation.request, {}, type);
    throw failure("MalformedRequest", {
      detail: `json: cannot unmarshal ${jsonKind(body)} into Go value of type httpserver.${type}`,
    });
  }
  return required(operation.request, decodeObject(operation.request, body as object, type), type);
}

/**
 * Decodes an object inside a request in the same way, without the check for required fields: the server checks
 * those of the outermost object only.
 *
 * @param path where the object stands, for messages: `CollectionReq.schema.fields`
 */
export function decodeNested<Req>(shape: RequestShape<Req>, value: unknown, path: string): Partial<Req> {
  if (value === null || value === undefined) return {};
  if (jsonKind(value) !== "object") throw wrongType(value, path, path.slice(path.lastIndexOf(".") + 1));
  return decodeObject(shape, value as object, path) as Partial<Req>;
}

/**
 * Refuses absent required fields, all of them in one message.
 *
 * @throws MissingParameters
 */
export function required<Req>(shape: RequestShape<Req>, decoded: Record<string, unknown>, type: string): Req {
  const lines: string[] = [];
  for (const [key, field] of Object.entries<RequestField>(shape)) {
    const value = decoded[key];
    if (field.required === true && (value === undefined || value === "")) {
      const label = labelOf(key, field);
      lines.push(`Key: '${type}.${label}' Error:Field validation for '${label}' failed on the 'required' tag`);
    }
  }
  if (lines.length > 0) throw failure("MissingParameters", { detail: lines.join("\n") });
  return decoded as Req;
}

function decodeObject<Req>(shape: RequestShape<Req>, value: object, path: string): Record<string, unknown> {
  const keys = lowerCaseKeys(shape);
  const decoded: Record<string, unknown> = {};
  for (const [given, part] of Object.entries(value)) {
    const key = keys.get(given) ?? keys.get(given.toLowerCase());
    if (key === undefined || part === null || part === undefined) continue;
    const field = shape[key as keyof Req] as RequestField;
    decoded[key] = decodeValue(field.kind, part, `${path}.${key}`);
  }
  return decoded;
}

const keyTables = new WeakMap<object, ReadonlyMap<string, string>>();

function lowerCaseKeys(shape: object): ReadonlyMap<string, string> {
  let keys = keyTables.get(shape);
  if (keys === undefined) {
    keys = new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key]));
    keyTables.set(shape, keys);
  }
  return keys;
}

function labelOf(key: string, field: RequestField): string {
  return field.label ?? key.charAt(0).toUpperCase() + key.slice(1);
}

type JsonKind = "null" | "bool" | "number" | "string" | "array" | "object";

function jsonKind(value: unknown): JsonKind {
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  if (isJsonNumber(value)) return "number";
  return Array.isArray(value) || ArrayBuffer.isView(value) ? "array" : "object";
}

/** The server's names of the types, as its JSON decoder prints them. */
const goTypes: Readonly<Record<Exclude<FieldKind, "any">, string>> = {
  string: "string",
  bool: "bool",
  int: "int32",
  strings: "[]string",
  object: "map[string]interface {}",
  array: "[]interface {}",
};

function wrongType(value: unknown, path: string, goType: string): Error {
  const kind = jsonKind(value);
  // A number of a wrong form is printed with its digits.
  const shown = kind === "number" && goType === "int32" ? `number ${String(value)}` : kind;
  const detail = `json: cannot unmarshal ${shown} into Go struct field ${path} of type ${goType}`;
  return failure("MalformedRequest", { detail });
}

function decodeValue(kind: FieldKind, value: unknown, path: string): unknown {
  const json = jsonKind(value);
  switch (kind) {
    case "any":
      return value;
    case "int":
      return decodeInteger(value, path);
    case "strings":
      if (!Array.isArray(value)) throw wrongType(value, path, goTypes.strings);
      return value.map((element: unknown) => {
        if (element === null || element === undefined) return "";
        if (typeof element !== "string") throw wrongType(element, path, "string");
        return element;
      });
    default:
      if (json !== kind) throw wrongType(value, path, goTypes[kind]);
      return value;
  }
}

function decodeInteger(value: unknown, path: string): number {
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw wrongType(value, path, goTypes.int);
}
