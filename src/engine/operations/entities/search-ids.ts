import { failure } from "../../../errors.js";
import { termVector } from "../../../text/term-vector.js";
import { toInteger } from "../../../values/int64.js";
import { isJsonNumber, JsonDouble } from "../../../values/json-number.js";
import { shownText } from "../../../values/shown-text.js";
import type { EngineContext } from "../../context.js";
import { amongKeys, valuesByKey } from "../../entities/values-by-key.js";
import type { Collection } from "../../model/collection.js";
import { functionOf } from "../../model/functions.js";
import { MAX_RESULT_WINDOW } from "../../model/limits.js";
import { type FieldSchema, fieldByName, type PrimaryKey, primaryField } from "../../model/schema.js";
import { QUERY_CONTEXT } from "../../query/query-rows.js";
import { namedPartitions, requireLoaded } from "../../query/read-partitions.js";
import type { QueryVector } from "../../query/search-plan.js";
import { selectionOf } from "../../query/selection.js";
import { queryAnalyzer } from "./search-vectors.js";

/**
 * The query vectors of a search by keys: what the rows hold in the searched field, or the text that it is made of, in the
 * order of the keys. A row that holds nothing gives a query without hits.
 *
 * @param partitionNames where the rows must be
 * @throws SearchIdInvalid, QueryVectorCount, CollectionNotLoaded, InvalidParameter for a key that comes twice or is not there
 */
export function vectorsOfIds(
  ctx: EngineContext,
  collection: Collection,
  field: FieldSchema,
  ids: readonly unknown[],
  partitionNames: readonly string[] | undefined,
): readonly QueryVector[] {
  if (ids.length > MAX_RESULT_WINDOW) {
    throw failure("QueryVectorCount", { count: ids.length, limit: MAX_RESULT_WINDOW });
  }
  const key = primaryField(collection.schema);
  const keys = Array.from(ids, (id, index) => decodeSearchId(key, id, index));
  if (new Set(keys).size < keys.length) {
    throw failure("InvalidParameter", { text: "duplicate IDs found in search request" });
  }
  const named = namedPartitions(collection, partitionNames, "PartitionKeyQueryNames");
  const partitions = requireLoaded(ctx, collection, named, QUERY_CONTEXT);
  const table = ctx.entities.table(collection);
  const analyzer = queryAnalyzer(collection, field);
  const selection = { ...selectionOf(ctx, collection, partitions, undefined), filter: amongKeys(table, keys) };
  const held = valuesByKey(table, analyzer === undefined ? field : inputOf(collection, field), selection);
  const missing = keys.filter((id) => !held.has(String(id)));
  if (missing.length > 0) {
    throw failure("InvalidParameter", {
      text: `some of the provided primary key IDs do not exist: missing IDs = [${missing.join(" ")}]`,
    });
  }
  return keys.map((id) => {
    const value = held.get(String(id)) ?? null;
    return typeof value === "string" && analyzer !== undefined
      ? termVector(analyzer.words(value))
      : (value as QueryVector);
  });
}

/** The text field that a function makes the searched field of. */
function inputOf({ schema }: Collection, output: FieldSchema): FieldSchema {
  const input = functionOf(schema.functions, output.name)?.inputFieldNames[0];
  return fieldByName(schema, input ?? "") ?? output;
}

/** Numbers and decimal texts for Int64 keys; texts and numbers for VarChar keys. */
function decodeSearchId(key: FieldSchema, id: unknown, index: number): PrimaryKey {
  const refuse = (detail: string) => failure("SearchIdInvalid", { detail });
  const number = isJsonNumber(id);
  if (key.type === "VarChar") {
    if (!number && typeof id !== "string")
      throw refuse(`invalid id type at index ${index}: expected string, got ${goType(id)}`);
    if (id === "") throw refuse(`empty string id at index ${index}`);
    return String(id).toWellFormed();
  }
  if (!number && typeof id !== "string")
    throw refuse(`invalid id type at index ${index}: expected int64, got ${goType(id)}`);
  const integer = toInteger(id instanceof JsonDouble ? Number(id) : id, "Int64");
  if (integer !== undefined) return BigInt(integer);
  throw refuse(
    number
      ? `invalid int64 id at index ${index}: ${shownText(id)} has fractional part`
      : `invalid int64 id at index ${index}: ${id}, error: strconv.ParseInt: parsing ${shownText(id)}: invalid syntax`,
  );
}

/** What the server calls the kind of a JSON value. */
function goType(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "boolean") return "bool";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}
