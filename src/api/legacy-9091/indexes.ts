import type { IndexFacts } from "../../engine/contract/facts.js";
import { failure } from "../../errors.js";
import type { Fields } from "../fields.js";
import { parametersPair } from "../index-parameters.js";
import { jsonParameter, type LegacyCall, type LegacyEndpoint, textField, textOf } from "./call.js";
import { KEY_VALUES, keyValues, type Message } from "./decode.js";
import { INDEX_STATES } from "./wire-numbers.js";

const INDEX: Message = { db_name: "string", collection_name: "string", field_name: "string", index_name: "string" };

/** `POST /api/v1/index`: type, metric and parameters come as `extra_params`. */
export const createIndex: LegacyEndpoint = {
  message: { ...INDEX, extra_params: KEY_VALUES },
  reply: "status",
  run: async ({ fields, collection, run }) => {
    const { index_type, metric_type, params, ...extra } = keyValues(fields["extra_params"]);
    const given = { ...extra, ...jsonParameter("params", params) };
    await run("indexes/create", {
      ...collection,
      indexParams: [
        {
          fieldName: textField(fields, "field_name"),
          indexName: textField(fields, "index_name"),
          indexType: textOf(index_type),
          metricType: textOf(metric_type),
          ...(Object.keys(given).length > 0 && { params: given }),
        },
      ],
    });
    return undefined;
  },
};

/** `GET /api/v1/index` */
export const describeIndex: LegacyEndpoint = {
  message: INDEX,
  reply: "data",
  run: async (call) => ({ index_descriptions: (await selected(call)).map(encodeIndex) }),
};

/** `GET /api/v1/index/state`: the least advanced state of the indexes asked for. */
export const indexState: LegacyEndpoint = {
  message: INDEX,
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
  message: INDEX,
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
  message: INDEX,
  reply: "status",
  run: async ({ fields, collection, look, run }) => {
    const indexName = textField(fields, "index_name");
    const fieldName = textField(fields, "field_name");
    // Neither of them names nothing here.
    if (indexName === "" && fieldName === "") await look("indexes/drop", "collections/describe", collection);
    else await run("indexes/drop", { ...collection, ...(indexName === "" ? { fieldName } : { indexName }) });
    return undefined;
  },
};

async function all({ collection, reply }: LegacyCall): Promise<readonly IndexFacts[]> {
  return (await reply("indexes/list", collection)).facts ?? [];
}

/** The indexes that a request names by index or field; all without a name. @throws IndexNotFound, IndexMissing */
async function selected(call: LegacyCall): Promise<readonly IndexFacts[]> {
  const name = textField(call.fields, "index_name");
  const field = textField(call.fields, "field_name");
  const chosen = (await all(call)).filter(
    (index) => (name === "" || index.indexName === name) && (field === "" || index.fieldName === field),
  );
  if (chosen.length > 0) return chosen;
  throw name === ""
    ? failure("IndexMissing", { collection: call.collection.collectionName })
    : failure("IndexNotFound", { index: name });
}

function encodeIndex(index: IndexFacts): Fields {
  return {
    index_name: index.indexName,
    indexID: index.id,
    field_name: index.fieldName,
    params: creationPairs(index),
    indexed_rows: index.indexedRows,
    total_rows: index.totalRows,
    pending_index_rows: index.pendingRows,
    state: INDEX_STATES[index.indexState] ?? 0,
    ...(index.failReason !== "" && { index_state_fail_reason: index.failReason }),
  };
}

/** The pairs that `POST /api/v1/index` was given: the build parameters in one JSON text, settings of storage each by itself. */
function creationPairs({ metricType, indexType, params }: IndexFacts): Fields[] {
  const settings = params.filter(({ key }) => key.includes(".") || key === "warmup");
  return [
    ...(metricType === "" ? [] : [{ key: "metric_type", value: metricType }]),
    { key: "index_type", value: indexType },
    ...parametersPair(params.filter((pair) => !settings.includes(pair))),
    ...settings.map(({ key, value }) => ({ key, value })),
  ];
}
