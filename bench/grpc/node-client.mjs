// The official Node client, and one that only sends bytes: inserts and searches beside the canned server and beside the engine
// in this process.
import { connect } from "node:http2";
import { join } from "node:path";
import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { clustered } from "../data.mjs";
import { Elanus } from "../lib/elanus.mjs";
import { median, now, quantile, round, sleep } from "../lib/measure.mjs";
import { bytes, framed, number, searchFrame, text, varint } from "../lib/protobuf.mjs";

const INSERT = { rows: 10_000, dimension: 768 };
const SEARCH = { rows: 20_000, dimension: 128, queries: 200 };
const ROUNDS = 5;

const vectorsOf = (all, dimension, from, to) =>
  Array.from({ length: to - from }, (_, i) => all.subarray((from + i) * dimension, (from + i + 1) * dimension));

async function must(promise) {
  const reply = await promise;
  const { code, reason } = reply.status ?? reply;
  if (code !== 0) throw new Error(`${code} ${reason}`);
  return reply;
}

function clientOf({ port }) {
  return new MilvusClient({ address: `127.0.0.1:${port}`, logLevel: "error" });
}

/** A collection { id, vector } with a graph, loaded. */
async function create(client, collection_name, dimension) {
  await client.connectPromise;
  await must(client.dropCollection({ collection_name }));
  await must(
    client.createCollection({
      collection_name,
      fields: [
        { name: "id", data_type: "Int64", is_primary_key: true },
        { name: "vector", data_type: "FloatVector", dim: dimension },
      ],
      index_params: [
        { field_name: "vector", index_type: "HNSW", metric_type: "L2", params: { M: 16, efConstruction: 200 } },
      ],
    }),
  );
}

/** Milliseconds of one insert of all rows, from the call to the reply, as the official client does it. */
async function insert(server, rows) {
  const client = clientOf(server);
  await create(client, "insert", INSERT.dimension);
  await client.describeCollection({ collection_name: "insert" });
  const start = now();
  await must(client.insert({ collection_name: "insert", data: rows }));
  const took = now() - start;
  // No graph is built behind what is measured next.
  await must(client.dropCollection({ collection_name: "insert" }));
  await client.closeConnection();
  return took;
}

async function fillForSearch(server, vectors) {
  const client = clientOf(server);
  await create(client, "search", SEARCH.dimension);
  for (let from = 0; from < SEARCH.rows; from += 5000) {
    const data = vectors.slice(from, from + 5000).map((vector, i) => ({ id: from + i, vector: Array.from(vector) }));
    await must(client.insert({ collection_name: "search", data }));
  }
  for (;;) {
    const { index_descriptions } = await must(client.describeIndex({ collection_name: "search" }));
    if (Number(index_descriptions[0].pending_index_rows) === 0) break;
    await sleep(50);
  }
  await client.closeConnection();
}

/** Milliseconds of a search. */
async function search(client, data) {
  const start = now();
  await must(client.search({ collection_name: "search", data, limit: 10, params: { ef: 64 }, output_fields: ["id"] }));
  return now() - start;
}

/** A client that sends bytes which lie ready, and looks at nothing that comes back. */
const openSession = ({ port }) => connect(`http://127.0.0.1:${port}`);

function openCall(session, rpc) {
  const path = `/milvus.proto.milvus.MilvusService/${rpc}`;
  return session.request({ ":method": "POST", ":path": path, "content-type": "application/grpc", te: "trailers" });
}

/** Milliseconds of a search whose message lies ready. */
async function sendSearch(session, frame) {
  const start = now();
  const stream = openCall(session, "Search");
  stream.end(frame);
  for await (const _ of stream);
  return now() - start;
}

/** Milliseconds from the last byte of a message that lies ready to the reply. */
async function lastByteToReply(server, frame) {
  const session = openSession(server);
  const stream = openCall(session, "Insert");
  stream.write(frame.subarray(0, frame.length - 1));
  await sleep(400);
  const start = now();
  stream.end(frame.subarray(frame.length - 1));
  let bytes = 0;
  for await (const chunk of stream) bytes += chunk.length;
  const took = now() - start;
  if (bytes < INSERT.rows) throw new Error("the insert failed");
  await new Promise((resolve) => session.close(resolve));
  return took;
}

function insertFrame(all) {
  const ids = Buffer.concat(Array.from({ length: INSERT.rows }, (_, i) => varint(i)));
  const floats = Buffer.from(all.buffer, all.byteOffset, INSERT.rows * INSERT.dimension * 4);
  const message = Buffer.concat([
    text(3, "insert"),
    bytes(5, Buffer.concat([number(1, 5), text(2, "id"), bytes(3, bytes(3, bytes(1, ids)))])),
    bytes(
      5,
      Buffer.concat([
        number(1, 101),
        text(2, "vector"),
        bytes(4, Buffer.concat([number(1, INSERT.dimension), bytes(2, bytes(1, floats))])),
      ]),
    ),
    number(7, INSERT.rows),
  ]);
  return framed(message);
}

/** The same rows inserted through the public API of this process, into a file of its own. */
async function inProcess(db, rows) {
  const fields = [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: INSERT.dimension } },
  ];
  await db.collections.create({
    collectionName: "insert",
    schema: { fields },
    indexParams: [{ fieldName: "vector", indexType: "HNSW", metricType: "L2", params: { M: 16, efConstruction: 200 } }],
  });
  const start = now();
  await db.entities.insert({ collectionName: "insert", data: rows });
  const took = now() - start;
  await db.collections.drop({ collectionName: "insert" });
  return took;
}

export async function measureNode(elanus, canned, folder) {
  const { base } = clustered(INSERT.rows, 1, INSERT.dimension, 7);
  const vectors = vectorsOf(base, INSERT.dimension, 0, INSERT.rows);
  const lists = vectors.map((vector, id) => ({ id, vector: Array.from(vector) }));
  const arrays = vectors.map((vector, id) => ({ id, vector }));
  const set = clustered(SEARCH.rows, SEARCH.queries, SEARCH.dimension, 1001);
  const queries = vectorsOf(set.queries, SEARCH.dimension, 0, SEARCH.queries).map((query) => Array.from(query));
  await insert(canned, lists);
  await fillForSearch(canned, vectorsOf(set.base, SEARCH.dimension, 0, SEARCH.rows));
  const [toCanned, toElanus] = [clientOf(canned), clientOf(elanus)];
  await search(toCanned, queries[0]);
  await canned.replay();

  const inserts = { canned: [], elanus: [] };
  const replies = { afterLastByte: [], inProcess: [] };
  const searches = { canned: [], elanus: [] };
  const frame = insertFrame(base);
  const db = await Elanus.open(join(folder, "in-process.db"));
  const toCreate = clientOf(elanus);
  for (let round = 0; round < ROUNDS; round++) {
    inserts.canned.push(await insert(canned, lists));
    inserts.elanus.push(await insert(elanus, lists));
    await create(toCreate, "insert", INSERT.dimension);
    replies.afterLastByte.push(await lastByteToReply(elanus, frame));
    await must(toCreate.dropCollection({ collection_name: "insert" }));
    replies.inProcess.push(await inProcess(db, arrays));
  }
  await db.close();
  for (let round = 0; round < 2 * ROUNDS; round++) {
    for (const query of queries) {
      searches.canned.push(await search(toCanned, query));
      searches.elanus.push(await search(toElanus, query));
    }
  }
  for (const client of [toCanned, toElanus, toCreate]) await client.closeConnection();
  const bare = { canned: [], elanus: [] };
  const [barelyToCanned, barelyToElanus] = [openSession(canned), openSession(elanus)];
  const searchFrames = queries.map((query) => searchFrame("search", Float32Array.from(query), { ef: 64 }));
  for (let round = 0; round < 2 * ROUNDS; round++) {
    for (const frame of searchFrames) {
      bare.canned.push(await sendSearch(barelyToCanned, frame));
      bare.elanus.push(await sendSearch(barelyToElanus, frame));
    }
  }
  for (const session of [barelyToCanned, barelyToElanus]) session.close();
  const compared = ({ canned, elanus }) => {
    const at = (p) => ({ cannedMs: round(quantile(canned, p), 3), elanusMs: round(quantile(elanus, p), 3) });
    const above = (p) => round(quantile(elanus, p) - quantile(canned, p), 3);
    return { ...at(0.5), aboveMs: above(0.5), p10AboveMs: above(0.1) };
  };
  return {
    insert: {
      ...INSERT,
      cannedMs: round(median(inserts.canned)),
      elanusMs: round(median(inserts.elanus)),
      ratio: round(median(inserts.elanus) / median(inserts.canned), 2),
    },
    reply: {
      afterLastByteMs: round(median(replies.afterLastByte)),
      inProcessMs: round(median(replies.inProcess)),
      ratio: round(median(replies.afterLastByte) / median(replies.inProcess), 2),
    },
    search: { ...SEARCH, officialClient: compared(searches), bytesAlone: compared(bare) },
  };
}
