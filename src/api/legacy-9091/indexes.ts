import type { IndexState } from "../../engine/contract/indexes.js";
import { failure } from "../../errors.js";
import type { Fields, Shape } from "../fields.js";
import { jsonParameter, keyValuePairs, type LegacyCall, type LegacyEndpoint } from "./call.js";
import { INDEX_STATES } from "./wire-numbers.js";

const INDEX: Shape = { db_name: "string", collection_name: "string", field_name: "string", index_name: "string" };

/** `POST /api/v1/index`: type, metric and parameters come as `extra_params`. */
export const createIndex: LegacyEndpoint = {
  shape: { ...INDEX, extra_params: "array" },
  reply: "status",
  run: async ({ fields, collection, run }) => {
    const { index_type, metric_type, params, ...extra } = keyValuePairs(fields["extra_params"]);
    const given = { ...extra, ...jsonParameter("params", params) };
    await run("indexes/create", {
      ...collection,
      indexParams: [
        {
          fieldName: fields["field_name"],
          indexName: fields["index_name"],
          indexType: index_type,
          metricType: metric_type,
          ...(Object.keys(given).length > 0 && { params: given }),
        },
      ],
    });
    return undefined;
  },
};

/** `GET /api/v1/index` */
export const describeIndex: LegacyEndpoint = {
  shape: INDEX,
  reply: "data",
  run: async (call) => ({ index_descriptions: (await selected(call)).map(encodeIndex) }),
};

/** `GET /api/v1/index/state`: the least advanced state of the indexes asked for. */
export const indexState: LegacyEndpoint = {
  shape: INDEX,
  reply: "data",
  run: async (call) => {
    const indexes = await selected(call);
    const failed = indexes.find((index) => index.indexState === "Failed");
    if (failed !== undefined) return { state: INDEX_STATES["Failed"], fail_reason: failed.failReason };
    return { state: Math.min(...indexes.map((index) => INDEX_STATES[index.indexState] ?? 0)) };
  },
};

/** `GET /api/v1/index/progress` */
export const indexProgress: LegacyEndpoint = {
  shape: INDEX,
  reply: "data",
  run: async (call) => {
    const indexes = await selected(call);
    return {
      indexed_rows: Math.min(...indexes.map((index) => index.indexedRows)),
      total_rows: Math.max(...indexes.map((index) => index.totalRows)),
    };
  },
};

/** `DELETE /api/v1/index`, by name or by field. One that does not exist is gone already. */
export const dropIndex: LegacyEndpoint = {
  shape: INDEX,
  reply: "status",
  run: async (call) => {
    const { fields, collection, run } = call;
    const names =
      fields["index_name"] === undefined || fields["index_name"] === ""
        ? (await all(call)).filter((index) => index.fieldName === fields["field_name"]).map((index) => index.indexName)
        : [fields["index_name"]];
    for (const indexName of names) await run("indexes/drop", { ...collection, indexName });
    return undefined;
  },
};

async function all({ collection, run }: LegacyCall): Promise<readonly IndexState[]> {
  const names = (await run("indexes/list", collection)) as readonly string[];
  const indexes: IndexState[] = [];
  for (const indexName of names) {
    indexes.push(...((await run("indexes/describe", { ...collection, indexName })) as readonly IndexState[]));
  }
  return indexes;
}

/** The indexes that a request names by index or field; all without a name. @throws IndexNotFound, IndexMissing */
async function selected(call: LegacyCall): Promise<readonly IndexState[]> {
  const { index_name: name, field_name: field } = call.fields;
  const chosen = (await all(call)).filter(
    (index) => (!name || index.indexName === name) && (!field || index.fieldName === field),
  );
  if (chosen.length > 0) return chosen;
  throw name
    ? failure("IndexNotFound", { index: String(name) })
    : failure("IndexMissing", { collection: String(call.collection.collectionName) });
}

function encodeIndex(index: IndexState): Fields {
  return {
    index_name: index.indexName,
    field_name: index.fieldName,
    params: [
      { key: "index_type", value: index.indexType },
      ...(index.metricType === "" ? [] : [{ key: "metric_type", value: index.metricType }]),
    ],
    indexed_rows: index.indexedRows,
    total_rows: index.totalRows,
    pending_index_rows: index.pendingRows,
    state: INDEX_STATES[index.indexState] ?? 0,
    ...(index.failReason !== "" && { index_state_fail_reason: index.failReason }),
  };
}
