import { describe, expect, it } from "vitest";
import { openDdl, type Refusal, rows } from "./ddl-support.js";
import { badIndexParams, book, missing, shelf, testRefusals } from "./refusals.js";

const create = "indexes/create";
const params = (...indexParams: object[]) => ({ collectionName: "shelf", indexParams });
const onVector = (more: object) => params({ fieldName: "vector", ...more });
const fields = [
  { fieldName: "word", dataType: "VarChar", elementTypeParams: { max_length: 9 } },
  { fieldName: "price", dataType: "Double" },
  { fieldName: "doc", dataType: "JSON" },
  { fieldName: "tags", dataType: "Array", elementDataType: "Float", elementTypeParams: { max_capacity: 4 } },
];
const made = shelf(...fields);
const distinct = "CreateIndex failed: at most one distinct index is allowed per field";
const flat = { fieldName: "vector", indexType: "FLAT", metricType: "L2" };
const named = (indexName: string) => ({ collectionName: "shelf", indexName });
const inBook = { collectionName: "book", indexName: "vector" };
const range = (key: string, value: string, bounds: string) =>
  `Out of range in json: param '${key}' (${value}) should be in range ${bounds}: ${badIndexParams}`;

describe("indexes are refused", () => {
  const absent = "can't find collection[database=default][collection=none]";
  const unfit = (type: string, index: string) =>
    `data type ${type} can't build with this index ${index}: ${badIndexParams}`;
  testRefusals([
    { when: "missing collection", path: "indexes/list", body: { collectionName: "none" }, code: 100, message: absent },
    {
      when: "missing collection",
      path: "indexes/describe",
      body: { collectionName: "none", indexName: "i" },
      code: 100,
      message: absent,
    },
    {
      when: "missing",
      given: [made],
      path: "indexes/describe",
      body: named("i"),
      code: 700,
      message: "index not found[indexName=i]",
    },
    {
      when: "no name",
      given: [made],
      path: "indexes/describe",
      body: { collectionName: "shelf" },
      code: 1802,
      message: missing("IndexReq", "IndexName"),
    },
    {
      when: "no params",
      given: [made],
      path: create,
      body: { collectionName: "shelf" },
      code: 1802,
      message: missing("IndexParamReq", "IndexParams"),
    },
    {
      when: "params are an object",
      given: [made],
      path: create,
      body: { collectionName: "shelf", indexParams: {} },
      code: 1801,
      message:
        "can only accept json format request, error: json: cannot unmarshal object into Go struct field IndexParamReq.indexParams of type []interface {}",
    },
    {
      when: "missing collection",
      path: create,
      body: { collectionName: "none", indexParams: [] },
      code: 100,
      message: absent,
    },
    {
      when: "unknown field",
      given: [made],
      path: create,
      body: params({ fieldName: "nope" }),
      code: 65535,
      message: "cannot create index on non-exist field: nope",
    },
    {
      when: "other parameters",
      given: [made, [create, onVector(flat)]],
      path: create,
      body: onVector({ ...flat, metricType: "IP" }),
      code: 65535,
      message: distinct,
    },
    {
      when: "other name",
      given: [made, [create, onVector(flat)]],
      path: create,
      body: onVector({ ...flat, indexName: "v2" }),
      code: 65535,
      message: distinct,
    },
    {
      when: "name of another field's index",
      given: [made, [create, onVector({ ...flat, indexName: "i" })]],
      path: create,
      body: params({ fieldName: "word", indexName: "i" }),
      code: 65535,
      message: distinct,
    },
    {
      when: "two on one field at once",
      given: [made],
      path: create,
      body: params(flat, { ...flat, metricType: "IP" }),
      code: 65535,
      message: distinct,
    },
    {
      when: "no metric",
      given: [made],
      path: create,
      body: onVector({ indexType: "HNSW" }),
      code: 1100,
      message: `metric type not set for vector index: ${badIndexParams}`,
    },
    {
      when: "metric of another type",
      given: [made],
      path: create,
      body: onVector({ metricType: "JACCARD" }),
      code: 1100,
      message: `float vector index does not support metric type: JACCARD: ${badIndexParams}`,
    },
    {
      when: "unknown index type",
      given: [made],
      path: create,
      body: onVector({ indexType: "TREE", metricType: "L2" }),
      code: 1100,
      message: "invalid parameter[expected=valid index][actual=invalid index type: TREE]",
    },
    {
      when: "scalar index on a vector",
      given: [made],
      path: create,
      body: onVector({ indexType: "INVERTED" }),
      code: 1100,
      message: `metric type not set for vector index: ${badIndexParams}`,
    },
    {
      when: "binary index on a float vector",
      given: [made],
      path: create,
      body: onVector({ indexType: "BIN_FLAT", metricType: "L2" }),
      code: 1100,
      message: unfit("FloatVector", "BIN_FLAT"),
    },
    {
      when: "vector index on a scalar",
      given: [made],
      path: create,
      body: params({ fieldName: "word", indexType: "HNSW" }),
      code: 1100,
      message: unfit("VarChar", "HNSW"),
    },
    {
      when: "BITMAP on a Double",
      given: [made],
      path: create,
      body: params({ fieldName: "price", indexType: "BITMAP" }),
      code: 1100,
      message: unfit("Double", "BITMAP"),
    },
    {
      when: "BITMAP on JSON",
      given: [made],
      path: create,
      body: params({ fieldName: "doc", indexType: "BITMAP" }),
      code: 1100,
      message: unfit("JSON", "BITMAP"),
    },
    {
      when: "BITMAP on an Array of Float",
      given: [made],
      path: create,
      body: params({ fieldName: "tags", indexType: "BITMAP" }),
      code: 1100,
      message: `bitmap index are only supported on bool, int, string and array field: ${badIndexParams}`,
    },
    {
      when: "BITMAP on the primary key",
      given: [made],
      path: create,
      body: params({ fieldName: "id", indexType: "BITMAP" }),
      code: 1100,
      message: `create bitmap index on primary key not supported: ${badIndexParams}`,
    },
    {
      when: "Trie on a number",
      given: [made],
      path: create,
      body: params({ fieldName: "id", indexType: "Trie" }),
      code: 1100,
      message: unfit("Int64", "Trie"),
    },
    {
      when: "INVERTED on JSON without cast",
      given: [made],
      path: create,
      body: params({ fieldName: "doc", indexType: "INVERTED" }),
      code: 1100,
      message: `json index must specify cast type: ${badIndexParams}`,
    },
    {
      when: "unknown cast",
      given: [made],
      path: create,
      body: params({ fieldName: "doc", indexType: "INVERTED", params: { json_cast_type: "INT" } }),
      code: 1100,
      message: `json_cast_type INT is not supported: ${badIndexParams}`,
    },
    {
      when: "NGRAM without grams",
      given: [made],
      path: create,
      body: params({ fieldName: "word", indexType: "NGRAM" }),
      code: 1100,
      message: `Ngram index must specify both min_gram and max_gram: ${badIndexParams}`,
    },
    {
      when: "M too large",
      given: [made],
      path: create,
      body: onVector({ indexType: "HNSW", metricType: "L2", params: { M: 4096 } }),
      code: 1100,
      message: range("M", "4096", "[2, 2048]"),
    },
    {
      when: "efConstruction 0",
      given: [made],
      path: create,
      body: onVector({ indexType: "HNSW", metricType: "L2", params: { efConstruction: "0" } }),
      code: 1100,
      message: range("efConstruction", "0", "[1, 2147483647]"),
    },
    {
      when: "nlist too large",
      given: [made],
      path: create,
      body: onVector({ indexType: "IVF_FLAT", metricType: "L2", params: { nlist: "65537" } }),
      code: 1100,
      message: range("nlist", "65537", "[1, 65536]"),
    },
    {
      when: "nlist in words",
      given: [made],
      path: create,
      body: onVector({ indexType: "IVF_FLAT", metricType: "L2", params: { nlist: "x" } }),
      code: 1100,
      message: `invalid value in json: param 'nlist' (x) should be an integer: ${badIndexParams}`,
    },
    {
      when: "m that does not divide",
      given: [made],
      path: create,
      body: onVector({ indexType: "IVF_PQ", metricType: "L2", params: { m: 3 } }),
      code: 1100,
      message: `The dimension of the vector (dim) should be a multiple of the number of subquantizers (m). Dimension:4, m:3: ${badIndexParams}`,
    },
    {
      when: "unknown sq_type",
      given: [made],
      path: create,
      body: onVector({ indexType: "HNSW_SQ", metricType: "L2", params: { sq_type: "SQ1" } }),
      code: 1100,
      message: `invalid value in json: param 'sq_type' (SQ1) should be one of [SQ4U, SQ6, SQ8, BF16, FP16]: ${badIndexParams}`,
    },
    {
      when: "AUTOINDEX with parameters",
      given: [made],
      path: create,
      body: onVector({ metricType: "L2", params: { M: 16 } }),
      code: 65535,
      message: "only metric type can be passed when use AutoIndex",
    },
    {
      when: "bad name",
      given: [made],
      path: create,
      body: onVector({ indexName: "1st" }),
      code: 65535,
      message: "Invalid index name: 1st. The first character of an index name must be an underscore or letter.",
    },
    {
      when: "GPU",
      given: [made],
      path: create,
      body: onVector({ indexType: "GPU_CAGRA", metricType: "L2" }),
      code: 3000,
      message: "unsupported operation: index type GPU_CAGRA is not supported by the embedded engine",
    },
    {
      when: "loaded",
      given: [book],
      path: "indexes/drop",
      body: inBook,
      code: 65535,
      message: "index cannot be dropped, collection is loaded, please release it first",
    },
    {
      when: "loaded",
      given: [book],
      path: "indexes/alter_properties",
      body: { ...inBook, properties: { "mmap.enabled": true } },
      code: 104,
      message:
        "can't alter index on loaded collection, please release the collection first: collection already loaded[collection=book]",
    },
    {
      when: "loaded",
      given: [book],
      path: "indexes/drop_properties",
      body: { ...inBook, propertyKeys: ["mmap.enabled"] },
      code: 104,
      message:
        "can't alter index on loaded collection, please release the collection first: collection already loaded[collection=book]",
    },
    {
      when: "other key",
      given: [made, [create, onVector(flat)]],
      path: "indexes/alter_properties",
      body: { ...named("vector"), properties: { nlist: 3 } },
      code: 1100,
      message: "nlist is not configable index param: invalid parameter",
    },
    ...(
      [
        ["mmap.enabled", "x", "invalid mmap.enabled value: x, expected: true, false"],
        ["indexoffsetcache.enabled", 2, "invalid indexoffsetcache.enabled value: 2, expected: true, false"],
        ["indexoffsetcache.enabled", true, "only bitmap index support indexoffsetcache.enabled now"],
        ["warmup", "hot", "invalid warmup policy: hot, must be 'disable', 'sync' or 'async'"],
      ] as const
    ).flatMap(([key, value, message]): Refusal[] => [
      {
        when: `${key}: ${value}`,
        given: [made, [create, onVector(flat)]],
        path: "indexes/alter_properties",
        body: { ...named("vector"), properties: { [key]: value } },
        code: 1100,
        message: `${message}: invalid parameter`,
      },
      {
        when: `${key}: ${value}`,
        given: [made],
        path: create,
        body: onVector({ ...flat, params: { [key]: value } }),
        code: 1100,
        message: `${message}: invalid parameter`,
      },
    ]),
    {
      when: "missing",
      given: [made],
      path: "indexes/alter_properties",
      body: { ...named("i"), properties: { "mmap.enabled": true } },
      code: 700,
      message: "index not found[indexName=i]",
    },
  ]);
});

describe("indexes", () => {
  it("are all shown with their collection, scalar ones too", async () => {
    const ddl = openDdl();
    await ddl.ok(...made);
    await ddl.ok(create, params(flat, { fieldName: "word", indexName: "w", indexType: "INVERTED" }));
    expect(await ddl.ok("collections/describe", { collectionName: "shelf" })).toMatchObject({
      indexes: [
        { fieldName: "vector", indexName: "vector", metricType: "L2" },
        { fieldName: "word", indexName: "w", metricType: "" },
      ],
    });
  });

  it("are described as they were asked for", async () => {
    const ddl = openDdl();
    await ddl.ok(...made);
    await ddl.ok(
      create,
      params(
        {
          fieldName: "vector",
          indexName: "v",
          metricType: "ip",
          indexType: "FLAT",
          params: { index_type: "IVF_FLAT", nlist: "128" },
        },
        { fieldName: "word", indexType: "Trie", metricType: "L2" },
        { fieldName: "doc", params: { json_path: 'doc["a"]', json_cast_type: "double" } },
      ),
    );
    expect(ddl.calls.slice(1)).toEqual(["createScalarIndex shelf word", "createScalarIndex shelf doc/a"]);
    expect(await ddl.ok("indexes/list", { collectionName: "shelf" })).toEqual(["v", "word", "doc/a"]);
    await ddl.ok("entities/insert", {
      collectionName: "shelf",
      data: rows(7).map((row) => ({ ...row, word: "w", price: 1, doc: {}, tags: [] })),
    });
    expect(await ddl.ok("indexes/describe", named("v"))).toEqual([
      {
        indexName: "v",
        fieldName: "vector",
        indexType: "IVF_FLAT",
        metricType: "IP",
        totalRows: 7,
        indexedRows: 7,
        pendingRows: 0,
        indexState: "Finished",
        failReason: "",
      },
    ]);
    expect(await ddl.ok("indexes/describe", named("word"))).toEqual([
      {
        indexName: "word",
        fieldName: "word",
        indexType: "Trie",
        metricType: "",
        totalRows: 7,
        indexedRows: 7,
        pendingRows: 0,
        indexState: "Finished",
        failReason: "",
      },
    ]);
    expect(ddl.ctx.catalog.find("default", "shelf")?.indexes[0]?.params).toEqual({ nlist: "128" });
  });

  it("default to AUTOINDEX with COSINE, and may be asked for again", async () => {
    const ddl = openDdl();
    await ddl.ok(...made);
    await ddl.ok(create, onVector({}));
    await ddl.ok(create, onVector({ metricType: "cosine", indexType: "AUTOINDEX", indexName: "vector" }));
    expect(await ddl.ok("indexes/list", { collectionName: "shelf" })).toEqual(["vector"]);
    expect(await ddl.ok("indexes/describe", named("vector"))).toMatchObject([
      { indexType: "AUTOINDEX", metricType: "COSINE" },
    ]);
  });

  it("are all made or none", async () => {
    const ddl = openDdl();
    await ddl.ok(...made);
    const reply = await ddl.call(create, params(flat, { fieldName: "word", indexType: "HNSW" }));
    expect(reply).toMatchObject({ code: 1100 });
    expect(await ddl.ok("indexes/list", { collectionName: "shelf" })).toEqual([]);
  });

  it("on a loaded collection reach the loader when they are of vectors", async () => {
    const ddl = openDdl();
    await ddl.ok("collections/create", {
      collectionName: "book",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
          { fieldName: "w", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
          fields[0],
        ],
      },
      indexParams: [{ fieldName: "v" }, { fieldName: "w" }],
    });
    await ddl.ok(create, { collectionName: "book", indexParams: [{ fieldName: "word" }] });
    expect(ddl.calls.slice(2)).toEqual(["createScalarIndex book word"]);
    const { id = 0, indexes = [] } = ddl.ctx.catalog.find("default", "book") ?? {};
    const { id: indexId = 0, fieldId } = indexes.find((index) => index.fieldName === "w") ?? {};
    ddl.ctx.transaction(() => ddl.ctx.catalog.dropIndex(id, indexId));
    await ddl.ok(create, { collectionName: "book", indexParams: [{ fieldName: "w", metricType: "L2" }] });
    expect(ddl.calls.slice(3)).toEqual([`vectorIndexCreated book ${fieldId}`]);
  });

  it("on JSON are one per path, named after it unless they are given a name", async () => {
    const ddl = openDdl();
    await ddl.ok("collections/create", {
      collectionName: "shelf",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } },
          { fieldName: "doc", dataType: "JSON" },
        ],
        enableDynamicField: true,
      },
    });
    const on = (fieldName: string, json_path: string, more: object = {}) => ({
      fieldName,
      indexType: "INVERTED",
      params: { json_path, json_cast_type: "double" },
      ...more,
    });
    const all = ["doc", "key"].flatMap((field) =>
      ["", "['a']", '["a"][0]["b"]', '["x/y~"]'].map((path) => on(field, `${field}${path}`)),
    );
    await ddl.ok(create, params(...all));
    const names = ["", "/a", "/a/0/b", "/x~1y~0"];
    const made = [...names.map((name) => `doc${name}`), ...names.map((name) => `$meta/key${name}`)];
    expect(await ddl.ok("indexes/list", { collectionName: "shelf" })).toEqual(made);
    await ddl.ok(create, params(...all));
    await ddl.ok(create, params(on("doc", 'doc["a"]["b"]', { indexName: "mine" })));
    await ddl.ok(create, params(on("doc", 'doc["a"]["b"]')));
    expect(await ddl.ok("indexes/list", { collectionName: "shelf" })).toEqual([...made, "mine"]);
    const other = await ddl.call(create, params(on("doc", 'doc["a"]["b"]', { indexName: "other" })));
    expect(other).toMatchObject({ code: 65535, message: distinct });
    const cast = await ddl.call(
      create,
      params(on("doc", "doc['a']", { params: { json_path: "doc['a']", json_cast_type: "varchar" } })),
    );
    expect(cast).toMatchObject({ code: 65535, message: distinct });
  });

  it("are dropped: vectors when released, scalars always, missing ones too", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    await ddl.ok("collections/fields/add", { collectionName: "book", schema: { ...fields[0], nullable: true } });
    await ddl.ok(create, { collectionName: "book", indexParams: [{ fieldName: "word", indexName: "w" }] });
    await ddl.ok("indexes/drop", { collectionName: "book", indexName: "w" });
    expect(ddl.calls.at(-1)).toBe("dropScalarIndex book w");
    await ddl.ok("indexes/drop", { collectionName: "book", indexName: "w" });
    await ddl.ctx.loader.releaseCollection(ddl.ctx.catalog.find("default", "book")?.id ?? 0);
    await ddl.ok("indexes/drop", inBook);
    expect(await ddl.ok("indexes/list", { collectionName: "book" })).toEqual([]);
  });

  it("keep storage properties while released", async () => {
    const ddl = openDdl();
    await ddl.ok(...made);
    await ddl.ok(create, onVector(flat));
    await ddl.ok("indexes/alter_properties", { ...named("vector"), properties: { "mmap.enabled": true } });
    expect(ddl.ctx.catalog.find("default", "shelf")?.indexes[0]?.params).toEqual({ "mmap.enabled": "true" });
    await ddl.ok("indexes/alter_properties", { ...named("vector"), properties: { warmup: "sync" } });
    await ddl.ok("indexes/drop_properties", { ...named("vector"), propertyKeys: ["mmap.enabled", "warmup"] });
    expect(ddl.ctx.catalog.find("default", "shelf")?.indexes[0]?.params).toEqual({});
  });
});
