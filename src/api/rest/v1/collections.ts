import { failure, isElanusError } from "../../../errors.js";
import type { Fields } from "../../fields.js";
import { cloudCollection, type Endpoint, type V1Call } from "./call.js";
import { cloudFailure } from "./cloud-errors.js";
import { cloudFields, queryFields, requireAll, requireCollectionName, serverFields } from "./decode.js";
import { encodeCollection } from "./encode.js";

const LIST = { dbName: "string" } as const;
const NAMED = { dbName: "string", collectionName: "string" } as const;
const CREATE = {
  ...NAMED,
  dimension: "int",
  metricType: "string",
  primaryField: "string",
  vectorField: "string",
  description: "string",
  enableDynamicField: "bool",
} as const;

const MAX_DESCRIPTION_LENGTH = 4096;
const METRICS: ReadonlySet<string> = new Set(["L2", "IP", "COSINE"]);
/** The name v1 gives the index of every collection it creates. */
const INDEX_NAME = "vector_idx";

/** `GET /v1/vector/collections` */
export const listCollections: Endpoint = (v1) => v1.data("collections/list", queryFields(v1.call, LIST));

/** `GET /v1/vector/collections/describe` */
export const describeServer: Endpoint = async (v1) => {
  const fields = queryFields(v1.call, NAMED);
  requireAll(fields, ["collectionName"]);
  return encodeCollection(await v1.describe(fields, "collections/describe"));
};

export const describeCloud: Endpoint = async (v1) => {
  const fields = queryFields(v1.call, NAMED);
  requireCollectionName(fields);
  return encodeCollection(await cloudCollection(v1, fields, "collections/describe"));
};

/** `POST /v1/vector/collections/create` */
export const createServer: Endpoint = async (v1) => {
  const fields = serverFields(v1.call.body, CREATE);
  requireAll(fields, ["collectionName", "dimension"]);
  return create(v1, fields);
};

export const createCloud: Endpoint = async (v1) => {
  const fields = cloudFields(v1.call.body, CREATE, 90136);
  requireCollectionName(fields);
  const dimension = fields["dimension"] as number | undefined;
  if (dimension === undefined) throw cloudFailure(90122);
  if (dimension < 2 || dimension > 32768) throw cloudFailure(90025);
  const metric = fields["metricType"] as string | undefined;
  if (metric !== undefined && metric !== "" && !METRICS.has(metric.toUpperCase())) throw cloudFailure(90027);
  if (((fields["description"] as string | undefined) ?? "").length > MAX_DESCRIPTION_LENGTH) throw cloudFailure(90014);
  try {
    return await create(v1, fields);
  } catch (error) {
    throw isElanusError(error, "CollectionExists") ? cloudFailure(90106) : error;
  }
};

/** A v1 collection: an Int64 key that numbers itself, one vector, one index, loaded at once. */
async function create(v1: V1Call, fields: Fields): Promise<unknown> {
  const vectorField = fields["vectorField"] || "vector";
  await v1.execute("collections/create", {
    dbName: fields["dbName"],
    collectionName: fields["collectionName"],
    description: fields["description"],
    schema: {
      autoID: true,
      enableDynamicField: fields["enableDynamicField"] ?? true,
      fields: [
        { fieldName: fields["primaryField"] || "id", dataType: "Int64", isPrimary: true },
        { fieldName: vectorField, dataType: "FloatVector", elementTypeParams: { dim: fields["dimension"] } },
      ],
    },
    indexParams: [
      {
        fieldName: vectorField,
        indexName: INDEX_NAME,
        indexType: "AUTOINDEX",
        metricType: fields["metricType"] || "L2",
      },
    ],
  });
  return {};
}

/** `POST /v1/vector/collections/drop`. Differs from v2: a missing collection is an error. */
export const dropServer: Endpoint = async (v1) => {
  const fields = serverFields(v1.call.body, NAMED);
  requireAll(fields, ["collectionName"]);
  try {
    await v1.describe(fields, "collections/drop");
  } catch (error) {
    if (!isElanusError(error, "CollectionNotFound") && !isElanusError(error, "CollectionMissing")) throw error;
    const database = fields["dbName"] || error.details["database"] || "default";
    throw failure("V1CollectionNotFound", { database: String(database), collection: String(fields["collectionName"]) });
  }
  return v1.data("collections/drop", fields);
};

export const dropCloud: Endpoint = async (v1) => {
  const fields = cloudFields(v1.call.body, NAMED, 90138);
  requireCollectionName(fields);
  await cloudCollection(v1, fields, "collections/drop");
  return v1.data("collections/drop", fields);
};
