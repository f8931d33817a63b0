import { failure } from "../../errors.js";
import { isJsonNumber } from "../../values/json-number.js";
import type { FieldKind, RequestField, RequestShape } from "../contract/row.js";
import { contract, type OperationPath, type RequestOf } from "../contract/table.js";

/** The server's names of the request types, as its messages print them. */
const requestTypes: { readonly [Path in OperationPath]: string } = {
  "databases/alter_properties": "DatabaseReqWithProperties",
  "databases/create": "DatabaseReqWithProperties",
  "databases/describe": "DatabaseReqRequiredName",
  "databases/drop_properties": "DropDatabasePropertiesReq",
  "databases/drop": "DatabaseReqRequiredName",
  "databases/list": "EmptyReq",
  "databases/alter": "DatabaseReqWithProperties",
  "collections/alter_properties": "CollectionReqWithProperties",
  "collections/create": "CollectionReq",
  "collections/describe": "CollectionNameReq",
  "collections/drop_properties": "DropCollectionPropertiesReq",
  "collections/drop": "CollectionNameReq",
  "collections/fields/add": "CollectionFieldReqWithSchema",
  "collections/fields/alter_properties": "CollectionFieldReqWithParams",
  "collections/get_load_state": "CollectionNameReq",
  "collections/get_stats": "CollectionNameReq",
  "collections/has": "CollectionNameReq",
  "collections/list": "DatabaseReq",
  "collections/load": "CollectionNameReq",
  "collections/refresh_load": "CollectionNameReq",
  "collections/release": "CollectionNameReq",
  "collections/truncate": "CollectionNameReq",
  "collections/flush": "CollectionNameReq",
  "collections/compact": "CompactReq",
  "collections/get_compaction_state": "GetCompactionStateReq",
  "collections/rename": "RenameCollectionReq",
  "partitions/create": "PartitionReq",
  "partitions/drop": "PartitionReq",
  "partitions/get_stats": "PartitionReq",
  "partitions/has": "PartitionReq",
  "partitions/list": "CollectionNameReq",
  "partitions/load": "PartitionsReq",
  "partitions/release": "PartitionsReq",
  "entities/delete": "CollectionFilterReq",
  "entities/get": "CollectionIDReq",
  "entities/insert": "CollectionDataReq",
  "entities/query": "QueryReqV2",
  "entities/search": "SearchReqV2",
  "entities/upsert": "CollectionDataReq",
  "indexes/alter_properties": "IndexReqWithProperties",
  "indexes/create": "IndexParamReq",
  "indexes/describe": "IndexReq",
  "indexes/drop_properties": "DropIndexPropertiesReq",
  "indexes/drop": "IndexReq",
  "indexes/list": "CollectionNameReq",
  "aliases/alter": "AliasCollectionReq",
  "aliases/create": "AliasCollectionReq",
  "aliases/describe": "AliasReq",
  "aliases/drop": "AliasReq",
  "aliases/list": "OptionalCollectionNameReq",
  "jobs/import/list": "OptionalCollectionNameReq",
  "resource_groups/describe": "ResourceGroupReq",
  "resource_groups/list": "EmptyReq",
};

/**
 * Turns a body into the request of an operation: keys matched without regard to case, unknown keys dropped,
 * `null` and `undefined` taken as absent.
 *
 * @param body a losslessly read JSON value (large integers as bigint, `1.0` as JsonDouble), or plain values in process
 * @throws MalformedRequest for a value of the wrong JSON type, MissingParameters for an absent required field
 */
export function decodeRequest<Path extends OperationPath>(path: Path, body: unknown): RequestOf<Path> {
  return decodeShape(contract[path].request as RequestShape<RequestOf<Path>>, body, requestTypes[path]);
}

/** The same for any shape; `type` is the name of the request in messages. */
export function decodeShape<Req>(shape: RequestShape<Req>, body: unknown, type: string): Req {
  if (jsonKind(body) !== "object") {
    if (body === null || body === undefined) return required(shape, {}, type);
    throw failure("MalformedRequest", {
      detail: `json: cannot unmarshal ${jsonKind(body)} into Go value of type httpserver.${type}`,
    });
  }
  return required(shape, decodeObject(shape, body as object, type), type);
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
    if (field.unless !== undefined && decoded[field.unless] !== undefined) continue;
    if (field.required === true && (value === undefined || value === "")) {
      const label = labelOf(key);
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
    decoded[key] = decodeValue(field, part, `${path}.${key}`);
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

/** The field's name in the server's messages. */
function labelOf(key: string): string {
  return key === "id" ? "ID" : key.charAt(0).toUpperCase() + key.slice(1);
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

function decodeValue({ kind, unbounded }: RequestField, value: unknown, path: string): unknown {
  const json = jsonKind(value);
  switch (kind) {
    case "any":
      return value;
    case "int":
      if (unbounded === true && value === Number.POSITIVE_INFINITY) return value;
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
