import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stringifyJson } from "../../src/api/json.js";
import { contract, isOperation, operationPaths } from "../../src/engine/contract/table.js";
import { JsonDouble } from "../../src/engine/index.js";
import { Elanus } from "../../src/index.js";

// Whatever is sent, the answer is an envelope with a code that says what is wrong with it: never an unexpected exception
// (code 5), never a broken database.

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 400);

const NASTY = [
  "",
  " ",
  "book",
  "strict",
  "novel",
  "_default",
  "none",
  "id",
  "vector",
  "color",
  "$meta",
  "*",
  "count(*)",
  "'; DROP TABLE collections; --",
  '"',
  "\u0000",
  "\ud800",
  "ñ",
  "x".repeat(300),
  "__proto__",
  "constructor",
  "toString",
  "id in [1]",
  "id > ",
  "color == 'red'",
  "1==1",
  "id like 5",
  "((((",
  "[",
  "{",
  "9223372036854775808",
  "-1",
  "1.5",
  "NaN",
  "L2",
  "HNSW",
  "Int64",
  "VarChar",
  "FloatVector",
];
const scalar = fc.oneof(
  fc.constantFrom(...NASTY),
  fc.string({ unit: "binary", maxLength: 20 }),
  fc.integer(),
  fc.constantFrom(0, -1, 1, 1.5, 16385, 2 ** 31, 2 ** 53, -(2 ** 53), 1e308, Number.NaN, Number.POSITIVE_INFINITY),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.double().map((n) => new JsonDouble(n)),
  fc.boolean(),
  fc.constant(null),
  fc.constant(undefined),
);
const KEYS = [
  "fieldName",
  "dataType",
  "isPrimary",
  "dim",
  "max_length",
  "params",
  "radius",
  "range_filter",
  "ef",
  "index_type",
  "metric_type",
  "fields",
  "id",
  "vector",
  "color",
  "__proto__",
  "toString",
  "toJSON",
  "valueOf",
  "length",
  "$meta",
  "n",
  "key",
  "value",
  "elementTypeParams",
  "elementDataType",
  "nullable",
  "defaultValue",
];
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 5 })), tie("value"), { maxKeys: 4 }),
    fc.constant([[1, 0, 0, 0]]),
    fc.constant({ id: 5, vector: [1, 0, 0, 0], color: "red" }),
    fc.constant(new Float32Array([1, 0, 0, 0])),
  ),
}));

/** A value of the JSON type that a request field has, so that the request gets past its decoding. */
function fitting(kind: string): fc.Arbitrary<unknown> {
  switch (kind) {
    case "string":
      return fc.constantFrom(...NASTY);
    case "bool":
      return fc.boolean();
    case "int":
      return fc.oneof(fc.integer({ min: -5, max: 20 }), fc.constantFrom(16384, 16385, 2 ** 31 - 1, -(2 ** 31)));
    case "strings":
      return fc.array(fc.constantFrom(...NASTY), { maxLength: 3 });
    case "array":
      return fc.array(value, { maxLength: 3 });
    case "object":
      return fc.dictionary(fc.constantFrom(...KEYS), value, { maxKeys: 3 });
    default:
      return value;
  }
}

/** Requests to real operations: each field sound, of the right type, absent, or hostile. */
function bodies(path: string): fc.Arbitrary<[string, unknown]> {
  const shape = isOperation(path) ? contract[path].request : {};
  const fields = Object.entries<{ kind: string }>(shape).map(([field, { kind }]): [string, fc.Arbitrary<unknown>] => [
    field,
    fc.oneof(
      { weight: 16, arbitrary: fc.constant(soundValue(path, field)) },
      { weight: 5, arbitrary: fitting(kind) },
      { weight: 1, arbitrary: value },
    ),
  ]);
  const body = fc.record(Object.fromEntries(fields));
  return fc
    .oneof({ weight: 19, arbitrary: body }, { weight: 1, arbitrary: value })
    .map((b): [string, unknown] => [path, b]);
}

function soundValue(path: string, field: string): unknown {
  if (field === "data" && path !== "entities/search") return [{ id: 7, vector: [7, 0, 0, 0], color: "blue" }];
  if (field === "id" && path === "entities/delete") return undefined;
  return SOUND[field];
}

const SOUND: Record<string, unknown> = {
  dbName: "default",
  collectionName: "book",
  partitionName: "novel",
  partitionNames: ["novel"],
  aliasName: "tome",
  indexName: "vector",
  id: [1, 2],
  data: [[1, 0, 0, 0]],
  filter: "id > 0",
  dimension: 4,
  newCollectionName: "tome2",
  fieldName: "color",
  indexParams: [{ fieldName: "vector", metricType: "L2" }],
  schema: { fieldName: "more", dataType: "Int64", nullable: true },
  properties: { custom: "1" },
  propertyKeys: ["custom"],
};

// Dropping the ground under the others would make every later answer the same.
const paths = operationPaths.filter(
  (path) =>
    !/^(?:databases|collections|partitions|indexes)\/(?:drop|rename|truncate)$/.test(path) &&
    !/^(?:resource_groups|jobs|segments|quotacenter|common)\//.test(path),
);
// Most of what can go wrong goes wrong with rows, vectors and filters.
const entityPaths = paths.filter((path) => path.startsWith("entities/"));
const requests = fc.oneof(fc.constantFrom(...paths), fc.constantFrom(...entityPaths)).chain(bodies);

async function library(): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  await db.request("/v2/vectordb/collections/create", { collectionName: "book", dimension: 4, metricType: "L2" });
  await db.request("/v2/vectordb/partitions/create", { collectionName: "book", partitionName: "novel" });
  await db.request("/v2/vectordb/entities/insert", {
    collectionName: "book",
    data: [1, 2, 3].map((id) => ({ id, vector: [id, 0, 0, 0], color: "red" })),
  });
  return db;
}

describe("hostile requests", () => {
  it("get an envelope and never an unexpected exception, in process", async () => {
    const db = await library();
    try {
      await fc.assert(
        fc.asyncProperty(requests, async ([path, body]) => {
          const envelope = await db.request(`/v2/vectordb/${path}`, body);
          expect(typeof envelope.code).toBe("number");
          expect([5, 404], `${path}: ${envelope.message}`).not.toContain(envelope.code);
        }),
        { numRuns: RUNS },
      );
      expect(await db.check()).toEqual({ ok: true, problems: [] });
    } finally {
      await db.close();
    }
  });

  it("get the same as JSON text", async () => {
    const db = await library();
    try {
      await fc.assert(
        fc.asyncProperty(requests, async ([path, body]) => {
          const init = { method: "POST", body: stringifyJson(body) };
          const response = await db.fetch(`http://milvus/v2/vectordb/${path}`, init);
          const envelope = (await response.json()) as { code: number; message?: string };
          expect([5, 404], `${path}: ${envelope.message}`).not.toContain(envelope.code);
          expect(response.status).toBe(200);
        }),
        { numRuns: RUNS },
      );
      expect(await db.check()).toEqual({ ok: true, problems: [] });
    } finally {
      await db.close();
    }
  });

  it("get the same from REST v1 and the 9091 surface", async () => {
    const targets: [string, string][] = [
      ...["insert", "upsert", "delete", "get", "query", "search", "collections/create"].map((p): [string, string] => [
        "POST",
        `/v1/vector/${p}`,
      ]),
      ...["collection", "partition", "partitions/load", "index", "entities", "search", "query", "alias", "persist"].map(
        (p): [string, string] => ["POST", `/api/v1/${p}`],
      ),
      ...["collection/load", "partition", "partitions/load", "entities", "alias"].map((p): [string, string] => [
        "DELETE",
        `/api/v1/${p}`,
      ]),
      ...["collection", "collections", "partitions", "index", "index/state"].map((p): [string, string] => [
        "GET",
        `/api/v1/${p}`,
      ]),
    ];
    const sound: Record<string, unknown> = {
      collectionName: "book",
      collection_name: "book",
      partition_names: ["novel"],
      partition_name: "novel",
      id: 1,
      filter: "id in [1]",
      expr: "id in [1]",
      vector: [1, 0, 0, 0],
      vectors: [[1, 0, 0, 0]],
      data: { id: 9, vector: [1, 0, 0, 0] },
      dimension: 4,
      search_params: [{ key: "topk", value: "2" }],
      fields_data: [
        { field_name: "id", type: 5, field: [1] },
        { field_name: "vector", type: 101, field: [[1, 0, 0, 0]] },
      ],
      num_rows: 1,
      schema: { fields: [{ name: "id", data_type: 5, is_primary_key: true }] },
      extra_params: [{ key: "index_type", value: "HNSW" }],
      field_name: "vector",
      output_fields: ["*"],
      outputFields: ["*"],
      limit: 5,
      params: { radius: 5 },
      alias: "tome",
    };
    const body = fc.record(
      Object.fromEntries(
        Object.entries(sound).map(([key, good]) => [
          key,
          fc.oneof({ weight: 6, arbitrary: fc.constant(good) }, { weight: 1, arbitrary: value }),
        ]),
      ),
      { requiredKeys: ["collectionName", "collection_name"] },
    );
    const db = await library();
    try {
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...targets), body, async ([method, path], given) => {
          const envelope = await db.request(path, given, { method });
          const status = (envelope["status"] ?? {}) as { code?: number; reason?: string };
          const code = envelope.code ?? status.code ?? 0;
          expect(
            [5, 404],
            `${method} ${path}: ${envelope.message ?? envelope["reason"] ?? status.reason}`,
          ).not.toContain(code);
        }),
        { numRuns: RUNS },
      );
      expect(await db.check()).toEqual({ ok: true, problems: [] });
    } finally {
      await db.close();
    }
  });
});
