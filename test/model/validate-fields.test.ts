import { describe, expect, it } from "vitest";
import type { FieldSchema } from "../../src/engine/model/schema.js";
import { serverTraits } from "../../src/engine/model/server-version.js";
import { readField, validateSchema } from "../../src/engine/model/validate-fields.js";
import { readIndex } from "../../src/engine/model/validate-index.js";

describe("partition keys", () => {
  const id = readField({ fieldName: "id", dataType: "Int64", isPrimary: true });
  const vector = readField({ fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } });
  const key = (fieldName: string, dataType = "Int64") => readField({ fieldName, dataType, isPartitionKey: true });

  it("are one, scalar, and not the primary key", () => {
    expect(() => validateSchema("c", { fields: [id, vector, key("a")], structs: [] }, serverTraits())).not.toThrow();
    expect(() =>
      validateSchema("c", { fields: [id, vector, key("a"), key("b")], structs: [] }, serverTraits()),
    ).toThrow("there are more than one partition key, field name = a, b");
    expect(() =>
      validateSchema("c", { fields: [{ ...id, partitionKey: true }, vector], structs: [] }, serverTraits()),
    ).toThrow("the partition key field must not be primary field");
    expect(() => validateSchema("c", { fields: [id, vector, key("a", "Bool")], structs: [] }, serverTraits())).toThrow(
      "the data type of partition key should be Int64 or VarChar",
    );
  });
});

/** For types that a collection cannot have yet, but an index definition can be checked for. */
describe("index definitions by field type", () => {
  const field = (type: FieldSchema["type"]): FieldSchema => ({
    ...readField({ fieldName: "f", dataType: "Int64" }),
    id: 101,
    type,
    params: { dim: "8" },
  });

  it.each([
    ["BinaryVector", "HAMMING"],
    ["SparseFloatVector", "IP"],
    ["Int8Vector", "COSINE"],
    ["Bool", ""],
  ] as const)("of %s have metric %s by default", (type, metricType) => {
    expect(readIndex({ fieldName: "f" }, field(type))).toMatchObject({ indexType: "AUTOINDEX", metricType, name: "f" });
  });

  it("of Geometry are RTREE by default", () => {
    expect(readIndex({ fieldName: "f" }, field("Geometry"))).toMatchObject({ indexType: "RTREE", metricType: "" });
  });

  it.each([
    ["BinaryVector", "BIN_FLAT", "JACCARD"],
    ["SparseFloatVector", "SPARSE_INVERTED_INDEX", "IP"],
    ["FloatVector", "DISKANN", "IP"],
    ["Timestamptz", "STL_SORT", ""],
    ["VarChar", "INVERTED", ""],
    ["Geometry", "RTREE", ""],
    ["Int8Vector", "HNSW_SQ", "L2"],
    ["BFloat16Vector", "SCANN", "L2"],
  ] as const)("of %s accept %s", (type, indexType, metricType) => {
    expect(readIndex({ fieldName: "f", indexType, metricType }, field(type))).toMatchObject({ indexType, metricType });
  });

  it.each([
    ["BinaryVector", "BIN_FLAT", "L2", 1100, /^binary vector index does not support metric type: L2: /],
    [
      "BinaryVector",
      "BIN_IVF_FLAT",
      "SUBSTRUCTURE",
      65535,
      /^metric type SUBSTRUCTURE not found or not supported, supported: \[HAMMING JACCARD\]$/,
    ],
    ["BinaryVector", "BIN_FLAT", "SUBSTRUCTURE", 3000, /metric type SUBSTRUCTURE is not supported/],
    ["SparseFloatVector", "SPARSE_WAND", "L2", 1100, /^only IP&BM25 is the supported metric type for sparse index: /],
    ["FloatVector", "SPARSE_WAND", "L2", 1100, /^data type FloatVector can't build with this index SPARSE_WAND: /],
    ["FloatVector", "BITMAP", "", 1100, /^metric type not set for vector index: /],
    ["Geometry", "INVERTED", "", 1100, /^data type Geometry can't build with this index INVERTED: /],
    ["VarChar", "RTREE", "", 1100, /^data type VarChar can't build with this index RTREE: /],
    ["Int8Vector", "FLAT", "L2", 1100, /^data type Int8Vector can't build with this index FLAT: /],
    ["Int8Vector", "HNSW", "HAMMING", 1100, /^int vector index does not support metric type: HAMMING: /],
    ["Bool", "AISAQ", "", 1100, /^data type Bool can.t build with this index AISAQ: /],
    ["FloatVector", "FAISS", "L2", 1100, /^param .faiss_index_name. is required: /],
    ["BinaryVector", "FAISS", "HAMMING", 1100, /^data type BinaryVector can.t build with this index FAISS: /],
    ["Bool", "STL_SORT", "", 1100, /^data type Bool can't build with this index STL_SORT: /],
  ] as const)("of %s refuse %s with %s", (type, indexType, metricType, code, message) => {
    expect(() => readIndex({ fieldName: "f", indexType, metricType }, field(type))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
