import { refuseFutureFields } from "../../../engine/contract/future-fields.js";
import type { FieldKind, RequestField } from "../../../engine/contract/row.js";
import { contract, type OperationPath } from "../../../engine/contract/table.js";
import { failure, isElanusError } from "../../../errors.js";
import { isList, MAX_ITEMS } from "../../../values/js-value.js";
import { isJsonNumber } from "../../../values/json-number.js";
import { REQUEST_TYPES } from "./request-types.js";

/** A shape of which only the keys and their fields count. */
type Shape = Readonly<Record<string, RequestField>>;

/**
 * Turns a body into the request of an operation, as the server does it and in the words of its JSON decoder: keys matched
 * without regard to case, unknown keys dropped, `null` and `undefined` taken as absent.
 *
 * @param body a losslessly read JSON value (large integers as bigint, `1.0` as JsonDouble), or plain values in process
 * @throws MalformedRequest for a value of the wrong JSON type, MissingParameters for an absent required field, Unsupported
 * for a field of a newer Milvus
 */
export function decodeRequest(path: OperationPath, body: unknown): Record<string, unknown> {
  try {
    refuseFutureFields(path, body);
    return decodeShape(contract[path].request, body, REQUEST_TYPES[path]);
  } catch (error) {
    if (isElanusError(error)) throw error;
    // In process only: a getter or a proxy of the caller's.
    throw failure("MalformedRequest", { detail: error instanceof Error ? error.message : String(error) }, error);
  }
}

/** The same for any shape; `type` is the name of the request in messages. */
export function decodeShape(shape: Shape, body: unknown, type: string): Record<string, unknown> {
  const given = jsonKind(body);
  if (given !== "object" && given !== "null") {
    throw failure("MalformedRequest", {
      detail: `json: cannot unmarshal ${given} into Go value of type httpserver.${type}`,
    });
  }
  const decoded = given === "null" ? {} : decodeObject(shape, body as object, type);
  const lines = missingLines(shape, decoded, type);
  if (lines.length > 0) throw failure("MissingParameters", { detail: lines.join("\n") });
  return decoded;
}

/** A line for each absent required field, those of objects inside too; of the items of lists the server asks nothing. */
function missingLines(shape: Shape, decoded: Readonly<Record<string, unknown>>, path: string): string[] {
  const lines: string[] = [];
  for (const [key, field] of tableOf(shape).asked) {
    const value = decoded[key];
    if (value === undefined || value === "") {
      if (field.required !== true || (field.unless !== undefined && decoded[field.unless] !== undefined)) continue;
      const label = labelOf(key);
      lines.push(`Key: '${path}.${label}' Error:Field validation for '${label}' failed on the 'required' tag`);
    } else if (field.shape !== undefined && field.kind === "object") {
      lines.push(...missingLines(field.shape, value as Record<string, unknown>, `${path}.${labelOf(key)}`));
    }
  }
  return lines;
}

/** The field's name in the server's messages. */
function labelOf(key: string): string {
  return key === "id" ? "ID" : key.charAt(0).toUpperCase() + key.slice(1);
}

function decodeObject(shape: Shape, value: object, path: string): Record<string, unknown> {
  const { keys } = tableOf(shape);
  const decoded: Record<string, unknown> = {};
  for (const [given, part] of Object.entries(value)) {
    const key = keys.get(given) ?? keys.get(given.toLowerCase());
    if (key === undefined || part === null || part === undefined) continue;
    decoded[key] = decodeValue(shape[key] as RequestField, part, `${path}.${key}`);
  }
  return decoded;
}

/** An object inside a request; absent counts as empty. */
function decodeNested(shape: Shape, value: unknown, path: string): Record<string, unknown> {
  if (value === null || value === undefined) return {};
  if (jsonKind(value) !== "object") throw wrongType(value, path, path.slice(path.lastIndexOf(".") + 1));
  return decodeObject(shape, value as object, path);
}

/** What is asked of a shape again and again. */
interface ShapeTable {
  /** Its keys by their names, and by these in lower case. */
  readonly keys: ReadonlyMap<string, string>;
  /** Fields that must be there, or may have such fields in them. */
  readonly asked: readonly (readonly [key: string, field: RequestField])[];
}

const tables = new WeakMap<object, ShapeTable>();

function tableOf(shape: Shape): ShapeTable {
  let table = tables.get(shape);
  if (table === undefined) {
    const known = Object.keys(shape).filter((key) => shape[key]?.kind !== "columns");
    table = {
      keys: new Map(known.flatMap((key) => [[key.toLowerCase(), key] as const, [key, key] as const])),
      asked: Object.entries(shape).filter(([, { required, kind, shape: inner }]) => {
        return required === true || (kind === "object" && inner !== undefined);
      }),
    };
    tables.set(shape, table);
  }
  return table;
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
const goTypes: Readonly<Record<Exclude<FieldKind, "any" | "columns">, string>> = {
  string: "string",
  bool: "bool",
  int: "int32",
  strings: "[]string",
  object: "map[string]interface {}",
  array: "[]interface {}",
  rows: "[]map[string]interface {}",
};

function wrongType(value: unknown, path: string, goType: string): Error {
  const kind = jsonKind(value);
  // A number of a wrong form is printed with its digits.
  const shown = kind === "number" && goType === "int32" ? `number ${String(value)}` : kind;
  const detail = `json: cannot unmarshal ${shown} into Go struct field ${path} of type ${goType}`;
  return failure("MalformedRequest", { detail });
}

function decodeValue(field: RequestField, value: unknown, path: string): unknown {
  const { kind, shape } = field;
  if (isList(value) && value.length > MAX_ITEMS) {
    throw failure("MalformedRequest", { detail: `json: more than ${MAX_ITEMS} items in Go struct field ${path}` });
  }
  switch (kind) {
    case "any":
    case "columns":
      return value;
    case "rows":
      if (jsonKind(value) !== "object" && jsonKind(value) !== "array") throw wrongType(value, path, goTypes.rows);
      return value;
    case "int":
      return decodeInteger(value, path);
    case "strings":
      if (!Array.isArray(value)) throw wrongType(value, path, goTypes.strings);
      return Array.from(value, (element: unknown) => {
        if (element === null || element === undefined) return "";
        if (typeof element !== "string") throw wrongType(element, path, "string");
        return element;
      });
    default:
      if (jsonKind(value) !== kind) throw wrongType(value, path, goTypes[kind]);
      if (shape === undefined) return value;
      return kind === "object"
        ? decodeNested(shape, value, path)
        : Array.from(value as unknown[], (item) => decodeNested(shape, item, path));
  }
}

function decodeInteger(value: unknown, path: string): number {
  if (typeof value === "bigint" && Number.isSafeInteger(Number(value))) return Number(value);
  if (typeof value === "number" && Number.isSafeInteger(value)) return value;
  throw wrongType(value, path, goTypes.int);
}
