import type { CollectionDescription } from "../../engine/contract/collections.js";
import { failure } from "../../errors.js";
import { now } from "../../values/clock.js";
import { shortestFloat } from "../../values/float32.js";
import { hybridTime } from "../../values/hybrid-time.js";
import type { Fields } from "../fields.js";
import { keysOfFilter } from "../rest/v1/key-filter.js";
import {
  jsonParameter,
  type LegacyCall,
  type LegacyEndpoint,
  numberField,
  textField,
  textOf,
  textsField,
} from "./call.js";
import { encodeColumns, encodeIds, FIELD_DATA, inputColumns } from "./columns.js";
import { KEY_VALUES, keyValues, type Message } from "./decode.js";

const COLLECTION: Message = { db_name: "string", collection_name: "string" };

/** `POST /api/v1/entities`: column data. */
export const insertEntities: LegacyEndpoint = {
  operation: "entities/insert",
  message: { ...COLLECTION, partition_name: "string", fields_data: { list: FIELD_DATA }, num_rows: "int" },
  reply: "data",
  failed: (fields) => ({ err_index: Array.from({ length: rowsOf(fields) }, (_, row) => row) }),
  run: async (call) => {
    const { fields, collection, look, run } = call;
    requireName(call);
    const columns = inputColumns(fields["fields_data"] as readonly Fields[], numberField(fields, "num_rows"));
    const primary = primaryOf((await look("entities/insert", "collections/describe", collection)).data);
    const inserted = await run("entities/insert", {
      ...collection,
      partitionName: textField(fields, "partition_name"),
      columns,
    });
    return {
      IDs: encodeIds(inserted.insertIds, primary.type),
      succ_index: inserted.insertIds.map((_, i) => i),
      insert_cnt: inserted.insertCount,
      timestamp: hybridTime(now()),
    };
  },
};

/** Rows that a refused insert had, as far as it is bounded by what was sent. */
function rowsOf(fields: Fields): number {
  const columns = (fields["fields_data"] ?? []) as readonly Fields[];
  return Math.max(0, ...columns.map(({ field }) => (Array.isArray(field) ? field.length : 0)));
}

/** Insert and search look a collection up by its number, which without a name is zero. */
function requireName({ collection }: LegacyCall): void {
  if (collection.collectionName === "") throw failure("CollectionMissing", { collection: "0" });
}

/** `DELETE /api/v1/entities`. The keys that a key filter lists are shown, as on the server. */
export const deleteEntities: LegacyEndpoint = {
  operation: "entities/delete",
  message: { ...COLLECTION, partition_name: "string", expr: "string" },
  reply: "data",
  run: async ({ fields, collection, look, run }) => {
    const primary = primaryOf((await look("entities/delete", "collections/describe", collection)).data);
    const filter = textField(fields, "expr");
    const deleted = await run("entities/delete", {
      ...collection,
      partitionName: textField(fields, "partition_name"),
      filter,
    });
    return {
      IDs: encodeIds(keysOfFilter(filter, primary.name), primary.type),
      delete_cnt: deleted.deleteCount,
      timestamp: hybridTime(now()),
    };
  },
};

/** `POST /api/v1/query` */
export const queryEntities: LegacyEndpoint = {
  operation: "entities/query",
  message: {
    ...COLLECTION,
    partition_names: "strings",
    expr: "string",
    output_fields: "strings",
    query_params: KEY_VALUES,
  },
  reply: "data",
  run: async ({ fields, collection, look, run }) => {
    const described = (await look("entities/query", "collections/describe", collection)).data;
    const { limit, offset } = keyValues(fields["query_params"]);
    const names = textsField(fields, "output_fields");
    const batch = await run("entities/query", {
      ...collection,
      filter: textField(fields, "expr"),
      // The primary key is always among the columns; without names it is the only one.
      outputFields: names.length === 0 ? [primaryOf(described).name] : names,
      partitionNames: textsField(fields, "partition_names"),
      // Zero: as many as there are, up to the server's window.
      limit: integerParameter("limit", limit) ?? 0,
      offset: integerParameter("offset", offset),
    });
    return {
      fields_data: encodeColumns(batch),
      collection_name: described.collectionName,
      output_fields: batch.outputFields,
    };
  },
};

/** `POST /api/v1/search` */
export const searchEntities: LegacyEndpoint = {
  operation: "entities/search",
  message: {
    ...COLLECTION,
    partition_names: "strings",
    dsl: "string",
    dsl_type: "any",
    vectors: "array",
    binary_vectors: "array",
    output_fields: "strings",
    search_params: KEY_VALUES,
  },
  reply: "data",
  run: async (call) => {
    const { fields, collection, look, run } = call;
    requireName(call);
    const { anns_field, topk, params, metric_type, round_decimal, offset } = keyValues(fields["search_params"]);
    const limit = integerParameter("topk", topk);
    if (limit === undefined) throw failure("InvalidParameter", { text: "topk not found in search_params" });
    const described = (await look("entities/search", "collections/describe", collection)).data;
    const [vectors] = [fields["vectors"], fields["binary_vectors"]].filter(
      (list): list is readonly unknown[] => Array.isArray(list) && list.length > 0,
    );
    if (vectors === undefined) throw failure("QueryVectorsMissing");
    const hits = await run("entities/search", {
      ...collection,
      data: vectors,
      annsField: textOf(anns_field),
      filter: textField(fields, "dsl"),
      limit,
      offset: integerParameter("offset", offset),
      outputFields: textsField(fields, "output_fields"),
      partitionNames: textsField(fields, "partition_names"),
      searchParams: {
        ...(metric_type !== undefined && metric_type !== "" && { metric_type }),
        ...(round_decimal !== undefined && round_decimal !== "" && { round_decimal }),
        params: jsonParameter("params", params) ?? {},
      },
    });
    return {
      results: {
        num_queries: hits.topks.length,
        top_k: Math.max(...hits.topks),
        fields_data: encodeColumns(hits.fields),
        scores: hits.scores.map(shortestFloat),
        ids: encodeIds(hits.ids, hits.primaryKey.type),
        topks: hits.topks,
        output_fields: hits.fields.outputFields,
      },
      collection_name: described.collectionName,
    };
  },
};

function primaryOf(collection: CollectionDescription): CollectionDescription["fields"][number] {
  const field = collection.fields.find((f) => f.primaryKey);
  if (field === undefined) throw failure("Internal", { reason: "a collection without primary key" });
  return field;
}

/** Parameters come as text; numbers are tolerated. @throws InvalidParameter */
function integerParameter(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  const text = textOf(value);
  if (/^[+-]?\d+$/.test(text)) return Number(text);
  throw failure("InvalidParameter", { text: `${name} [${text}] is invalid` });
}
