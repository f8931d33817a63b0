import { failure } from "../../../errors.js";
import { isJsonNumber, parameterText } from "../../../values/json-number.js";
import type { NewCollection } from "../../catalog/catalog.js";
import {
  type CreateCollectionRequest,
  fieldShape,
  type SchemaRequest,
  schemaShape,
} from "../../contract/collections.js";
import { type ConsistencyLevel, DEFAULT_PARTITION } from "../../model/collection.js";
import { DEFAULT_PARTITION_KEY_PARTITIONS, MAX_PARTITIONS, MAX_SHARDS } from "../../model/limits.js";
import { readInteger } from "../../model/types/parameters.js";
import {
  type FieldDefinition,
  type NewField,
  parameterTexts,
  readField,
  validateSchema,
} from "../../model/validate-fields.js";
import type { IndexDefinition } from "../../model/validate-index.js";
import { checkCollectionName } from "../../model/validate-names.js";
import {
  checkCollectionProperties,
  PARTITION_KEY_ISOLATION_PROPERTY,
  TIMEZONE_PROPERTY,
  TTL_PROPERTY,
} from "../../model/validate-properties.js";
import { readIndexParams } from "../indexes/plan.js";
import { decodeNested } from "../request.js";

/** A create request, checked and completed. */
export interface CollectionDefinition extends Omit<NewCollection, "name" | "databaseId"> {
  readonly indexParams: readonly IndexDefinition[];
  /** Whether the collection is loaded once it is made. */
  readonly load: boolean;
}

const REQUEST_TYPE = "CollectionReq";

/**
 * Reads a create request in either form, quick setup (no `schema.fields`) or custom schema, and checks all that can
 * be checked without the catalogue.
 *
 * @throws MalformedRequest, InvalidParameter, ParameterMismatch, ShardLimit, PartitionLimit, FieldNameInvalid, DataTypeInvalid, Unsupported
 */
export function readDefinition(request: CreateCollectionRequest): CollectionDefinition {
  const schema = decodeNested<SchemaRequest>(schemaShape, request.schema, `${REQUEST_TYPE}.schema`);
  const params = readParams(request.params);
  const definitions = (schema.fields ?? []).map((field) =>
    decodeNested<FieldDefinition>(fieldShape, field, `${REQUEST_TYPE}.schema.fields`),
  );
  const indexParams = readIndexParams(request.indexParams, REQUEST_TYPE);
  refuseFunctions(schema.functions);
  const properties: Readonly<Record<string, string>> = {
    ...readProperties(params),
    ...parameterTexts(request.properties),
  };
  const quick = definitions.length === 0;
  const fields = quick
    ? quickFields(request, params)
    : definitions.map((definition) => readField(definition, schema.autoID ?? false, properties[TIMEZONE_PROPERTY]));
  const consistencyLevel = readConsistencyLevel(params["consistencylevel"]);
  const shardsNum = readShards(params["shardsnum"]);
  const name = checkCollectionName(request.collectionName);
  validateSchema(name, fields);
  const hasPartitionKey = fields.some((f) => f.partitionKey);
  checkCollectionProperties(properties, hasPartitionKey);
  return {
    description: request.description ?? "",
    schema: {
      fields,
      dynamic: quick ? readFlag(params["enabledynamicfield"], true) : (schema.enableDynamicField ?? false),
    },
    shardsNum,
    consistencyLevel,
    properties,
    partitionNames: partitionNames(name, hasPartitionKey, params["partitionsnum"]),
    indexParams: quick ? [quickIndex(request)] : indexParams,
    load: quick || indexParams.length > 0,
  };
}

/** `params` with lower-case keys, without nulls. */
function readParams(params: object | undefined): Readonly<Record<string, unknown>> {
  const read: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params ?? {})) {
    if (value !== null && value !== undefined) read[key.toLowerCase()] = value;
  }
  return read;
}

function refuseFunctions(functions: readonly unknown[] | undefined): void {
  const [first] = functions ?? [];
  if (first === undefined) return;
  const { type } = decodeNested<{ type?: string }>(
    { type: { kind: "string" } },
    first,
    `${REQUEST_TYPE}.schema.functions`,
  );
  throw failure("Unsupported", { what: `function type ${type ?? ""} is not supported by the embedded engine` });
}

function quickFields(request: CreateCollectionRequest, params: Readonly<Record<string, unknown>>): readonly NewField[] {
  if (request.dimension === undefined || request.dimension === 0) {
    throw failure("ParameterMismatch", {
      text: "dimension is required for quickly create collection(default metric type: COSINE)",
      expected: "collectionName & dimension",
      actual: "collectionName",
    });
  }
  const dataType = readIdType(request.idType);
  const maxLength = params["max_length"];
  return [
    readField({
      fieldName: request.primaryFieldName || "id",
      dataType,
      isPrimary: true,
      autoID: request.autoID ?? false,
      elementTypeParams: dataType === "VarChar" && maxLength !== undefined ? { max_length: maxLength } : {},
    }),
    readField({
      fieldName: request.vectorFieldName || "vector",
      dataType: "FloatVector",
      elementTypeParams: { dim: request.dimension },
    }),
  ];
}

function readIdType(idType: string | undefined): "Int64" | "VarChar" {
  switch (idType) {
    case undefined:
    case "":
    case "Int64":
    case "int64":
      return "Int64";
    case "VarChar":
    case "Varchar":
      return "VarChar";
    default:
      throw failure("ParameterMismatch", {
        text: "idType can only be [Int64, VarChar], default: Int64",
        expected: "Int64, Varchar",
        actual: idType,
      });
  }
}

function quickIndex(request: CreateCollectionRequest): IndexDefinition {
  return { fieldName: request.vectorFieldName || "vector", metricType: request.metricType || "COSINE" };
}

const consistencyLevels: readonly ConsistencyLevel[] = ["Strong", "Session", "Bounded", "Eventually", "Customized"];

function readConsistencyLevel(value: unknown): ConsistencyLevel {
  if (value === undefined || value === "") return "Bounded";
  const level = consistencyLevels.find((known) => known === value);
  if (level !== undefined) return level;
  const names = consistencyLevels.join(", ");
  throw failure("ParameterMismatch", {
    text: `consistencyLevel can only be [${names}], default: Bounded`,
    expected: names,
    actual: parameterText(value),
  });
}

/** An integer given as a number or as text. */
function readCount(name: string, value: unknown): number {
  const number = isJsonNumber(value) || typeof value === "string" ? readInteger(parameterText(value)) : undefined;
  if (number === undefined) {
    throw failure("ParameterMismatch", { text: `params.${name}`, expected: "integer", actual: parameterText(value) });
  }
  return number;
}

function readShards(value: unknown): number {
  const shards = value === undefined ? 1 : readCount("shardsNum", value);
  if (shards > MAX_SHARDS) throw failure("ShardLimit", { limit: MAX_SHARDS });
  // As on the server: nothing below one is an error, it is the default.
  return Math.max(shards, 1);
}

function readFlag(value: unknown, fallback: boolean): boolean {
  if (value === undefined) return fallback;
  const text = parameterText(value);
  if (["1", "t", "T", "TRUE", "true", "True"].includes(text)) return true;
  if (["0", "f", "F", "FALSE", "false", "False"].includes(text)) return false;
  throw failure("ParameterMismatch", { text: "params.enableDynamicField", expected: "bool", actual: text });
}

function readProperties(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const ttl = params["ttlseconds"];
  const isolation = params["partitionkeyisolation"];
  return {
    ...(ttl === undefined ? {} : { [TTL_PROPERTY]: parameterText(ttl) }),
    ...(isolation === undefined ? {} : { [PARTITION_KEY_ISOLATION_PROPERTY]: parameterText(isolation) }),
  };
}

function partitionNames(collection: string, hasPartitionKey: boolean, value: unknown): readonly string[] {
  if (!hasPartitionKey) {
    if (value !== undefined) {
      throw failure("PartitionCountWithoutKey");
    }
    return [DEFAULT_PARTITION];
  }
  const count = value === undefined ? DEFAULT_PARTITION_KEY_PARTITIONS : readCount("partitionsNum", value);
  if (count < 1) {
    throw failure("PartitionCountTooSmall");
  }
  if (count > MAX_PARTITIONS) {
    throw failure("PartitionLimit", { count, limit: MAX_PARTITIONS, collection });
  }
  return Array.from({ length: count }, (_, i) => `${DEFAULT_PARTITION}_${i}`);
}
