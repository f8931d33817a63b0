import type { OperationPath } from "../../../engine/contract/table.js";
import { failure, isElanusError } from "../../../errors.js";
import { defined, type Fields, isObject } from "../../fields.js";
import {
  cloudCollection,
  cloudCollectionError,
  type DescribedCollection,
  type Endpoint,
  primaryFieldOf,
  typeParam,
  type V1Call,
} from "./call.js";
import { cloudFailure } from "./cloud-errors.js";
import { cloudFields, requireAll, requireCollectionName, serverFields } from "./decode.js";
import { checkIds } from "./ids.js";
import { checkRows, cloudRows } from "./rows.js";

const NAMED = { dbName: "string", collectionName: "string" } as const;
// `partitionName(s)` of later documents are ignored, as by the server: v1 has no partitions.
const WRITE = { ...NAMED, data: "rows" } as const;
const GET = { ...NAMED, id: "id", outputFields: "strings" } as const;
const QUERY = { ...NAMED, filter: "string", outputFields: "strings", limit: "int", offset: "int" } as const;
const SEARCH = { ...QUERY, vector: "array", params: "object" } as const;

/** The hosted service's bounds. */
const MAX_LIMIT = 100;
const MAX_WINDOW = 16384;

/** `POST /v1/vector/insert`, `/upsert` */
export const insertServer: Endpoint = (v1) => writeServer(v1, "entities/insert");
export const upsertServer: Endpoint = (v1) => writeServer(v1, "entities/upsert");
export const insertCloud: Endpoint = (v1) => writeCloud(v1, "entities/insert");
export const upsertCloud: Endpoint = (v1) => writeCloud(v1, "entities/upsert");

type WritePath = "entities/insert" | "entities/upsert";

async function writeServer(v1: V1Call, path: WritePath): Promise<unknown> {
  const fields = serverFields(v1.call.body, WRITE);
  requireAll(fields, ["collectionName", "data"]);
  if (path === "entities/upsert") refuseAutoId(await v1.describe(fields, path));
  return v1.data(path, fields);
}

async function writeCloud(v1: V1Call, path: WritePath): Promise<unknown> {
  const insert = path === "entities/insert";
  // What is wrong with `data` has codes of its own.
  const { data, ...fields } = cloudFields(
    v1.call.body,
    { ...WRITE, data: "any" },
    insert ? 90131 : 90148,
    insert ? 90139 : 90149,
  );
  requireCollectionName(fields);
  const rows = cloudRows(data, insert);
  const collection = await cloudCollection(v1, fields, path);
  if (!insert) refuseAutoId(collection);
  checkRows(rows, collection);
  try {
    return await v1.data(path, { ...fields, data: rows });
  } catch (error) {
    throw cloudCollectionError(error, fields);
  }
}

function refuseAutoId(collection: DescribedCollection): void {
  if (!primaryFieldOf(collection).autoId) return;
  throw failure("ParameterMismatch", {
    text: "cannot upsert an autoID collection",
    expected: "autoID: false",
    actual: "autoID: true",
  });
}

/** `POST /v1/vector/get` */
export const getServer: Endpoint = (v1) => {
  const fields = serverFields(v1.call.body, GET);
  requireAll(fields, ["collectionName"]);
  if (fields["id"] === undefined) throw failure("MissingV1Parameters", { required: ["collectionName", "id"] });
  return v1.data("entities/get", fields);
};

export const getCloud: Endpoint = async (v1) => {
  const fields = cloudFields(v1.call.body, GET, 90133);
  requireCollectionName(fields);
  const id = fields["id"];
  if (id === undefined) throw cloudFailure(90124);
  if (Array.isArray(id) && id.length > 100) throw cloudFailure(90140);
  const collection = await cloudCollection(v1, fields, "entities/get");
  checkIds(id, primaryFieldOf(collection));
  checkOutputFields(fields, collection);
  return v1.data("entities/get", fields);
};

/** `POST /v1/vector/query` */
export const queryServer: Endpoint = (v1) => {
  const fields = serverFields(v1.call.body, QUERY);
  requireAll(fields, ["collectionName", "filter"]);
  return v1.data("entities/query", fields);
};

export const queryCloud: Endpoint = async (v1) => {
  const fields = cloudFields(v1.call.body, QUERY, 90134);
  requireCollectionName(fields);
  if (((fields["filter"] as string | undefined) ?? "").trim() === "") throw cloudFailure(90110);
  checkWindow(fields);
  checkOutputFields(fields, await cloudCollection(v1, fields, "entities/query"));
  return filtered(v1, "entities/query", fields);
};

/** `POST /v1/vector/search` */
export const searchServer: Endpoint = (v1) => {
  const fields = serverFields(v1.call.body, SEARCH);
  requireAll(fields, ["collectionName", "vector"]);
  return v1.data("entities/search", searchRequest(fields));
};

export const searchCloud: Endpoint = async (v1) => {
  const fields = cloudFields(v1.call.body, SEARCH, 90135);
  requireCollectionName(fields);
  if (fields["vector"] === undefined) throw cloudFailure(90125);
  checkWindow(fields);
  const request = searchRequest(fields);
  const collection = await cloudCollection(v1, fields, "entities/search");
  checkVector(fields["vector"] as ArrayLike<unknown>, collection);
  checkOutputFields(fields, collection);
  return filtered(v1, "entities/search", request);
};

function searchRequest(fields: Fields): Fields {
  const { vector, params, ...rest } = fields;
  const range = isObject(params) ? params : {};
  if (range["range_filter"] !== undefined && range["radius"] === undefined) {
    throw failure("MalformedRequest", { detail: "invalid search params" });
  }
  const { radius, range_filter } = range;
  return {
    ...rest,
    data: [vector],
    ...(radius !== undefined && { searchParams: { params: defined({ radius, range_filter }) } }),
  };
}

/** @throws 90004, 90005, 90126 */
function checkWindow(fields: Fields): void {
  const limit = (fields["limit"] as number | undefined) ?? MAX_LIMIT;
  const offset = (fields["offset"] as number | undefined) ?? 0;
  if (limit < 1 || limit > MAX_LIMIT) throw cloudFailure(90004);
  if (offset < 0) throw cloudFailure(90005);
  if (limit + offset > MAX_WINDOW) throw cloudFailure(90126);
}

/** @throws 90002 */
function checkOutputFields(fields: Fields, collection: DescribedCollection): void {
  if (collection.enableDynamicField) return;
  for (const name of (fields["outputFields"] as readonly string[] | undefined) ?? []) {
    if (name === "*" || /^\s*count\(\*\)\s*$/i.test(name)) continue;
    if (!collection.fields.some((field) => field.name === name)) {
      throw cloudFailure(90002, name, collection.collectionName);
    }
  }
}

/** @throws 90007. A collection with several vector fields is the operation's to refuse. */
function checkVector(vector: ArrayLike<unknown>, collection: DescribedCollection): void {
  const [field, another] = collection.fields.filter((f) => f.type.endsWith("Vector"));
  const dimension = field === undefined || another !== undefined ? undefined : typeParam(field, "dim");
  if (field?.type === "FloatVector" && dimension !== undefined && vector.length !== Number(dimension)) {
    throw cloudFailure(90007, field.name, String(vector.length), dimension);
  }
}

/** Runs an operation that takes a filter. @throws 90003 */
async function filtered(v1: V1Call, path: OperationPath, request: Fields): Promise<unknown> {
  try {
    return await v1.data(path, request);
  } catch (error) {
    const badFilter = isElanusError(error, "InvalidExpression") || isElanusError(error, "NotAPredicate");
    throw badFilter ? cloudFailure(90003) : cloudCollectionError(error, request);
  }
}
