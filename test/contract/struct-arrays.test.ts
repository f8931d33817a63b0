import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { callsOn } from "./calls.js";

/** Milvus 3.0, section 6: lists of elements that have the same fields. */

let db: Elanus;
const { post, ok } = callsOn("c", () => db);

beforeEach(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "3.0" });
});
afterEach(() => db.close());

const pk = { fieldName: "id", dataType: "Int64", isPrimary: true };
const v = { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } };
const text = {
  fieldName: "text",
  dataType: "Array",
  elementDataType: "VarChar",
  elementTypeParams: { max_length: 100 },
};
const emb = {
  fieldName: "emb",
  dataType: "ArrayOfVector",
  elementDataType: "FloatVector",
  elementTypeParams: { dim: 2 },
};
const chunks = { fieldName: "chunks", typeParams: { max_capacity: 3 }, fields: [text, emb] };
const indexes = [
  { fieldName: "v", indexName: "v", metricType: "L2" },
  { fieldName: "chunks[emb]", indexName: "emb", metricType: "MAX_SIM_COSINE" },
];

const make = (structs: readonly object[] = [chunks], more: object = {}) =>
  ok("collections/create", { schema: { fields: [pk, v], structFields: structs, ...more }, indexParams: indexes });

const one = [
  { text: "a", emb: [1, 0] },
  { text: "b", emb: [0, 1] },
];

describe("a struct array field", () => {
  it("is described with the fields that it was made of", async () => {
    await make();
    const described = (await ok("collections/describe")) as { fields: { name: string }[]; structFields: object[] };
    expect(described.fields.map(({ name }) => name)).toEqual(["id", "v"]);
    const role = { primaryKey: false, partitionKey: false, clusteringKey: false, autoId: false, nullable: false };
    expect(described.structFields).toEqual([
      {
        id: 102,
        name: "chunks",
        type: "ArrayOfStruct",
        description: "",
        nullable: false,
        params: [{ key: "max_capacity", value: "3" }],
        fields: [
          {
            id: 103,
            name: "text",
            type: "Array",
            elementType: "VarChar",
            params: [
              { key: "max_length", value: "100" },
              { key: "max_capacity", value: "3" },
            ],
            description: "",
            ...role,
          },
          {
            id: 104,
            name: "emb",
            type: "ArrayOfVector",
            elementType: "FloatVector",
            params: [
              { key: "dim", value: "2" },
              { key: "max_capacity", value: "3" },
            ],
            description: "",
            ...role,
          },
        ],
      },
    ]);
  });

  it("gives back the elements of each row, alone or with the other fields", async () => {
    await make();
    await ok("entities/insert", {
      data: [
        { id: 1, v: [0, 0], chunks: one },
        { id: 2, v: [1, 1], chunks: [] },
      ],
    });
    expect(await ok("entities/query", { filter: "", outputFields: ["*"] })).toEqual([
      { id: 1, v: [0, 0], chunks: one },
      { id: 2, v: [1, 1], chunks: [] },
    ]);
    expect(await ok("entities/get", { id: 1, outputFields: ["chunks"] })).toEqual([{ id: 1, chunks: one }]);
    expect(await ok("entities/get", { id: 1, outputFields: ["chunks[text]"] })).toEqual([
      { id: 1, chunks: [{ text: "a" }, { text: "b" }] },
    ]);
    expect(await db.entities.query({ collectionName: "c", filter: "id == 1", outputFields: ["chunks"] })).toEqual([
      { id: 1, chunks: one },
    ]);
    expect(await ok("entities/search", { annsField: "v", data: [[0, 0]], limit: 1, outputFields: ["chunks"] })).toEqual(
      [{ id: 1, distance: 0, chunks: one }],
    );
  });

  it("holds every type of elements, and shows each as such", async () => {
    const scalars = {
      Bool: true,
      Int8: -5,
      Int16: 300,
      Int32: 70_000,
      Int64: 5,
      Float: 0.1,
      Double: 0.1,
      VarChar: 'ä",[x',
    };
    const vectors = {
      FloatVector: [0.1, 2],
      Float16Vector: "ADwAQA==",
      BFloat16Vector: "gD8AQA==",
      Int8Vector: "Af4=",
      BinaryVector: "AQI=",
    };
    const types = [...Object.keys(scalars), ...Object.keys(vectors)];
    const params = { dim: 2, max_length: 9 };
    const fields = types.map((dataType) => ({
      fieldName: `f${dataType}`,
      dataType,
      elementTypeParams: dataType === "BinaryVector" ? { dim: 16 } : params,
    }));
    await ok("collections/create", {
      schema: { fields: [pk, v], structArrayFields: [{ ...chunks, fields }] },
    });
    const element = Object.fromEntries(
      Object.entries({ ...scalars, ...vectors }).map(([type, value]) => [`f${type}`, value]),
    );
    await ok("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: [element, element] }] });
    for (const field of ["v", ...Object.keys(vectors).map((type) => `chunks[f${type}]`)]) {
      await ok("indexes/create", { indexParams: [{ fieldName: field, indexName: field.replace(/\W/g, "_") }] });
    }
    await ok("collections/load");
    expect(await ok("entities/query", { filter: "", outputFields: ["chunks"] })).toEqual([
      { id: 1, chunks: [element, element] },
    ]);
    const asText = await db.request(
      "/v2/vectordb/entities/query",
      { collectionName: "c", filter: "", outputFields: ["chunks"] },
      {
        headers: { "Accept-Type-Allow-Int64": "false" },
      } as never,
    );
    expect(asText).toMatchObject({ code: 0 });
  });

  it("is replaced as a whole by an upsert, and kept by a partial one that leaves it alone", async () => {
    await make();
    await ok("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: one }] });
    await ok("entities/upsert", { data: [{ id: 1, v: [1, 1] }], partialUpdate: true });
    expect(await ok("entities/get", { id: 1, outputFields: ["*"] })).toEqual([{ id: 1, v: [1, 1], chunks: one }]);
    const two = [{ text: "c", emb: [2, 2] }];
    await ok("entities/upsert", { data: [{ id: 1, chunks: two }], partialUpdate: true });
    expect(await ok("entities/get", { id: 1, outputFields: ["*"] })).toEqual([{ id: 1, v: [1, 1], chunks: two }]);
    await ok("entities/upsert", { data: [{ id: 1, v: [2, 2], chunks: [] }] });
    expect(await ok("entities/get", { id: 1, outputFields: ["*"] })).toEqual([{ id: 1, v: [2, 2], chunks: [] }]);
    await ok("entities/delete", { filter: "id == 1" });
    expect(await ok("entities/query", { filter: "", outputFields: ["*"] })).toEqual([]);
  });

  it("may be null as a whole", async () => {
    await make([{ ...chunks, nullable: true }]);
    await ok("entities/insert", {
      data: [
        { id: 1, v: [0, 0], chunks: null },
        { id: 2, v: [0, 0] },
        { id: 3, v: [0, 0], chunks: one },
      ],
    });
    expect(await ok("entities/query", { filter: "", outputFields: ["chunks"] })).toEqual([
      { id: 1, chunks: null },
      { id: 2, chunks: null },
      { id: 3, chunks: one },
    ]);
  });

  it("can be added to a collection that is in use, and dropped with all that belongs to it", async () => {
    await ok("collections/create", { schema: { fields: [pk, v] }, indexParams: [indexes[0]] });
    await ok("entities/insert", { data: [{ id: 1, v: [0, 0] }] });
    await ok("collections/struct_fields/add", { schema: { ...chunks, dataType: "ArrayOfStruct", nullable: true } });
    await ok("indexes/create", { indexParams: [indexes[1]] });
    await ok("entities/insert", { data: [{ id: 2, v: [0, 0], chunks: one }] });
    expect(await ok("entities/query", { filter: "", outputFields: ["chunks"] })).toEqual([
      { id: 1, chunks: null },
      { id: 2, chunks: one },
    ]);
    expect(await post("collections/fields/drop", { fieldName: "chunks[text]" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("cannot drop sub-field of struct array field: chunks.text"),
    });
    await ok("collections/fields/drop", { fieldName: "chunks" });
    expect(await ok("entities/query", { filter: "", outputFields: ["*"] })).toEqual([
      { id: 1, v: [0, 0] },
      { id: 2, v: [0, 0] },
    ]);
    expect(await ok("indexes/list")).toEqual(["v"]);
    expect(await ok("collections/describe")).not.toHaveProperty("structFields");
  });

  it("survives a look of the integrity check", async () => {
    await make();
    await ok("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: one }] });
    expect(await db.check()).toMatchObject({ ok: true });
  });
});

describe("what is refused", () => {
  const create = (structs: readonly object[], more: object = {}) =>
    post("collections/create", { schema: { fields: [pk, v], structFields: structs, ...more } });
  const field = (changes: object) => [{ ...chunks, fields: [{ ...text, ...changes }, emb] }];

  it.each([
    ["no sub-fields", [{ ...chunks, fields: [] }], 1100, "struct field chunks must contain at least one sub-field"],
    [
      "a sub-field that alone may be null",
      field({ nullable: true }),
      1100,
      "sub-field in non-nullable struct cannot be nullable individually, set nullable on the struct instead: structName=chunks, subFieldName=text",
    ],
    ["a struct that is a key", [{ ...chunks, isPrimary: true }], 1100, "primary key is not supported for struct field"],
    [
      "a struct with a default",
      [{ ...chunks, defaultValue: [] }],
      1100,
      "default value is not supported for struct field",
    ],
    ["a key", field({ isPrimary: true }), 1100, "primary key is not supported for struct field, field name = text"],
    ["a default", field({ defaultValue: "x" }), 1100, "default value is not supported for struct field"],
    ["JSON", field({ elementDataType: "JSON" }), 1100, "element type JSON is not supported"],
    [
      "sparse vectors",
      [{ ...chunks, fields: [{ ...emb, elementDataType: "SparseFloatVector" }] }],
      1100,
      "unsupported element type SparseFloatVector of ArrayOfVector field emb, only fixed dimension vector types are supported",
    ],
    ["a type that there is not", field({ elementDataType: "Strange" }), 1100, "data type Strange is invalid"],
    ["no length", field({ elementTypeParams: {} }), 1100, "max_length"],
    ["two fields of one name", [{ ...chunks, fields: [text, text] }], 1100, "duplicated field name chunks[text] found"],
    ["two structs of one name", [chunks, chunks], 1100, "duplicated field name"],
    ["the name of a field", [{ ...chunks, fieldName: "v" }], 1100, "duplicated field name v found"],
    ["no capacity", [{ fieldName: "chunks", fields: [text, emb] }], 1100, "max_capacity"],
    ["too large a capacity", [{ ...chunks, typeParams: { max_capacity: 4097 } }], 1100, "(0, 4096]"],
    [
      "two capacities",
      [{ ...chunks, fields: [{ ...text, elementTypeParams: { max_length: 9, max_capacity: 4 } }, emb] }],
      1100,
      "max_capacity",
    ],
    ["a name with a bracket", [{ ...chunks, fieldName: "a[b]" }], 1701, "Invalid field name: a[b]"],
  ])("%s", async (_, structs, code, message) => {
    const answer = await create(structs);
    expect(answer.message).toContain(message);
    expect([code, 1100]).toContain(answer.code);
    expect(await ok("collections/list")).toEqual([]);
  });

  it("a list of vectors outside of a struct", async () => {
    const list = { ...emb, elementTypeParams: { dim: 2, max_capacity: 3 } };
    expect(await post("collections/create", { schema: { fields: [pk, v, list] } })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("array of vector can only be in the struct array field, field name: emb"),
    });
  });

  it.each([
    ["no list", { text: "a" }, /is no list of elements/],
    ["an element that is no object", ["a"], /has an element 0 that is no object/],
    ["an element without a sub-field", [{ text: "a" }], /has an element 0 without the sub-field emb/],
    ["an element with another field", [{ text: "a", emb: [1, 0], x: 1 }], /which is no sub-field/],
    ["a null in an element", [{ text: null, emb: [1, 0] }], /element is null/],
    ["no vector in an element", [{ text: "a", emb: null }], /element is null/],
    ["a vector of another dimension", [{ text: "a", emb: [1] }], /dimension/],
    ["too many elements", [...one, ...one], /the length \(4\) of array exceeds max capacity \(3\)/],
    ["null", null, /does not has field chunks/],
  ])("%s", async (_, value, message) => {
    await make();
    const answer = await post("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: value }] });
    expect(answer.message).toMatch(message);
    expect([1804, 1100]).toContain(answer.code);
    expect(await ok("entities/query", { filter: "" })).toEqual([]);
  });

  it("a row without the field, and one with a sub-field as such", async () => {
    await make([chunks], { enableDynamicField: true });
    expect((await post("entities/insert", { data: [{ id: 1, v: [0, 0] }] })).message).toContain(
      "row 0 does not has field chunks",
    );
    expect(
      (await post("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: [], "chunks[text]": ["a"] }] })).message,
    ).toContain("which is written as a whole");
  });

  it("adding a struct that may not be null, and one by the wrong path", async () => {
    await make();
    expect(await post("collections/struct_fields/add", { schema: { ...chunks, fieldName: "more" } })).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "added struct field must be nullable, please check it, struct field name = more",
      ),
    });
    expect(await post("collections/struct_fields/add", { schema: { ...chunks, nullable: true } })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("duplicated field name chunks"),
    });
    expect(
      await post("collections/struct_fields/add", {
        schema: { ...chunks, dataType: "Array", elementDataType: "Int8" },
      }),
    ).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "StructArray field must use ArrayOfStruct or Array with Struct element, got dataType Array and elementDataType Int8",
      ),
    });
    expect(
      await post("collections/fields/add", { schema: { fieldName: "x", dataType: "ArrayOfStruct", nullable: true } }),
    ).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "StructArray field must be added through /v2/vectordb/collections/struct_fields/add",
      ),
    });
  });

  it.each([["chunks[more]"], ["other[more]"], [" chunks[more] "]])(
    "a field by itself that is named like one of a struct: %s",
    async (fieldName) => {
      await make();
      const field = { fieldName, dataType: "Int64", nullable: true };
      const shown = fieldName.trim();
      const refusal = {
        code: 1701,
        message: `Invalid field name: ${shown}. Field name can only contain numbers, letters, and underscores.: field name invalid[field=${shown}]`,
      };
      const described = await ok("collections/describe");
      expect(await post("collections/fields/add", { schema: field })).toEqual(refusal);
      const bm25 = { name: "f", type: "BM25", inputFieldNames: ["t"], outputFieldNames: [fieldName], params: {} };
      const outputField = { fieldName, dataType: "SparseFloatVector" };
      expect(await post("collections/add_function_field", { function: bm25, outputField })).not.toMatchObject({
        code: 0,
      });
      const whole = { fields: [pk, v, field], structFields: [chunks] };
      expect(await post("collections/create", { collectionName: "d", schema: whole })).toEqual(refusal);
      const quick = { collectionName: "d", dimension: 2, vectorFieldName: fieldName };
      expect(await post("collections/create", quick)).toEqual(refusal);
      expect(await ok("collections/describe")).toEqual(described);
      expect(await ok("collections/list")).toEqual(["c"]);
    },
  );

  it("dropping the struct with the last vector", async () => {
    await ok("collections/create", { schema: { fields: [pk], structFields: [chunks] } });
    expect(await post("collections/fields/drop", { fieldName: "chunks" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "cannot drop struct array field chunks: it would leave no vector field in the collection",
      ),
    });
  });

  it("metrics that lists of vectors have not", async () => {
    await make();
    const index = (metricType: string) => ({ indexParams: [{ fieldName: "chunks[emb]", indexName: "x", metricType }] });
    expect(await post("indexes/create", index("HAMMING"))).toMatchObject({
      code: 1100,
      message: expect.stringContaining(
        "array of vector with float element type does not support metric type: HAMMING, supported: [MAX_SIM_COSINE MAX_SIM",
      ),
    });
  });

  it("operations on the elements of a struct", async () => {
    await make();
    await ok("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: one }] });
    const answer = await post("entities/upsert", {
      data: [{ id: 1, chunks: one }],
      fieldOps: [{ fieldName: "chunks", op: "ARRAY_APPEND" }],
    });
    expect(answer.message).toContain('op ARRAY_APPEND is not supported for struct field "chunks"');
  });
});

describe("an index of a field of a struct", () => {
  const indexOf = (fieldName: string, indexType: string) =>
    post("indexes/create", { indexParams: [{ fieldName: `chunks[${fieldName}]`, indexName: "i", indexType }] });

  it.each(["INVERTED", "STL_SORT", "BITMAP", "HYBRID", "AUTOINDEX"])("is %s", async (indexType) => {
    await make();
    expect(await indexOf("text", indexType)).toMatchObject({ code: 0 });
    expect(await ok("indexes/describe", { indexName: "i" })).toMatchObject([{ fieldName: "chunks[text]", indexType }]);
    await ok("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: one }] });
    expect(await ok("entities/query", { filter: "match_any(chunks, $[text] == 'b')" })).toHaveLength(1);
  });

  it.each(["TRIE", "RTREE", "HNSW"])("is no %s", async (indexType) => {
    await make();
    expect(await indexOf("text", indexType)).toMatchObject({
      code: 1100,
      message: expect.stringContaining(`data type Array can't build with this index ${indexType}: `),
    });
  });
});

describe("parameters that change", () => {
  const alter = (fieldName: string, fieldParams: object) =>
    ok("collections/fields/alter_properties", { fieldName, fieldParams });
  const told = async () => {
    const { structFields } = (await ok("collections/describe")) as { structFields: [DescribedStruct] };
    const [struct] = structFields;
    const capacity = ({ params }: Pick<DescribedStruct, "params">) =>
      params.find(({ key }) => key === "max_capacity")?.value;
    return { capacities: [capacity(struct), ...struct.fields.map(capacity)], struct };
  };

  it.each(["chunks", "chunks[text]", "chunks[emb]"])("are the capacity of all, given for %s", async (fieldName) => {
    await make();
    await alter(fieldName, { max_capacity: 2 });
    expect((await told()).capacities).toEqual(["2", "2", "2"]);
    const answer = await post("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: [...one, ...one.slice(1)] }] });
    expect(answer.code).not.toBe(0);
    expect(await ok("entities/insert", { data: [{ id: 1, v: [0, 0], chunks: one }] })).toMatchObject({
      insertCount: 1,
    });
  });

  it("are the length of texts, a description and mmap", async () => {
    await make();
    await ok("collections/release");
    await alter("chunks[text]", { max_length: 7 });
    await alter("chunks", { "field.description": "parts", mmap_enabled: true });
    const { struct } = await told();
    expect(struct).toMatchObject({ description: "parts" });
    expect(struct.params).toContainEqual({ key: "mmap.enabled", value: "true" });
    expect(struct.fields[0]?.params).toContainEqual({ key: "max_length", value: "7" });
  });

  it("are no length of a struct", async () => {
    await make();
    const request = { fieldName: "chunks", fieldParams: { max_length: 3 } };
    expect((await post("collections/fields/alter_properties", request)).message).toContain("non-string types");
  });
});

interface DescribedStruct {
  readonly description: string;
  readonly params: readonly { readonly key: string; readonly value: string }[];
  readonly fields: readonly Pick<DescribedStruct, "params">[];
}

describe("a snapshot", () => {
  it("holds structs and their vectors", async () => {
    await make([{ ...chunks, nullable: true }]);
    await ok("entities/insert", {
      data: [
        { id: 1, v: [0, 0], chunks: one },
        { id: 2, v: [0, 0], chunks: null },
      ],
    });
    await ok("snapshots/create", { snapshotName: "s" });
    await ok("snapshots/restore", { snapshotName: "s", targetCollectionName: "d" });
    const restored = () => db.collections.describe({ collectionName: "d" });
    await expect.poll(() => restored().catch(() => undefined)).toMatchObject({ structFields: [{ name: "chunks" }] });
    await db.collections.load({ collectionName: "d" });
    expect(await db.entities.query({ collectionName: "d", filter: "", outputFields: ["chunks"] })).toEqual([
      { id: 1, chunks: one },
      { id: 2, chunks: null },
    ]);
  });

  it("takes them into a folder and back", async () => {
    const filesRoot = mkdtempSync(join(tmpdir(), "elanus-structs-"));
    await db.close();
    db = await Elanus.open(":memory:", { serverVersion: "3.0", filesRoot });
    await make([{ ...chunks, nullable: true }]);
    await ok("entities/insert", {
      data: [
        { id: 1, v: [0, 0], chunks: one },
        { id: 2, v: [0, 0], chunks: null },
      ],
    });
    await ok("snapshots/create", { snapshotName: "s" });
    const { snapshotMetadataURI } = (await ok("jobs/snapshot/export", {
      snapshotName: "s",
      targetS3Path: "out",
    })) as { snapshotMetadataURI: string };
    await db.collections.drop({ collectionName: "c" });
    await ok("jobs/snapshot/restore_external", { targetCollectionName: "d", snapshotMetadataURI });
    const restored = () => db.collections.describe({ collectionName: "d" }).catch(() => undefined);
    await expect.poll(restored).toMatchObject({ structFields: [{ name: "chunks" }] });
    await db.collections.load({ collectionName: "d" });
    const search = { collectionName: "d", annsField: "chunks[emb]", data: [[[0, 1]]], limit: 2 };
    const hits = await db.entities.search({ ...search, outputFields: ["chunks"] });
    expect(hits.map(({ id, chunks }) => ({ id, chunks }))).toEqual([{ id: 1, chunks: one }]);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    rmSync(filesRoot, { recursive: true });
  });
});
