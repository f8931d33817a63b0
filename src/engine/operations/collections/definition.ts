import { failure } from "../../../errors.js";
import { isJsonNumber } from "../../../values/json-number.js";
import { parameterText } from "../../../values/parameter-text.js";
import type { NewCollection } from "../../catalog/catalog.js";
import type { CreateCollectionRequest } from "../../contract/collections.js";
import { type AnalyzerFiles, withFileWords } from "../../model/analyzer-files.js";
import { CONSISTENCY_LEVELS, type ConsistencyLevel, DEFAULT_PARTITION } from "../../model/collection.js";
import { isTextType } from "../../model/data-type.js";
import type { FunctionDefinition, FunctionSchema } from "../../model/functions.js";
import { DEFAULT_PARTITION_KEY_PARTITIONS, MAX_PARTITIONS, MAX_SHARDS } from "../../model/limits.js";
import { parameterTexts } from "../../model/parameter-texts.js";
import { readFunctions } from "../../model/read-functions.js";
import { readStruct } from "../../model/read-structs.js";
import type { ServerTraits } from "../../model/server-version.js";
import { checkTextField } from "../../model/text-fields.js";
import { readBoolean, readInteger } from "../../model/types/parameters.js";
import { type NewField, readField, validateSchema } from "../../model/validate-fields.js";
import type { IndexDefinition } from "../../model/validate-index.js";
import { checkCollectionName } from "../../model/validate-names.js";
import {
  checkCollectionProperties,
  checkTtlField,
  PARTITION_KEY_ISOLATION_PROPERTY,
  TIMEZONE_PROPERTY,
  TTL_FIELD_PROPERTY,
  withTtl,
} from "../../model/validate-properties.js";
import { quickFields, quickIndex } from "./quick-definition.js";

/** A create request, checked and completed. */
export interface CollectionDefinition extends Omit<NewCollection, "name" | "databaseId"> {
  readonly indexParams: readonly IndexDefinition[];
  /** Whether the collection is loaded once it is made. */
  readonly load: boolean;
}

/** What a definition is read in. */
interface Surroundings {
  /** Whether the application serves TextEmbedding. */
  readonly embeds: boolean;
  readonly server: ServerTraits;
  /** Files that analyzers may name. */
  readonly files: AnalyzerFiles;
  /** Of the database, which a collection takes over unless it names one; undefined: UTC. */
  readonly timeZone: string | undefined;
}

/**
 * Reads a create request in either form, quick setup (no `schema.fields`) or custom schema, and checks all that can
 * be checked without the catalogue.
 *
 * @throws InvalidParameter, ParameterMismatch, ShardLimit, PartitionLimit, FieldNameInvalid, DataTypeInvalid, Unsupported
 */
export function readDefinition(
  request: CreateCollectionRequest,
  { embeds, server, files, timeZone = "UTC" }: Surroundings,
): CollectionDefinition {
  const { schema = {}, params = {}, indexParams = [] } = request;
  const definitions = schema.fields ?? [];
  const properties = readProperties(request, timeZone);
  const quick = definitions.length === 0;
  const plain = quick
    ? quickFields(request, params)
    : definitions.map((definition) =>
        withFileWords(readField(definition, schema.autoID ?? false, properties[TIMEZONE_PROPERTY]), files),
      );
  const structs = [...(schema.structFields ?? []), ...(schema.structArrayFields ?? [])].map((definition) =>
    readStruct(definition, server),
  );
  const fields = [...plain, ...structs.flatMap((struct) => struct.fields)];
  const consistencyLevel = readConsistencyLevel(request);
  const shardsNum = readShards(params.shardsNum);
  const name = checkCollectionName(request.collectionName);
  validateSchema(name, { fields, structs }, server);
  const functions = readSchemaFunctions(name, schema.functions ?? [], fields, quick, embeds);
  const hasPartitionKey = fields.some((f) => f.partitionKey);
  checkCollectionProperties(properties, hasPartitionKey, server);
  checkTtlField(fields, properties);
  return {
    description: request.description ?? "",
    schema: {
      fields: plain,
      structs,
      functions,
      dynamic: quick ? readFlag(params.enableDynamicField, true) : (schema.enableDynamicField ?? false),
    },
    shardsNum,
    consistencyLevel,
    properties,
    partitionNames: partitionNames(name, hasPartitionKey, params.partitionsNum),
    indexParams: quick ? [quickIndex(request)] : indexParams,
    load: quick || indexParams.length > 0,
  };
}

/** @throws ParameterMismatch in quick setup, and what `readFunctions` and `checkTextField` refuse */
function readSchemaFunctions(
  name: string,
  definitions: readonly FunctionDefinition[],
  fields: readonly NewField[],
  quick: boolean,
  embeds: boolean,
): readonly FunctionSchema[] {
  if (quick && definitions.length > 0) {
    throw failure("ParameterMismatch", {
      text: "functions are not supported for quickly create collection",
      expected: "schema",
      actual: "functions",
    });
  }
  const collection = { name, fields, functions: definitions };
  for (const field of fields) if (isTextType(field.type)) checkTextField(field, collection);
  return readFunctions(definitions, fields, embeds);
}

/** @throws ParameterMismatch; InvalidParameter when the two places disagree */
function readConsistencyLevel({ consistencyLevel, params }: CreateCollectionRequest): ConsistencyLevel {
  const inParams: unknown = params?.consistencyLevel;
  const value: unknown = inParams ?? consistencyLevel;
  if (inParams !== undefined && consistencyLevel !== undefined && inParams !== consistencyLevel) {
    throw failure("InvalidParameter", {
      text: "top-level consistencyLevel conflicts with params.consistencyLevel",
    });
  }
  if (value === undefined || value === "") return "Bounded";
  const level = CONSISTENCY_LEVELS.find((known) => known === value);
  if (level === undefined) throw noConsistencyLevel(parameterText(value));
  return level;
}

/** What is said of a text that is no consistency level. Throw what it returns. */
export function noConsistencyLevel(actual: string): Error {
  const names = CONSISTENCY_LEVELS.join(", ");
  return failure("ParameterMismatch", {
    text: `consistencyLevel can only be [${names}], default: Bounded`,
    expected: names,
    actual,
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
  const flag = readBoolean(text);
  if (flag !== undefined) return flag;
  throw failure("ParameterMismatch", { text: "params.enableDynamicField", expected: "bool", actual: text });
}

/** The properties of a new collection, of which some have names of their own in `params`. */
function readProperties(
  { properties, params = {} }: CreateCollectionRequest,
  timeZone: string,
): Readonly<Record<string, string>> {
  const { ttlSeconds, ttlField, partitionKeyIsolation } = params;
  const given = withTtl(parameterTexts(properties), ttlSeconds === undefined ? undefined : parameterText(ttlSeconds));
  return {
    ...given,
    ...(ttlField === undefined ? {} : { [TTL_FIELD_PROPERTY]: parameterText(ttlField) }),
    ...(partitionKeyIsolation === undefined
      ? {}
      : { [PARTITION_KEY_ISOLATION_PROPERTY]: parameterText(partitionKeyIsolation) }),
    [TIMEZONE_PROPERTY]: given[TIMEZONE_PROPERTY] ?? timeZone,
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
