import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DenseVectorType } from "../../../src/engine/model/data-type.js";
import type { Target, TypedField } from "../../../src/engine/model/types/field-type.js";
import { sparseFloatVector } from "../../../src/engine/model/types/sparse-float-vector.js";
import { denseType } from "../../../src/engine/model/types/table.js";
import { JsonDouble } from "../../../src/values/json-number.js";

function fieldOf(type: TypedField["type"], dim: number): TypedField {
  return { name: "v", type, params: { dim: String(dim) } };
}

function encode(type: DenseVectorType, value: unknown, dim: number): { bytes: Uint8Array; told: string[] } {
  const told: string[] = [];
  const { codec, bytesPerVector } = denseType(type);
  const target: Target = { field: fieldOf(type, dim), timeZone: undefined, late: (error) => told.push(error.message) };
  const bytes = new Uint8Array(2 * bytesPerVector(dim));
  codec.writer(bytes, target)(value, 1);
  // The row before is another's.
  expect(bytes.subarray(0, bytesPerVector(dim)).every((byte) => byte === 0)).toBe(true);
  return { bytes: bytes.slice(bytesPerVector(dim)), told };
}

const show = (type: DenseVectorType, bytes: Uint8Array) => denseType(type).codec.decode(bytes);
const json = (type: DenseVectorType, bytes: Uint8Array) => denseType(type).codec.json(bytes);
const dims = { FloatVector: 4, Float16Vector: 4, BFloat16Vector: 4, Int8Vector: 4, BinaryVector: 16 } as const;
const types = Object.keys(dims) as DenseVectorType[];

describe("dense vectors", () => {
  it.each([
    ["Float16Vector", [0.1, 1, -2.5, 1 / 3], "Zi4APADBVTU=", [0.0999755859375, 1, -2.5, 0.333251953125]],
    ["BFloat16Vector", [0.1, 1, -2.5, 1 / 3], "zD2APyDAqj4=", [0.099609375, 1, -2.5, 0.33203125]],
    ["Int8Vector", [1, 2, 3, 4], "AQIDBA==", [1, 2, 3, 4]],
    ["Int8Vector", [-128, 127, 0, 5], "gH8ABQ==", [-128, 127, 0, 5]],
    ["BinaryVector", [0x0f, 0xf0], "D/A=", [0x0f, 0xf0]],
  ] as const)("of %s %j are %s", (type, given, base64, widened) => {
    const { bytes, told } = encode(type, given, dims[type]);
    expect(told).toEqual([]);
    expect(json(type, bytes)).toBe(`"${base64}"`);
    expect(Array.from(show(type, bytes) as ArrayLike<number>)).toEqual(widened);
    // What is shown can be sent back, as text, as bytes and as a query.
    expect(encode(type, base64, dims[type]).bytes).toEqual(bytes);
    expect(encode(type, bytes, dims[type]).bytes).toEqual(bytes);
    for (const query of [given, base64]) {
      expect([...denseType(type).codec.encodeQuery(query, fieldOf(type, dims[type]))]).toEqual([...bytes]);
    }
  });

  it("come back to the bit", () => {
    const finite = { FloatVector: 0x7f80, Float16Vector: 0x7c00, BFloat16Vector: 0x7f80 } as const;
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.uint8Array({ minLength: 16, maxLength: 16 }), (type, random) => {
        const size = denseType(type).bytesPerVector(dims[type]);
        const bytes = random.slice(0, size);
        if (type in finite) {
          const [high, step] = type === "FloatVector" ? [3, 4] : [1, 2];
          // No number with all bits of the exponent set.
          for (let at = high; at < size; at += step) bytes[at] = (bytes[at] as number) & 0xbf;
        }
        const told: unknown[] = [];
        const target: Target = { field: fieldOf(type, dims[type]), timeZone: undefined, late: (e) => told.push(e) };
        denseType(type).codec.checkBytes(bytes, target);
        expect(told).toEqual([]);
        expect(encode(type, show(type, bytes), dims[type]).bytes).toEqual(bytes);
        const text = JSON.parse(json(type, bytes));
        expect(encode(type, text, dims[type]).bytes).toEqual(bytes);
      }),
    );
  });

  const mismatched = (text: string, type: string) => `${text}: invalid parameter[expected=${type}][actual=`;
  it.each([
    ["FloatVector", [1, 2], "[]float32 size 2 doesn't equal to vector dimension 4 of FloatVector"],
    ["Float16Vector", [1, 2], "[]byte size 4 doesn't equal to vector dimension 4 of Float16Vector"],
    ["BFloat16Vector", "AAAA", "[]byte size 3 doesn't equal to vector dimension 4 of BFloat16Vector"],
    ["Int8Vector", [1, 2, 3], "[]int8 size 3 doesn't equal to vector dimension 4 of Int8Vector"],
    ["BinaryVector", "AAAA", "[]byte size 3 doesn't equal to vector dimension 16 of BinaryVector"],
    ["BinaryVector", "AA", mismatched("illegal base64 data", "BinaryVector")],
    ["BinaryVector", "_-8=", mismatched("illegal base64 data", "BinaryVector")],
    ["BinaryVector", [256, 0], mismatched("json: cannot unmarshal value into Go value of type uint8", "BinaryVector")],
    ["BinaryVector", 5, mismatched("illegal base64 data", "BinaryVector")],
    ["Float16Vector", {}, "invalid vector field: v"],
    ["Float16Vector", "AA", mismatched("illegal base64 data", "Float16Vector")],
    ["Int8Vector", [1.5, 0, 0, 0], mismatched("json: cannot unmarshal value into Go value of type int8", "Int8Vector")],
    ["Int8Vector", [128, 0, 0, 0], mismatched("json: cannot unmarshal value into Go value of type int8", "Int8Vector")],
    [
      "Int8Vector",
      [new JsonDouble(1), 0, 0, 0],
      mismatched("json: cannot unmarshal value into Go value of type int8", "Int8Vector"),
    ],
    ...types.map(
      (type) => [type, null, `missing vector field: v: invalid parameter[expected=${type}][actual=]`] as const,
    ),
    ...types.map(
      (type) => [type, "", `missing vector field: v: invalid parameter[expected=${type}][actual=]`] as const,
    ),
  ] as const)("of %s refuse %j", (type, value, detail) => {
    expect(() => encode(type, value, dims[type])).toThrow(
      expect.objectContaining({ code: 1804, message: expect.stringContaining(detail) }),
    );
  });

  it("tell of NaN and of what overflows", () => {
    expect(encode("Float16Vector", [65520, 0, 0, 0], 4).told).toEqual([
      "float16 vector contain nan or infinity value.",
    ]);
    expect(encode("Float16Vector", [65519.99, 0, 0, 0], 4).told).toEqual([]);
    expect(encode("BFloat16Vector", [Number.NaN, 0, 0, 0], 4).told).toEqual([
      "bfloat16 vector contain nan or infinity value.",
    ]);
  });

  it.each([
    ["FloatVector", [1], "dimension: 4, but length of []float: 1: invalid parameter[expected=FloatVector][actual=[1]]"],
    ["Float16Vector", [1], "dimension: 4, but length of []float: 1: invalid parameter"],
    ["BFloat16Vector", "AAA=", "dimension: 4, bytesLen: 8, but length of []byte: 2: invalid parameter"],
    ["Int8Vector", [1], "dimension: 4, but length of []int8: 1: invalid parameter"],
    ["BinaryVector", "AAAA", "dimension: 16, bytesLen: 2, but length of []byte: 3: invalid parameter"],
  ] as const)("of %s as queries refuse %j", (type, value, detail) => {
    expect(() => denseType(type).codec.encodeQuery(value, fieldOf(type, dims[type]))).toThrow(
      expect.objectContaining({ code: 1801, message: expect.stringContaining(detail) }),
    );
  });
});

describe("sparse vectors", () => {
  const { codec } = sparseFloatVector;
  const target: Target = {
    field: { name: "s", type: "SparseFloatVector", params: {} },
    timeZone: undefined,
    late: () => {},
  };
  const bytesOf = (value: unknown) => codec.encode(value, target, 0);
  const hex = (value: unknown) => Buffer.from(bytesOf(value)).toString("hex");

  it("are pairs in the order of their indices", () => {
    const bytes = "010000000000003f0a0000000000803f";
    expect(hex({ indices: [10, 1], values: [1, 0.5] })).toBe(bytes);
    expect(hex({ 10: 1, 1: 0.5 })).toBe(bytes);
    expect(hex({ indices: new Uint32Array([10, 1]), values: new Float32Array([1, 0.5]) })).toBe(bytes);
    expect(codec.json(bytesOf({ 10: 1, 1: 0.5 }))).toBe('{"1":0.5,"10":1}');
    expect(codec.decode(bytesOf({ 4294967294: 0.1 }))).toEqual({ 4294967294: 0.1 });
    for (const empty of [{}, { indices: [], values: [] }]) {
      expect(hex(empty)).toBe("");
      expect(codec.json(bytesOf(empty))).toBe("{}");
    }
  });

  it("come back to the bit", () => {
    const entries = fc.dictionary(
      fc.nat({ max: 4294967294 }).map(String),
      fc.float({ min: 0, noNaN: true, noDefaultInfinity: true }),
    );
    fc.assert(
      fc.property(entries, (value) => {
        const bytes = bytesOf(value);
        expect(bytesOf(JSON.parse(codec.json(bytes)))).toEqual(bytes);
        expect(bytesOf(codec.decode(bytes))).toEqual(bytes);
        expect(codec.encodeQuery(value, target.field)).toEqual(bytes);
        // Columns may be in any order.
        const pairs = Array.from({ length: bytes.length / 8 }, (_, i) => bytes.subarray(i * 8, i * 8 + 8)).reverse();
        expect(codec.encodeCell(Buffer.concat(pairs), target, 0)).toEqual(bytes);
      }),
    );
  });

  it.each([
    [{ indices: [1] }, "invalid JSON input"],
    [[1], "invalid JSON input"],
    [5, "invalid JSON input"],
    [{ indices: [1], values: [] }, "indices and values length mismatch"],
    [{ indices: [1.5], values: [1] }, "invalid index in JSON: 1.5"],
    [{ indices: [-1], values: [1] }, "invalid index in JSON: -1"],
    [{ "-1": 1 }, 'strconv.ParseUint: parsing "-1": invalid syntax'],
    [{ a: 1 }, 'strconv.ParseUint: parsing "a": invalid syntax'],
    [{ 4294967295: 1 }, "index too large in JSON: 4294967295"],
    [{ 1: "x" }, "invalid value type in JSON: string"],
    [{ 1: null }, "invalid value type in JSON: <nil>"],
    [{ 1: Number.NaN }, "invalid value in JSON: NaN"],
    [{ 1: 1e39 }, "value too large in JSON: 1e+39"],
    [{ indices: [1, 1], values: [1, 2] }, "unsorted or same indices in sparse float vector"],
    [{ 1: 1, "01": 2 }, "unsorted or same indices in sparse float vector"],
    [{ 1: -0.5 }, "negative value in sparse float vector"],
  ] as const)("refuse %j", (value, text) => {
    const rejected = (code: number) =>
      expect.objectContaining({ code, message: expect.stringContaining(`error: ${text}: invalid parameter`) });
    expect(() => bytesOf(value)).toThrow(rejected(1804));
    expect(() => codec.encodeQuery(value, target.field)).toThrow(rejected(1801));
  });

  it.each([
    ["0100000000", "invalid data length in sparse float vector: 5"],
    ["ffffffff0000803f", "invalid index in sparse float vector: must be less than 2^32-1"],
    ["010000000000c07f", "invalid value in sparse float vector: NaN"],
    ["010000000000803f010000000000803f", "unsorted or same indices in sparse float vector"],
    ["01000000000080bf", "negative value in sparse float vector"],
  ] as const)("refuse the bytes %s", (bytes, text) => {
    expect(() => codec.encodeCell(Buffer.from(bytes, "hex"), target, 0)).toThrow(
      expect.objectContaining({ code: 1804, message: expect.stringContaining(text) }),
    );
  });
});
