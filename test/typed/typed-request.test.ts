import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RequestField } from "../../src/engine/contract/row.js";
import { contract, type OperationPath, operationPaths } from "../../src/engine/contract/table.js";
import { isElanusError } from "../../src/errors.js";
import { Elanus } from "../../src/index.js";
import { typedRequest } from "../../src/typed-request.js";

/** What a refusal says, behind its code. */
function refusal(path: OperationPath, request: unknown): string {
  try {
    typedRequest(path, request);
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return `${error.code} ${error.message}`;
  }
  return "taken";
}

describe("the request of a typed call", () => {
  it("is taken as it is documented; null and undefined are absent; case does not matter", () => {
    const request = { collectionName: "c", filter: "a > 1", limit: 5n, outputFields: ["a"], offset: null };
    expect(typedRequest("entities/query", request)).toEqual({
      collectionName: "c",
      filter: "a > 1",
      limit: 5,
      outputFields: ["a"],
    });
    expect(typedRequest("collections/list", {})).toEqual({});
    const create = { collectionName: "c", schema: { autoId: true, fields: [{ isprimary: true }] } };
    expect(typedRequest("collections/create", create)).toEqual({
      collectionName: "c",
      schema: { autoID: true, fields: [{ isPrimary: true }] },
    });
  });

  it("has whatever a model of the application wants, where one ranks", () => {
    const functions = [{ params: { Reranker: "Model", queries: ["q"], anything: 1 } }];
    expect(typedRequest("entities/search", { collectionName: "c", functionScore: { functions } })).toMatchObject({
      functionScore: { functions },
    });
  });

  it("may come from another realm", () => {
    const request: unknown = runInNewContext('({ collectionName: "c", schema: { fields: [{ fieldName: "f" }] } })');
    expect(typedRequest("collections/create", request)).toEqual({
      collectionName: "c",
      schema: { fields: [{ fieldName: "f" }] },
    });
  });

  it.each<[OperationPath, object, string]>([
    ["entities/query", { filtre: "x" }, '"filtre": did you mean "filter"?'],
    ["entities/query", { output_field: [] }, '"output_field": did you mean "outputFields"?'],
    ["partitions/create", { part: "p" }, '"part": did you mean "partitionName"?'],
    ["partitions/create", { group: "p" }, '"group": it knows dbName, collectionName, partitionName'],
    ["collections/create", { dim: 2 }, '"dim": did you mean "dimension"?'],
    [
      "collections/create",
      { schema: { enableDynamic: true } },
      '"schema.enableDynamic": did you mean "enableDynamicField"?',
    ],
    [
      "collections/create",
      { schema: { fields: [{}, { isPrimery: true }] } },
      '"schema.fields[1].isPrimery": did you mean "isPrimary"?',
    ],
    [
      "collections/create",
      { schema: { fields: [{ elementTypeParams: { maxlenght: 5 } }] } },
      '"schema.fields[0].elementTypeParams.maxlenght": did you mean "max_length"?',
    ],
    [
      "collections/create",
      { indexParams: [{ index: "HNSW" }] },
      '"indexParams[0].index": it knows fieldName, indexName, metricType, indexType, params',
    ],
    ["collections/create", { params: { shardNum: 1 } }, '"params.shardNum": did you mean "shardsNum"?'],
    [
      "indexes/create",
      { indexParams: [{ params: { efConstuction: 1 } }] },
      '"indexParams[0].params.efConstuction": did you mean "efConstruction"?',
    ],
    ["entities/search", { searchParams: { radios: 1 } }, '"searchParams.radios": did you mean "radius"?'],
    ["entities/search", { searchParams: { params: { eff: 1 } } }, '"searchParams.params.eff": did you mean "ef"?'],
    ["entities/hybrid_search", { rerank: { params: { kk: 1 } } }, '"rerank.params.kk": did you mean "k"?'],
    [
      "entities/search",
      { functionScore: { functions: [{ params: { reranker: "decay", ofset: 1 } }] } },
      '"functionScore.functions[0].params.ofset": did you mean "offset"?',
    ],
    [
      "entities/search",
      { functionScore: { params: { boost_mod: "sum" } } },
      '"functionScore.params.boost_mod": did you mean "boost_mode"?',
    ],
    [
      "entities/search",
      { functionChains: [{ ops: [{ params: { des: true } }] }] },
      '"functionChains[0].ops[0].params.des": did you mean "desc"?',
    ],
    [
      "entities/search",
      { functionChains: [{ ops: [{ expr: { params: { weigths: [1] } } }] }] },
      '"functionChains[0].ops[0].expr.params.weigths": did you mean "weights"?',
    ],
    [
      "entities/search",
      { searchAggregation: { subAggregation: { metrics: { most: { field: "n" } } } } },
      '"searchAggregation.subAggregation.metrics.most.field": did you mean "fieldName"?',
    ],
    ["jobs/import/create", { options: { autoCommit: "false" } }, '"options.autoCommit": did you mean "auto_commit"?'],
    [
      "resource_groups/alter",
      { resource_groups: { g: { limit: { node_num: 1 } } } },
      '"resource_groups.g.limit": did you mean "limits"?',
    ],
    ["collections/fields/add", { schema: { nulable: true } }, '"schema.nulable": did you mean "nullable"?'],
    ["databases/list", { x: 1 }, '"x": it takes none'],
    ["collections/list", { constructor: 1 }, '"constructor": it knows dbName'],
  ])("of %s has no other keys: %o", (path, request, text) => {
    expect(refusal(path, request)).toBe(`1100 ${path} has no key ${text}: invalid parameter`);
  });

  it.each<[OperationPath, unknown, string]>([
    ["collections/drop", "c", 'collections/drop takes an object, not "c"'],
    ["collections/drop", null, "collections/drop takes an object, not null"],
    ["collections/drop", [], "collections/drop takes an object, not an Array"],
    ["collections/drop", new Map(), "collections/drop takes an object, not a Map"],
    ["collections/drop", { collectionName: 5 }, '"collectionName" of collections/drop must be a text, not 5'],
    ["entities/query", { limit: "10" }, '"limit" of entities/query must be an integer, not "10"'],
    ["entities/query", { limit: 1.5 }, '"limit" of entities/query must be an integer, not 1.5'],
    ["entities/query", { outputFields: "*" }, '"outputFields" of entities/query must be an array of texts, not "*"'],
    [
      "entities/query",
      { outputFields: Object.assign(["a"], { 2: "b" }) },
      '"outputFields[1]" of entities/query must be a text, not undefined',
    ],
    ["entities/query", { exprParams: new Map() }, '"exprParams" of entities/query must be an object, not a Map'],
    ["entities/search", { searchParams: [] }, '"searchParams" of entities/search must be an object, not an Array'],
    [
      "entities/upsert",
      { partialUpdate: "true" },
      '"partialUpdate" of entities/upsert must be true or false, not "true"',
    ],
    [
      "collections/create",
      { schema: { fields: {} } },
      '"schema.fields" of collections/create must be an array, not an Object',
    ],
    [
      "collections/create",
      { schema: { fields: [7n] } },
      '"schema.fields[0]" of collections/create must be an object, not 7',
    ],
    [
      "collections/create",
      { schema: { fields: [{ nullable: 1 }] } },
      '"schema.fields[0].nullable" of collections/create must be true or false, not 1',
    ],
  ])("of %s has values of the right kind: %o", (path, request, text) => {
    expect(refusal(path, request)).toBe(`1100 ${text}: invalid parameter`);
  });

  it("names what is missing, all of it", () => {
    const missing = (what: string) => `1802 missing required parameters, error: ${what}`;
    expect(refusal("partitions/create", {})).toBe(missing("partitions/create needs collectionName, partitionName"));
    expect(refusal("partitions/create", { collectionName: "c", partitionName: "" })).toBe(
      missing("partitions/create needs partitionName"),
    );
    expect(refusal("collections/fields/add", { collectionName: "c", schema: {} })).toBe(
      missing("collections/fields/add needs schema.fieldName, schema.dataType"),
    );
  });

  it("is refused when it cannot be read", () => {
    const request = {
      get collectionName(): string {
        throw new Error("no");
      },
    };
    expect(refusal("collections/drop", request)).toBe(
      "1100 the request of collections/drop cannot be read: no: invalid parameter",
    );
    const proxy = new Proxy(
      {},
      {
        ownKeys(): never {
          throw new Error("odd");
        },
      },
    );
    expect(refusal("collections/drop", proxy)).toMatch(/^1100 the request of collections\/drop cannot be read: /);
  });
});

/** A value that is of none of these kinds. */
const wrong: Readonly<Record<RequestField["kind"], fc.Arbitrary<unknown>>> = {
  string: fc.oneof(fc.integer(), fc.boolean(), fc.array(fc.string()), fc.object()),
  bool: fc.oneof(fc.integer(), fc.string(), fc.array(fc.boolean())),
  int: fc.oneof(fc.string(), fc.boolean(), fc.double({ noInteger: true }), fc.constant(2n ** 60n)),
  strings: fc.oneof(fc.string(), fc.integer(), fc.array(fc.integer(), { minLength: 1 }), fc.constant({})),
  object: fc.oneof(fc.string(), fc.integer(), fc.array(fc.anything()), fc.date(), fc.constant(new Float32Array(2))),
  array: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant({}), fc.date()),
  rows: fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.date()),
  columns: fc.oneof(fc.string(), fc.integer(), fc.array(fc.object())),
  any: fc.constant(undefined),
};

describe("every typed call", () => {
  const rows = operationPaths.map((path) => ({ path, shape: contract[path].request as Record<string, RequestField> }));

  it("refuses a value of the wrong kind and names its key", () => {
    const fields = rows.flatMap(({ path, shape }) =>
      Object.entries(shape).flatMap(([key, { kind }]) => (kind === "any" ? [] : [{ path, key, kind }])),
    );
    const given = fc.constantFrom(...fields).chain((field) => wrong[field.kind].map((value) => ({ ...field, value })));
    fc.assert(
      fc.property(given, ({ path, key, value }) => {
        expect(refusal(path, { [key]: value })).toMatch(new RegExp(`^1100 "${key}.*" of ${path} must be `));
      }),
      { numRuns: 300 },
    );
  });

  it("refuses a misspelt key and names the right one", () => {
    const keys = rows.flatMap(({ path, shape }) => Object.keys(shape).map((key) => ({ path, key, shape })));
    const given = fc.record({ of: fc.constantFrom(...keys), at: fc.nat(), letter: fc.constantFrom(..."qxz_") });
    fc.assert(
      fc.property(given, ({ of: { path, key, shape }, at, letter }) => {
        const place = at % key.length;
        const misspelt = key.slice(0, place) + letter + key.slice(place + 1);
        fc.pre(Object.keys(shape).every((known) => known.toLowerCase() !== misspelt.toLowerCase()));
        const text = refusal(path, { [misspelt]: 1 });
        expect(text).toMatch(/^1100 /);
        expect(text).toContain(`has no key "${misspelt}"`);
        // Of two that are equally near either is right; short names have many near ones.
        if (key.length > 4) expect(text).toMatch(/did you mean "/);
      }),
      { numRuns: 300 },
    );
  });
});

describe("typed calls of a database", () => {
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({ collectionName: "c", dimension: 2 });
    await db.entities.insert({ collectionName: "c", data: [{ id: 1, vector: [1, 2] }] });
  });
  afterAll(() => db.close());

  it("do not answer another question than was asked", async () => {
    const misspelt = { collectionName: "c", filtre: "id > 5" };
    await expect(db.entities.query(misspelt)).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining('has no key "filtre": did you mean "filter"?'),
    });
    // The wire ignores unknown keys, as Milvus does.
    expect(await db.request("/v2/vectordb/entities/query", misspelt)).toMatchObject({ code: 0, data: [{ id: 1 }] });
  });

  it("answer code 1 once it is closed, whatever they are given", async () => {
    const closed = await Elanus.open(":memory:");
    await closed.close();
    const call = closed.collections.drop as (request: unknown) => Promise<unknown>;
    for (const request of [{ collectionName: "c" }, {}, { x: 1 }, "c"]) {
      await expect(call(request)).rejects.toMatchObject({ code: 1 });
    }
    expect(await closed.request("/v2/vectordb/collections/drop", { collectionName: 5 })).toMatchObject({ code: 1 });
    expect(await closed.request("/v1/vector/collections/drop", { collectionName: 5 })).toMatchObject({ code: 1 });
    expect(await closed.request("/api/v1/collection", { collection_name: 5 })).toMatchObject({ code: 1 });
  });
});
