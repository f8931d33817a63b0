import { MilvusClient } from "@zilliz/milvus2-sdk-node";

/** Calls over gRPC: each client is an official one with connections of its own. Replies have the shape of REST. */
export function createGrpcCaller(url) {
  const clients = [];
  return {
    connect() {
      const client = new MilvusClient({ address: new URL(url).host, logLevel: "error" });
      clients.push(client);
      return async (path, body) => {
        await client.connectPromise;
        return CALLS[path](client, body);
      };
    },
    close: () => Promise.all(clients.map((client) => client.closeConnection())),
  };
}

/** What REST says as `{ code, message, data }`. */
const replied = (status, data) => ({
  code: status.code,
  message: status.reason,
  data: status.code === 0 ? data : undefined,
});

const target = ({ collectionName, partitionName, partitionNames }) => ({
  collection_name: collectionName,
  ...(partitionName !== undefined && { partition_name: partitionName }),
  ...(partitionNames !== undefined && { partition_names: partitionNames }),
});

const row = ({ id, "count(*)": count, score, ...fields }) => ({
  ...fields,
  ...(id !== undefined && { id: Number(id) }),
  ...(score !== undefined && { distance: score }),
  ...(count !== undefined && { "count(*)": Number(count) }),
});

const simple = (method) => async (client, body) => replied(await client[method](target(body)), {});

const write = (method) => async (client, body) =>
  replied((await client[method]({ ...target(body), data: body.data })).status, {});

const read = async (client, body) => {
  const { status, data } = await client.query({
    ...target(body),
    ...(body.filter !== undefined && { filter: body.filter }),
    ...(body.limit !== undefined && { limit: body.limit }),
    output_fields: body.outputFields,
  });
  return replied(status, data?.map(row));
};

const CALLS = {
  async "collections/create"(client, { collectionName, schema, indexParams: [index] }) {
    const made = await client.createCollection({
      collection_name: collectionName,
      fields: schema.fields.map(({ fieldName, dataType, isPrimary, elementTypeParams }) => ({
        name: fieldName,
        data_type: dataType,
        is_primary_key: isPrimary === true,
        ...elementTypeParams,
      })),
    });
    if (made.code !== 0) return replied(made);
    const indexed = await client.createIndex({
      collection_name: collectionName,
      field_name: index.fieldName,
      index_type: index.indexType,
      metric_type: index.metricType,
    });
    if (indexed.code !== 0) return replied(indexed);
    return replied(await client.loadCollectionSync({ collection_name: collectionName }), {});
  },
  // Without waiting: another client may release it meanwhile, which the official wait takes for an error.
  "collections/load": simple("loadCollectionAsync"),
  "collections/release": simple("releaseCollection"),
  "partitions/create": simple("createPartition"),
  "partitions/drop": simple("dropPartition"),
  "partitions/load": simple("loadPartitions"),
  "partitions/release": simple("releasePartitions"),
  "entities/insert": write("insert"),
  "entities/upsert": write("upsert"),
  async "entities/delete"(client, body) {
    const which = body.id === undefined ? { filter: body.filter } : { ids: body.id };
    const { status, delete_cnt } = await client.delete({ ...target(body), ...which });
    return replied(status, { deleteCount: Number(delete_cnt) });
  },
  async "entities/search"(client, body) {
    const { status, results } = await client.search({
      ...target(body),
      data: body.data[0],
      limit: body.limit,
      output_fields: ["id", ...(body.outputFields ?? [])],
      ...(body.filter !== undefined && { filter: body.filter }),
    });
    return replied(status, results?.map(row));
  },
  "entities/query": read,
  "entities/get": (client, { id, ...body }) => read(client, { ...body, filter: `id == ${id}` }),
};
