import { expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { legacy, Raw, TRANSPORTS, type Transport } from "./support.js";

const c = { collection_name: "c" };
const fields = [
  { name: "id", is_primary_key: true, data_type: 5 },
  { name: "n", data_type: 4 },
  { name: "v", data_type: 101, type_params: [{ key: "dim", value: "2" }] },
];
const columns = [
  { field_name: "id", type: 5, field: [1, 2] },
  { field_name: "n", type: 4, field: [1, 2] },
  {
    field_name: "v",
    type: 101,
    field: [
      [1, 0],
      [2, 0],
    ],
  },
];
const metric = [
  { key: "index_type", value: "HNSW" },
  { key: "metric_type", value: "L2" },
  { key: "params", value: '{"M":8,"efConstruction":64}' },
];
const search = [
  { key: "anns_field", value: "v" },
  { key: "topk", value: "2" },
  { key: "params", value: "{}" },
  { key: "round_decimal", value: "-1" },
];
const secret = "c2VjcmV0MQ==";

/** Requests that servers take, so that a wrong part is met by what reads that part. */
const SOUND: readonly (readonly [target: string, body: object])[] = [
  ["POST /collection", { ...c, schema: { name: "c", fields }, shards_num: 1, consistency_level: 1 }],
  ["GET /collection", c],
  ["GET /collection/existence", c],
  ["POST /index", { ...c, field_name: "v", index_name: "ix", extra_params: metric }],
  ["GET /index", { ...c, field_name: "v", index_name: "ix" }],
  ["GET /index/state", c],
  ["GET /index/progress", c],
  ["POST /collection/load", { ...c, replica_number: 1 }],
  ["GET /collections", { type: 1, collection_names: ["c"] }],
  ["POST /entities", { ...c, partition_name: "_default", num_rows: 2, fields_data: columns }],
  ["GET /collection/statistics", c],
  ["POST /partition", { ...c, partition_name: "p" }],
  ["GET /partition/existence", { ...c, partition_name: "p" }],
  ["GET /partition/statistics", { ...c, partition_name: "p" }],
  ["POST /partitions/load", { ...c, partition_names: ["p"], replica_number: 1 }],
  ["DELETE /partitions/load", { ...c, partition_names: ["p"] }],
  ["GET /partitions", { ...c, type: 1, partition_names: ["_default"] }],
  ["DELETE /partition", { ...c, partition_name: "p" }],
  ["POST /alias", { ...c, alias: "a" }],
  ["PATCH /alias", { ...c, alias: "a" }],
  ["DELETE /alias", { alias: "a" }],
  ["POST /search", { ...c, dsl: "n > 0", dsl_type: 1, vectors: [[1, 0]], output_fields: ["n"], search_params: search }],
  ["POST /query", { ...c, partition_names: [], expr: "id > 0", output_fields: ["n"] }],
  ["DELETE /entities", { ...c, partition_name: "", expr: "id in [1]" }],
  ["POST /persist", { collection_names: ["c"] }],
  ["GET /persist/state", { segmentIDs: [1] }],
  ["POST /compaction", { collectionID: 1 }],
  ["GET /compaction/state", { compactionID: 1 }],
  ["GET /compaction/plans", { compactionID: 1 }],
  ["GET /import/tasks", { ...c, limit: 1 }],
  ["GET /persist/segment-info", { collectionName: "c" }],
  ["GET /query-segment-info", { collectionName: "c" }],
  ["GET /replicas", { collectionID: 1 }],
  ["GET /metrics", { request: '{"metric_type":"system_info"}' }],
  ["POST /load-balance", { collectionName: "c" }],
  ["POST /credential", { username: "u", password: secret }],
  ["PATCH /credential", { username: "u", oldPassword: secret, newPassword: secret }],
  ["DELETE /credential", { username: "u" }],
  ["GET /credential/users", {}],
  ["DELETE /index", { ...c, field_name: "n", index_name: "none" }],
  ["DELETE /collection/load", { collection_name: "none" }],
  ["DELETE /collection", { collection_name: "none" }],
];
const BODIES = ["null", "[]", "1", '"x"', "{", "{}", "[null]", '{"search_params":null,"fields_data":null}'];
const VALUES = [
  null,
  true,
  -1,
  1.5,
  2 ** 53,
  "\u0000",
  "__proto__",
  [],
  [[]],
  [null],
  {},
  { a: 1 },
  [{ key: "topk", value: {} }],
];

type Way = Awaited<ReturnType<Transport["open"]>>;

/** The body once for each of its parts, with `value` in its place. */
function* withEachPart(body: unknown, value: unknown): Generator<unknown> {
  if (typeof body !== "object" || body === null) return;
  for (const key of Object.keys(body)) {
    const put = (part: unknown): unknown => {
      const copy = (Array.isArray(body) ? [...body] : { ...body }) as Record<string, unknown>;
      copy[key] = part;
      return copy;
    };
    yield put(value);
    for (const part of withEachPart((body as Record<string, unknown>)[key], value)) yield put(part);
  }
}

it("whatever stands in a request of port 9091, the answer says what is wrong with it", async () => {
  const db = await Elanus.open(":memory:", { durability: "off" });
  const [inProcess, , bySocket] = (await Promise.all(TRANSPORTS.map((way) => way.open(db)))) as [Way, Way, Way];
  const look = async (way: Way, target: string, body: unknown) => {
    const { status, envelope } = await way.send(legacy(target, body, undefined));
    const text = JSON.stringify(envelope, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
    const right = status < 500 && !/"code":5[,}]|\[object|undefined|Cannot read/.test(text);
    return right ? [] : [`${target} ${body instanceof Raw ? body.text : JSON.stringify(body)}: ${status} ${text}`];
  };
  const wrong: string[] = [];
  for (const [target, body] of SOUND) {
    wrong.push(...(await look(bySocket, target, body)));
    for (const text of BODIES) wrong.push(...(await look(bySocket, target, new Raw(text))));
    for (const value of VALUES) {
      for (const changed of withEachPart(body, value)) wrong.push(...(await look(inProcess, target, changed)));
    }
  }
  expect(wrong).toEqual([]);
  await bySocket.close();
  await db.close();
});
