import { describe, expect, it } from "vitest";
import type { VectorType } from "../../src/engine/model/data-type.js";
import type { FieldSchema } from "../../src/engine/model/schema.js";
import { checkDimension, readField, readInteger, validateSchema } from "../../src/engine/model/validate-fields.js";
import { readIndex } from "../../src/engine/model/validate-index.js";

const range = "should be in range 2 ~ 32768";

describe("dimensions", () => {
  it.each([
    ["FloatVector", "2"],
    ["FloatVector", "32768"],
    ["BinaryVector", "8"],
    ["BinaryVector", "262144"],
    ["SparseFloatVector", undefined],
  ] as [VectorType, string | undefined][])("of %s accept %s", (type, dim) => {
    expect(() => checkDimension("v", type, dim, 101)).not.toThrow();
  });

  it.each([
    ["FloatVector", "1", `invalid dimension: 1. ${range}`],
    ["FloatVector", "-4", `invalid dimension: -4. ${range}`],
    ["FloatVector", "4.5", `invalid dimension: 4.5. ${range}`],
    ["FloatVector", "x", `invalid dimension: x. ${range}`],
    ["FloatVector", "32769", `invalid dimension: 32769 of field v. float vector dimension ${range}`],
    ["Float16Vector", "32769", `invalid dimension: 32769 of field v. float16 vector dimension ${range}`],
    ["BinaryVector", "12", "invalid dimension: 12 of field v. binary vector dimension should be multiple of 8. "],
    [
      "BinaryVector",
      "262152",
      "invalid dimension: 262152 of field v. binary vector dimension should be in range 2 ~ 262144",
    ],
    ["SparseFloatVector", "4", "dim should not be specified for sparse vector field v(101)"],
  ] as [VectorType, string, string][])("of %s refuse %s", (type, dim, message) => {
    expect(() => checkDimension("v", type, dim, 101)).toThrow(expect.objectContaining({ code: 65535, message }));
  });

  it("are decimal integers", () => {
    expect(["5", " 5 ", "+5", "-5", "5.0", "0x5", "", "9007199254740993"].map(readInteger)).toEqual([
      5,
      5,
      5,
      -5,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});

describe("partition keys", () => {
  const id = readField({ fieldName: "id", dataType: "Int64", isPrimary: true });
  const vector = readField({ fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } });
  const key = (fieldName: string, dataType = "Int64") => readField({ fieldName, dataType, isPartitionKey: true });

  it("are one, scalar, and not the primary key", () => {
    expect(() => validateSchema("c", [id, vector, key("a")])).not.toThrow();
    expect(() => validateSchema("c", [id, vector, key("a"), key("b")])).toThrow(
      "there are more than one partition key, field name = a, b",
    );
    expect(() => validateSchema("c", [{ ...id, partitionKey: true }, vector])).toThrow(
      "the partition key field must not be primary field",
    );
    expect(() => validateSchema("c", [id, vector, key("a", "Bool")])).toThrow(
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

  it.each([
    ["BinaryVector", "BIN_FLAT", "JACCARD"],
    ["SparseFloatVector", "SPARSE_INVERTED_INDEX", "IP"],
    ["FloatVector", "DISKANN", "IP"],
    ["Timestamptz", "STL_SORT", ""],
    ["VarChar", "INVERTED", ""],
  ] as const)("of %s accept %s", (type, indexType, metricType) => {
    expect(readIndex({ fieldName: "f", indexType, metricType }, field(type))).toMatchObject({ indexType, metricType });
  });

  it.each([
    ["BinaryVector", "BIN_FLAT", "L2", 1100, /^binary vector index does not support metric type: L2: /],
    ["BinaryVector", "BIN_FLAT", "MHJACCARD", 3000, /metric type MHJACCARD is not supported/],
    ["SparseFloatVector", "SPARSE_WAND", "L2", 1100, /^only IP&BM25 is the supported metric type for sparse index: /],
    ["FloatVector", "SPARSE_WAND", "L2", 1100, /^data type FloatVector can't build with this index SPARSE_WAND: /],
    ["Geometry", "AUTOINDEX", "", 1100, /^data type Geometry can't build with this index AUTOINDEX: /],
    ["Geometry", "RTREE", "", 3000, /index type RTREE is not supported/],
    ["Bool", "STL_SORT", "", 1100, /^data type Bool can't build with this index STL_SORT: /],
  ] as const)("of %s refuse %s with %s", (type, indexType, metricType, code, message) => {
    expect(() => readIndex({ fieldName: "f", indexType, metricType }, field(type))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
