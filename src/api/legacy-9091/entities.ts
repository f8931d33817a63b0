import { failure } from "../../errors.js";
import type { Shape } from "../fields.js";
import { encodeData } from "../rest/encode-data.js";
import { type DescribedCollection, primaryFieldOf } from "../rest/v1/call.js";
import { keysOfFilter } from "../rest/v1/key-filter.js";
import { jsonParameter, keyValuePairs, type LegacyCall, type LegacyEndpoint } from "./call.js";
import { columnsOfRows, encodeIds, outputFields, rowsOfColumns } from "./columns.js";

const COLLECTION: Shape = { db_name: "string", collection_name: "string" };

type Rows = readonly Readonly<Record<string, unknown>>[];

/** `POST /api/v1/entities`: column data. */
export const insertEntities: LegacyEndpoint = {
  shape: { ...COLLECTION, partition_name: "string", fields_data: "array", num_rows: "int" },
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
  shape: { ...COLLECTION, partition_name: "string", expr: "string" },
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
  shape: { ...COLLECTION, partition_names: "strings", expr: "string", output_fields: "strings", query_params: "array" },
  reply: "data",
  run: async (call) => {
    const { fields, collection, run } = call;
    const described = await describe(call);
    const { limit, offset } = keyValuePairs(fields["query_params"]);
    const names = (fields["output_fields"] as readonly string[] | undefined) ?? [];
    const primary = primaryFieldOf(described);
    const rows = (await run("entities/query", {
      ...collection,
      filter: fields["expr"],
      // The primary key is always among the columns; without names it is the only one.
      outputFields: names.length === 0 ? [primary.name] : names,
      partitionNames: fields["partition_names"],
      // Zero: as many as there are, up to the server's window.
      limit: integerParameter("limit", limit) ?? 0,
      offset: integerParameter("offset", offset),
    })) as Rows;
    const count = rows[0]?.["count(*)"];
    if (count !== undefined && names.some((name) => /^\s*count\(\*\)\s*$/i.test(name))) {
      return {
        fields_data: [
          { type: 5, field_name: "count(*)", Field: { Scalars: { Data: { LongData: { data: [count] } } } } },
        ],
        collection_name: described.collectionName,
      };
    }
    const named = outputFields(names, described);
    const outputs = named.includes(primary) ? named : [primary, ...named];
    return {
      fields_data: columnsOfRows(rows, outputs, described.enableDynamicField, new Set()),
      collection_name: described.collectionName,
    };
  },
};

/** `POST /api/v1/search` */
export const searchEntities: LegacyEndpoint = {
  shape: {
    ...COLLECTION,
    partition_names: "strings",
    dsl: "string",
    dsl_type: "any",
    vectors: "array",
    binary_vectors: "array",
    output_fields: "strings",
    search_params: "array",
  },
  reply: "data",
  run: async (call) => {
    const { fields, collection, reply } = call;
    const { anns_field, topk, params, metric_type, round_decimal, offset } = keyValuePairs(fields["search_params"]);
    const limit = integerParameter("topk", topk);
    if (limit === undefined) throw failure("InvalidParameter", { text: "topk not found in search_params" });
    const described = await describe(call);
    const vectors = (fields["vectors"] ?? fields["binary_vectors"]) as readonly unknown[] | undefined;
    const names = (fields["output_fields"] as readonly string[] | undefined) ?? [];
    const found = await reply("entities/search", {
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
        params: jsonParameter("params", params) ?? {},
      },
    });
    const rows = encodeData(found, false) as Rows;
    const primary = primaryFieldOf(described);
    const outputs = outputFields(names, described);
    const queries = vectors?.length ?? 0;
    return {
      results: {
        num_queries: queries,
        top_k: limit,
        fields_data: columnsOfRows(rows, outputs, described.enableDynamicField, new Set(["id", "distance"])),
        scores: rows.map((row) => rounded(row["distance"] as number, integerParameter("round_decimal", round_decimal))),
        ids: encodeIds(
          rows.map((row) => row["id"]),
          primary.type,
        ),
        topks: found.topks !== undefined && found.topks.length > 0 ? found.topks : new Array<number>(queries).fill(0),
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

function rounded(score: number, decimals: number | undefined): number {
  return decimals === undefined || decimals < 0 ? score : Number(score.toFixed(Math.min(decimals, 6)));
}

/** The server's time stamps: milliseconds in the upper bits, a counter (always 0) in the lower 18. */
function hybridTimestamp(): bigint {
  return BigInt(Date.now()) << 18n;
}
