import { describe, expect, it } from "vitest";
import type { DataType, VectorType } from "../../../src/engine/model/data-type.js";
import { SCALAR_INDEX_TYPES, VECTOR_INDEX_TYPES } from "../../../src/engine/model/index-types.js";
import type { Target } from "../../../src/engine/model/types/field-type.js";
import { readInteger } from "../../../src/engine/model/types/parameters.js";
import {
  comparisonOf,
  denseType,
  FIELD_TYPES,
  readDataType,
  scalarType,
  typeName,
  typeNumber,
  vectorType,
} from "../../../src/engine/model/types/table.js";
import { JsonDouble } from "../../../src/values/json-number.js";

describe("the table of field types", () => {
  it("has one row per type, found by its name and its number on the wire", () => {
    for (const [name, type] of Object.entries(FIELD_TYPES)) {
      expect(type.name).toBe(name);
      expect(typeNumber(name)).toBe(type.number);
      expect(typeName(type.number)).toBe(name);
    }
    expect(new Set(Object.values(FIELD_TYPES).map((type) => type.number)).size).toBe(20);
    expect([typeName(20), typeName(25), typeNumber("Struct"), typeName(99), typeNumber("Int")]).toEqual([
      "String",
      "Text",
      201,
      undefined,
      undefined,
    ]);
  });

  it("names index types that there are", () => {
    const known = { ...VECTOR_INDEX_TYPES, ...SCALAR_INDEX_TYPES };
    for (const { name, family, indexTypes } of Object.values(FIELD_TYPES)) {
      const fitting = family === "scalar" ? SCALAR_INDEX_TYPES : VECTOR_INDEX_TYPES;
      for (const indexType of indexTypes) expect(Object.hasOwn(fitting, indexType), `${name} ${indexType}`).toBe(true);
    }
    const used = new Set(Object.values(FIELD_TYPES).flatMap((type) => type.indexTypes));
    expect([...used].sort()).toEqual(Object.keys(known).sort());
  });

  it("says which types a field can have", () => {
    expect(readDataType("Int64")).toBe("Int64");
    const unsupported = (name: string) => ({
      code: 3000,
      message: `unsupported operation: data type ${name} is not supported by the embedded engine`,
    });
    for (const name of ["ArrayOfStruct", "Struct"]) {
      expect(() => readDataType(name)).toThrow(expect.objectContaining(unsupported(name)));
    }
    for (const type of Object.values(FIELD_TYPES)) {
      if (type.family === "scalar" || type.served) expect(readDataType(type.name)).toBe(type.name);
      else expect(() => readDataType(type.name)).toThrow(expect.objectContaining(unsupported(type.name)));
    }
    expect(() => readDataType("toString")).toThrow(expect.objectContaining({ kind: "DataTypeInvalid" }));
    expect(() => readDataType("int64")).toThrow(expect.objectContaining({ kind: "DataTypeInvalid" }));
  });

  it("knows what vectors take", () => {
    const bytes = (type: VectorType) => {
      const row = vectorType(type);
      return row.family === "dense" ? row.bytesPerVector(16) : undefined;
    };
    const types: VectorType[] = ["FloatVector", "Float16Vector", "BFloat16Vector", "Int8Vector", "BinaryVector"];
    expect(types.map(bytes)).toEqual([64, 32, 32, 16, 2]);
    expect(bytes("SparseFloatVector")).toBeUndefined();
    expect(types.map((type) => comparisonOf({ name: "v", type, params: {} }).metrics[0])).toEqual([
      "COSINE",
      "COSINE",
      "COSINE",
      "COSINE",
      "HAMMING",
    ]);
    expect(comparisonOf({ name: "v", type: "SparseFloatVector", params: {} }).metrics[0]).toBe("IP");
  });
});

describe("dimensions", () => {
  const check = (type: VectorType, dim: string | undefined) =>
    vectorType(type).checkParams({ name: "v", type, params: dim === undefined ? {} : { dim } }, "c", 101);

  it.each([
    ["FloatVector", "2"],
    ["FloatVector", "32768"],
    ["BinaryVector", "8"],
    ["BinaryVector", "262144"],
    ["SparseFloatVector", undefined],
  ] as const)("of %s accept %s", (type, dim) => {
    expect(() => check(type, dim)).not.toThrow();
  });

  const range = "should be in range 2 ~ 32768";
  it.each([
    ["FloatVector", "1", `invalid dimension: 1. ${range}`],
    ["FloatVector", "-4", `invalid dimension: -4. ${range}`],
    ["FloatVector", "4.5", 'strconv.ParseInt: parsing "4.5": invalid syntax'],
    ["FloatVector", "x", 'strconv.ParseInt: parsing "x": invalid syntax'],
    ["FloatVector", "32769", `invalid dimension: 32769 of field v. float vector dimension ${range}`],
    ["Float16Vector", "32769", `invalid dimension: 32769 of field v. float vector dimension ${range}`],
    ["BinaryVector", "1", `invalid dimension: 1. ${range}`],
    ["BinaryVector", "4.5", 'strconv.ParseInt: parsing "4.5": invalid syntax'],
    ["BinaryVector", "12", "invalid dimension: 12 of field v. binary vector dimension should be multiple of 8. "],
    [
      "BinaryVector",
      "262152",
      "invalid dimension: 262152 of field v. binary vector dimension should be in range 2 ~ 262144",
    ],
    ["SparseFloatVector", "4", "dim should not be specified for sparse vector field v(101)"],
  ] as const)("of %s refuse %s", (type, dim, message) => {
    expect(() => check(type, dim)).toThrow(expect.objectContaining({ code: 65535, message }));
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

function targetOf(type: DataType, more: Partial<Target["field"]> = {}): Target & { readonly told: Error[] } {
  const told: Error[] = [];
  const params = { max_length: "8", max_capacity: "4", dim: "2" };
  return { field: { name: "f", type, params, ...more }, timeZone: undefined, late: (error) => told.push(error), told };
}

describe("a stored scalar", () => {
  const big = 9007199254740993n;
  it.each([
    ["Bool", "true", 1, true, "true"],
    ["Int8", "-128", -128, -128, "-128"],
    ["Int64", 5n, 5, 5, "5"],
    ["Int64", big, big, big, "9007199254740993"],
    ["Float", 0.1, Math.fround(0.1), 0.1, "0.1"],
    ["Double", "1e3", 1000, 1000, "1000"],
    ["Double", -0, -0, -0, "-0.0"],
    ["VarChar", 'a"', 'a"', 'a"', '"a\\""'],
    ["VarChar", new JsonDouble(1), "1.0", "1.0", '"1.0"'],
    ["JSON", { a: [1, new JsonDouble(2)], b: big }, '{"a":[1,2.0],"b":9007199254740993}', { a: [1, 2], b: big }, null],
    ["Geometry", "POINT (1 2)", "POINT (1 2)", "POINT (1 2)", '"POINT (1 2)"'],
    ["Timestamptz", "1970-01-01T00:00:01Z", 1_000_000, "1970-01-01T00:00:01Z", '"1970-01-01T00:00:01Z"'],
  ] as const)("of %s from %s", (name, given, stored, value, text) => {
    const type = scalarType(name);
    expect(type.encode(given, targetOf(name), 0)).toEqual(stored);
    expect(type.decode(stored, {})).toEqual(value);
    expect(type.json(stored, {})).toBe(text ?? stored);
  });

  it("of Array keeps its elements' type", () => {
    const array = scalarType("Array");
    const stored = (elementType: "Int64" | "Float" | "Bool" | "VarChar", value: unknown) =>
      array.encode(value, targetOf("Array", { elementType }), 0);
    expect(stored("Int64", [1, "2", big])).toBe("[1,2,9007199254740993]");
    expect(stored("Bool", [true, "0"])).toBe("[true,false]");
    expect(stored("VarChar", ["a", 1])).toBe('["a","1"]');
    const floats = stored("Float", [0.1, 2]);
    expect(floats).toBe(`[${Math.fround(0.1)},2]`);
    expect(array.decode(floats, { elementType: "Float" })).toEqual([0.1, 2]);
    expect(array.json(floats, { elementType: "Float" })).toBe("[0.1,2]");
    expect(array.json("[1,-2]", { elementType: "Int64", int64AsText: true })).toBe('["1","-2"]');
    expect(scalarType("Int64").json(big, { int64AsText: true })).toBe('"9007199254740993"');
    expect(scalarType("Int32").json(7, { int64AsText: true })).toBe("7");
  });

  it("tells of lengths and capacities late", () => {
    const text = targetOf("VarChar");
    scalarType("VarChar").encode("123456789", text, 3);
    expect(text.told.map((e) => e.message)).toEqual([
      "length of varchar field f exceeds max length, row number: 3, length: 9, max length: 8: invalid parameter",
    ]);
    const list = targetOf("Array", { elementType: "Int8" });
    scalarType("Array").encode([1, 2, 3, 4, 5], list, 0);
    expect(list.told.map((e) => e.message)).toEqual([
      "the length (5) of array exceeds max capacity (4): invalid parameter",
    ]);
  });
});

it("refuses text that is no geometry in the server's words", () => {
  expect(() => scalarType("Geometry").encode("not-wkt", targetOf("Geometry"), 0)).toThrow(
    "invalid Geometry data, transform to wkb failed: syntax error: invalid parameter[expected=Geometry][actual=not-wkt]",
  );
});

describe("a column's entries", () => {
  it("bring JSON as text, timestamps also as microseconds", () => {
    expect(scalarType("JSON").encodeCell('{"a": 1, "a": 2}', targetOf("JSON"), 0)).toBe('{"a":2}');
    expect(() => scalarType("JSON").encodeCell("{a:1}", targetOf("JSON"), 0)).toThrow(
      expect.objectContaining({ kind: "BadRow" }),
    );
    expect(scalarType("Timestamptz").encodeCell(1n << 50n, targetOf("Timestamptz"), 0)).toBe(2 ** 50);
    expect(() => scalarType("Timestamptz").encodeCell(1n << 62n, targetOf("Timestamptz"), 0)).toThrow(
      expect.objectContaining({ kind: "BadRow" }),
    );
  });
});

describe("float vectors", () => {
  it("become little-endian bytes and numbers again", () => {
    const target = targetOf("FloatVector");
    const bytes = new Uint8Array(16);
    const write = denseType("FloatVector").codec.writer(bytes, target);
    write([0.1, 2], 1);
    write(new Float32Array([1, -1]), 0);
    expect(Buffer.from(bytes).toString("hex")).toBe("0000803f000080bfcdcccc3d00000040");
    const second = bytes.subarray(8);
    expect(denseType("FloatVector").codec.decode(second)).toEqual([0.1, 2]);
    expect(denseType("FloatVector").codec.json(second)).toBe("[0.1,2]");
    // Rows from a database lie anywhere in memory.
    const shifted = new Uint8Array(9);
    shifted.set(second, 1);
    expect(denseType("FloatVector").codec.decode(shifted.subarray(1))).toEqual([0.1, 2]);
    expect(target.told).toEqual([]);
  });

  it("tell of NaN and infinities late", () => {
    const target = targetOf("FloatVector");
    denseType("FloatVector").codec.writer(new Uint8Array(8), target)([1, Number.NaN], 0);
    denseType("FloatVector").codec.checkBytes(
      new Uint8Array(new Float32Array([1, Number.POSITIVE_INFINITY]).buffer),
      target,
    );
    expect(target.told.map((e) => e.message)).toEqual([
      "value 'NaN' is not a number or infinity: invalid parameter",
      "value 'Infinity' is not a number or infinity: invalid parameter",
    ]);
  });
});
