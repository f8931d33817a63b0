import type { RecordBatch, SearchHits } from "../../engine/contract/column.js";
import { failure } from "../../errors.js";
import { shortestFloat } from "../../values/float32.js";
import { type DescribedCollection, primaryFieldOf } from "../rest/v1/call.js";
import { keysOfFilter } from "../rest/v1/key-filter.js";
import { jsonParameter, type LegacyCall, type LegacyEndpoint } from "./call.js";
import { encodeColumns, encodeIds, rowsOfColumns } from "./columns.js";
import { KEY_VALUES, keyValues, type Message } from "./decode.js";

const COLLECTION: Message = { db_name: "string", collection_name: "string" };

/** `POST /api/v1/entities`: column data. */
export const insertEntities: LegacyEndpoint = {
  message: { ...COLLECTION, partition_name: "string", fields_data: "array", num_rows: "int" },
  reply: "data",
  run: async (call) => {
    const { fields, collection, run } = call;
    const described = await describe(call);
    const data = rowsOfColumns(fields["fields_data"], fields["num_rows"] as number | undefined, described);
    const inserted = (await run("entities/insert", {
      ...collection,
      partitionName: fields["partition_name"] || undefined,
      data,
    })) as { insertCount: number; insertIds: readonly unknown[] };
    return {
      IDs: encodeIds(inserted.insertIds, primaryFieldOf(described).type),
      succ_index: inserted.insertIds.map((_, i) => i),
      insert_cnt: inserted.insertCount,
      timestamp: hybridTimestamp(),
    };
  },
};

/** `DELETE /api/v1/entities`. The keys that a key filter lists are shown, as on the server. */
export const deleteEntities: LegacyEndpoint = {
  message: { ...COLLECTION, partition_name: "string", expr: "string" },
  reply: "data",
  run: async (call) => {
    const { fields, collection, run } = call;
    const primary = primaryFieldOf(await describe(call));
    const deleted = (await run("entities/delete", {
      ...collection,
      partitionName: fields["partition_name"] || undefined,
      filter: fields["expr"],
    })) as { deleteCount: number };
    return {
      IDs: encodeIds(keysOfFilter(String(fields["expr"]), primary.name), primary.type),
      delete_cnt: deleted.deleteCount,
      timestamp: hybridTimestamp(),
    };
  },
};

/** `POST /api/v1/query` */
export const queryEntities: LegacyEndpoint = {
  message: {
    ...COLLECTION,
    partition_names: "strings",
    expr: "string",
    output_fields: "strings",
    query_params: KEY_VALUES,
  },
  reply: "data",
  run: async (call) => {
    const { fields, collection, run } = call;
    const described = await describe(call);
    const { limit, offset } = keyValues(fields["query_params"]);
    const names = (fields["output_fields"] as readonly string[] | undefined) ?? [];
    const primary = primaryFieldOf(described);
    const batch = (await run("entities/query", {
      ...collection,
      filter: fields["expr"],
      // The primary key is always among the columns; without names it is the only one.
      outputFields: names.length === 0 ? [primary.name] : names,
      partitionNames: fields["partition_names"],
      // Zero: as many as there are, up to the server's window.
      limit: integerParameter("limit", limit) ?? 0,
      offset: integerParameter("offset", offset),
    })) as RecordBatch;
    return {
      fields_data: encodeColumns(batch),
      collection_name: described.collectionName,
      output_fields: batch.outputFields,
    };
  },
};

/** `POST /api/v1/search` */
export const searchEntities: LegacyEndpoint = {
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
    const { fields, collection, run } = call;
    const { anns_field, topk, params, metric_type, round_decimal, offset } = keyValues(fields["search_params"]);
    const limit = integerParameter("topk", topk);
    if (limit === undefined) throw failure("InvalidParameter", { text: "topk not found in search_params" });
    const described = await describe(call);
    const [vectors = []] = [fields["vectors"], fields["binary_vectors"]].filter(
      (list): list is readonly unknown[] => Array.isArray(list) && list.length > 0,
    );
    const names = (fields["output_fields"] as readonly string[] | undefined) ?? [];
    const hits = (await run("entities/search", {
      ...collection,
      data: vectors,
      annsField: anns_field || undefined,
      filter: fields["dsl"],
      limit,
      offset: integerParameter("offset", offset),
      outputFields: names,
      partitionNames: fields["partition_names"],
      searchParams: {
        ...(metric_type !== undefined && metric_type !== "" && { metric_type }),
        ...(round_decimal !== undefined && round_decimal !== "" && { round_decimal }),
        params: jsonParameter("params", params) ?? {},
      },
    })) as SearchHits;
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

async function describe({ collection, run }: LegacyCall): Promise<DescribedCollection> {
  return (await run("collections/describe", collection)) as DescribedCollection;
}

/** Parameters come as text; numbers are tolerated. @throws InvalidParameter */
function integerParameter(name: string, value: unknown): number | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  if (/^[+-]?\d+$/.test(String(value))) return Number(value);
  throw failure("InvalidParameter", { text: `${name} [${String(value)}] is invalid` });
}

/** The server's time stamps: milliseconds in the upper bits, a counter (always 0) in the lower 18. */
function hybridTimestamp(): bigint {
  return BigInt(Date.now()) << 18n;
}
