import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readColumns } from "../../../src/api/grpc/columns/read-column.js";
import { writeColumn } from "../../../src/api/grpc/columns/write-column.js";
import { decode, encode, type Received, type Sent } from "../../../src/api/grpc/messages/table.js";
import type { InputColumn, StoredColumn } from "../../../src/engine/contract/column.js";
import type { DataType, ElementType } from "../../../src/engine/model/data-type.js";
import { wktOf } from "../../../src/values/well-known-binary.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 100);

/** The engine's form of a column that is one. */
function readColumn(field: Received<"FieldData">): InputColumn {
  const [column, ...more] = readColumns(field);
  expect(more).toEqual([]);
  return column as InputColumn;
}

/** What a client does with a column: it is sent, received, and read value by value. */
function received(column: Sent<"FieldData">): Received<"FieldData"> {
  return decode("FieldData", encode("FieldData", column));
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
});
const float = fc.float({ noNaN: true, noDefaultInfinity: true });
const text = fc.string({ unit: "binary", maxLength: 8 });

/** Stored values of each scalar type with the way clients show them. */
const scalars: Readonly<
  Record<
    string,
    { readonly type: DataType; readonly stored: fc.Arbitrary<string | number | bigint>; readonly zero: unknown }
  >
> = {
  bool_data: { type: "Bool", stored: fc.constantFrom(0, 1), zero: false },
  int_data: { type: "Int32", stored: fc.integer(), zero: 0 },
  long_data: { type: "Int64", stored: int64, zero: 0 },
  float_data: { type: "Float", stored: float, zero: 0 },
  double_data: { type: "Double", stored: fc.double({ noNaN: true, noDefaultInfinity: true }), zero: 0 },
  string_data: { type: "VarChar", stored: text, zero: "" },
};

function columnOf(type: DataType, values: readonly unknown[], more: Partial<StoredColumn> = {}): StoredColumn {
  return { name: "f", type, fieldId: 103, primaryKey: false, values: values as never, ...more };
}

const UTC = { timeZone: undefined, parts: undefined };

describe("columns of results", () => {
  it.each(Object.entries(scalars))(
    "%s: every value in its place, nulls as zeros beside their flags",
    (slot, { type, stored, zero }) => {
      fc.assert(
        fc.property(fc.array(fc.option(stored), { maxLength: 9 }), fc.boolean(), (values, nullable) => {
          const rows = nullable ? values : values.filter((value) => value !== null);
          const field = received(writeColumn(columnOf(type, rows, nullable ? { nullable } : {}), UTC));
          expect(field).toMatchObject({ field_name: "f", field_id: 103, is_dynamic: false });
          const data = Array.from(
            (field.scalars as unknown as Record<string, { data: ArrayLike<unknown> }>)[slot]?.data ?? [],
          );
          const shown = (value: unknown) => (type === "Bool" ? value === 1 : value);
          expect(data).toEqual(rows.map((value) => (value === null ? zero : shown(value))));
          expect(field.valid_data).toEqual(nullable ? rows.map((value) => value !== null) : []);
        }),
        { numRuns: RUNS },
      );
    },
  );

  it("JSON, Geometry and Timestamptz as texts, in the zone that is asked for", () => {
    const json = received(writeColumn(columnOf("JSON", ['{"a":1}', null], { nullable: true, dynamic: true }), UTC));
    expect(json.scalars?.json_data?.data.map((bytes) => Buffer.from(bytes).toString())).toEqual(['{"a":1}', ""]);
    expect(json).toMatchObject({ type: 23, is_dynamic: true, valid_data: [true, false] });
    const shapes = received(writeColumn(columnOf("Geometry", ["POINT (1 2)"]), UTC));
    expect(shapes.scalars?.geometry_wkt_data?.data).toEqual(["POINT (1 2)"]);
    const times = columnOf("Timestamptz", [1_700_000_000_000_000n, 0]);
    expect(received(writeColumn(times, UTC)).scalars?.string_data?.data).toEqual([
      "2023-11-14T22:13:20Z",
      "1970-01-01T00:00:00Z",
    ]);
    const tokyo = { timeZone: "Asia/Tokyo", parts: undefined };
    expect(received(writeColumn(times, tokyo)).scalars?.string_data?.data[0]).toBe("2023-11-15T07:13:20+09:00");
  });

  it("Timestamptz as lists of its parts", () => {
    const times = columnOf("Timestamptz", [1_700_000_000_000_123n, null, -1n], { nullable: true });
    const parts = ["Year", "month", "day", "hour", "minute", "second", "microsecond"];
    expect(received(writeColumn(times, { timeZone: "Asia/Tokyo", parts }))).toMatchObject({
      type: 22,
      valid_data: [true, false, true],
      scalars: {
        array_data: {
          element_type: 5,
          data: [
            { long_data: { data: [2023, 11, 15, 7, 13, 20, 123] } },
            { long_data: undefined },
            { long_data: { data: [1970, 1, 1, 8, 59, 59, 999_999] } },
          ],
        },
      },
    });
    expect(() => writeColumn(times, { timeZone: undefined, parts: ["week"] })).toThrow(
      "unsupported field for extraction: week",
    );
  });

  it("arrays row by row, with the type of their elements also where they are empty", () => {
    const rows = (elementType: ElementType, values: readonly (string | null)[]) =>
      received(writeColumn(columnOf("Array", values, { elementType, nullable: true }), UTC)).scalars?.array_data;
    expect(rows("Int64", ["[1,9223372036854775807]", "[]", null])).toMatchObject({
      element_type: 5,
      data: [{ long_data: { data: [1, 9223372036854775807n] } }, { long_data: { data: [] } }, { long_data: undefined }],
    });
    expect(rows("Float", ["[0.5]"])?.data[0]?.float_data?.data).toEqual(Float32Array.of(0.5));
    expect(rows("Double", ["[1]"])?.data[0]?.double_data?.data).toEqual(Float64Array.of(1));
    expect(rows("Bool", ["[true,false]"])?.data[0]?.bool_data?.data).toEqual([true, false]);
    expect(rows("VarChar", ['["a"]'])?.data[0]?.string_data?.data).toEqual(["a"]);
    expect(rows("Int8", ["[-1]"])?.data[0]?.int_data?.data).toEqual([-1]);
  });

  it("vectors: their dimension always, null ones without a place", () => {
    const bytes = new Uint8Array(Float32Array.of(1, 2, 0, 0, 3, 4).buffer);
    const column = columnOf("FloatVector", [], {
      values: bytes,
      dimension: 2,
      nullable: true,
      valid: Uint8Array.of(1, 0, 1),
    });
    expect(received(writeColumn(column, UTC))).toMatchObject({
      vectors: { dim: 2, float_vector: { data: Float32Array.of(1, 2, 3, 4) } },
      valid_data: [true, false, true],
    });
    const empty = columnOf("Int8Vector", [], { values: new Uint8Array(0), dimension: 7 });
    expect(received(writeColumn(empty, UTC))).toMatchObject({
      vectors: { dim: 7, int8_vector: new Uint8Array(0) },
    });
    const pair = new Uint8Array(8);
    new DataView(pair.buffer).setUint32(0, 41, true);
    const sparse = columnOf("SparseFloatVector", [pair, null], { nullable: true });
    expect(received(writeColumn(sparse, UTC))).toMatchObject({
      vectors: { dim: 42, sparse_float_vector: { dim: 42, contents: [pair] } },
      valid_data: [true, false],
    });
  });
});

const base = { field_name: "f" };

describe("columns of requests", () => {
  it.each(Object.entries(scalars))("%s: values between nulls find their place", (slot, { type, stored }) => {
    const number = { bool_data: 1, int_data: 4, long_data: 5, float_data: 10, double_data: 11, string_data: 21 }[slot];
    fc.assert(
      fc.property(fc.array(fc.option(stored), { minLength: 1, maxLength: 9 }), fc.boolean(), (values, inside) => {
        const present = values
          .filter((value) => value !== null)
          .map((value) => (type === "Bool" ? value === 1 : value));
        const valid = values.map((value) => value !== null);
        const column = readColumn(
          received({
            ...base,
            type: number,
            scalars: { [slot]: { data: present }, ...(inside && { valid_data: valid }) } as Sent<"ScalarField">,
            ...(!inside && { valid_data: valid }),
          }),
        );
        expect(column).toEqual({
          name: "f",
          type,
          values: values.map((value) => (value === null ? null : type === "Bool" ? value === 1 : value)),
        });
      }),
      { numRuns: RUNS },
    );
  });

  it("take all nulls without any slot, no flags as all valid, and String for VarChar", () => {
    expect(readColumn(received({ ...base, type: 5, valid_data: [false, false] })).values).toEqual([null, null]);
    expect(readColumn(received({ ...base, type: 20, scalars: { string_data: { data: ["a"] } } }))).toEqual({
      name: "f",
      type: "VarChar",
      values: ["a"],
    });
    const meta = received({
      type: 23,
      is_dynamic: true,
      scalars: { json_data: { data: [Buffer.from("{}"), Buffer.alloc(0)] } },
    });
    expect(readColumn(meta)).toEqual({ name: "$meta", type: "JSON", dynamic: true, values: ["{}", null] });
  });

  it("take arrays, timestamps and shapes in each of their forms", () => {
    const array = readColumn(
      received({
        ...base,
        type: 22,
        scalars: {
          array_data: { data: [{ long_data: { data: [1] } }, {}, { float_data: { data: [0.5] } }], element_type: 5 },
        },
      }),
    );
    expect(array).toEqual({ name: "f", type: "Array", elementType: "Int64", values: [[1], [], [0.5]] });
    expect(readColumn(received({ ...base, type: 26, scalars: { timestamptz_data: { data: [5] } } })).values).toEqual([
      5n,
    ]);
    expect(
      readColumn(received({ ...base, type: 26, scalars: { string_data: { data: ["2024-01-01T00:00:00Z"] } } })).values,
    ).toEqual(["2024-01-01T00:00:00Z"]);
    const point = Buffer.from("0101000000000000000000f03f0000000000000040", "hex");
    expect(readColumn(received({ ...base, type: 24, scalars: { geometry_data: { data: [point] } } })).values).toEqual([
      "POINT (1 2)",
    ]);
  });

  it("take vectors as they are, floats for 16-bit fields, nulls take no room", () => {
    const floats = { dim: 2, float_vector: { data: Float32Array.of(1, 2, 3, 4) } };
    const plain = readColumn(received({ ...base, type: 101, vectors: floats }));
    expect(plain).toEqual({
      name: "f",
      type: "FloatVector",
      dimension: 2,
      values: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
    });
    const gaps = readColumn(received({ ...base, type: 101, vectors: floats, valid_data: [true, false, true] }));
    expect(gaps).toMatchObject({
      values: new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer),
      valid: Uint8Array.of(1, 0, 1),
    });
    const half = readColumn(received({ ...base, type: 102, vectors: { dim: 2, float_vector: { data: [1, -2] } } }));
    expect(half.values).toEqual(new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer));
    const brain = readColumn(received({ ...base, type: 103, vectors: { dim: 2, float_vector: { data: [1, -2] } } }));
    expect(brain.values).toEqual(new Uint8Array(Uint16Array.of(0x3f80, 0xc000).buffer));
    const bits = readColumn(received({ ...base, type: 100, vectors: { dim: 8, binary_vector: Uint8Array.of(5) } }));
    expect(bits).toEqual({ name: "f", type: "BinaryVector", dimension: 8, values: Uint8Array.of(5) });
    const all = readColumn(received({ ...base, type: 105, vectors: { dim: 2 }, valid_data: [false, false] }));
    expect(all).toMatchObject({ values: new Uint8Array(0), valid: Uint8Array.of(0, 0) });
  });

  it("sort sparse vectors by index", () => {
    const pairs = (...indices: number[]) => {
      const bytes = new Uint8Array(indices.length * 8);
      const view = new DataView(bytes.buffer);
      for (const [at, index] of indices.entries()) {
        view.setUint32(at * 8, index, true);
        view.setFloat32(at * 8 + 4, index / 2, true);
      }
      return bytes;
    };
    const sparse = (contents: Uint8Array[], valid: boolean[] = []) =>
      readColumn(
        received({ ...base, type: 104, vectors: { sparse_float_vector: { contents, dim: 9 } }, valid_data: valid }),
      ).values;
    expect(sparse([pairs(3, 1, 2), pairs(0, 5)])).toEqual([pairs(1, 2, 3), pairs(0, 5)]);
    expect(sparse([pairs(4)], [false, true])).toEqual([null, pairs(4)]);
    expect(sparse([Uint8Array.of(1, 2, 3)])).toEqual([Uint8Array.of(1, 2, 3)]);
  });

  it.each<[string, Sent<"FieldData">, number]>([
    ["too few values", { type: 5, scalars: { long_data: { data: [1] } }, valid_data: [true, true] }, 1100],
    [
      "a full list beside nulls",
      { type: 5, scalars: { long_data: { data: [1, 2] } }, valid_data: [true, false] },
      1100,
    ],
    [
      "too few vectors",
      { type: 101, vectors: { dim: 2, float_vector: { data: [1, 2, 3] } }, valid_data: [true, true, false] },
      1100,
    ],
    ["another slot", { type: 5, scalars: { int_data: { data: [1] } } }, 1100],
    ["floats for bits", { type: 100, vectors: { dim: 8, float_vector: { data: [1] } } }, 1100],
    ["sparse for dense", { type: 101, vectors: { dim: 8, sparse_float_vector: { contents: [] } } }, 1100],
    ["dense for sparse", { type: 104, vectors: { dim: 8, float_vector: { data: [1] } } }, 1100],
    [
      "null elements",
      { type: 22, scalars: { array_data: { data: [{ long_data: { data: [1] }, valid_data: [true] }] } } },
      3000,
    ],
    ["arrays of arrays", { type: 22, scalars: { array_data: { data: [{ array_data: { data: [] } }] } } }, 3000],
    ["no type", { type: 0 }, 1100],
    ["arrays of vectors without a type", { type: 106, vectors: { vector_array: { data: [{ dim: 2 }] } } }, 1100],
    ["bytes that are no geometry", { type: 24, scalars: { geometry_data: { data: [Uint8Array.of(1, 9)] } } }, 1100],
  ])("refuse %s", (_, field, code) => {
    expect(() => readColumn(received({ ...base, ...field }))).toThrow(expect.objectContaining({ code }));
  });
});

describe("geometries as bytes", () => {
  it.each([
    ["0101000000000000000000f03f0000000000000040", "POINT (1 2)"],
    ["00000000013ff00000000000004000000000000000", "POINT (1 2)"],
    ["0101000000000000000000f87f000000000000f87f", "POINT EMPTY"],
    ["010200000000000000", "LINESTRING EMPTY"],
    [`010200000002000000${"0000000000000000".repeat(2)}${"000000000000f03f".repeat(2)}`, "LINESTRING (0 0, 1 1)"],
    [
      `01030000000100000004000000${"0000000000000000".repeat(2)}000000000000f03f0000000000000000000000000000f03f000000000000f03f${"0000000000000000".repeat(2)}`,
      "POLYGON ((0 0, 1 0, 1 1, 0 0))",
    ],
    ["0104000000010000000101000000000000000000f03f0000000000000040", "MULTIPOINT ((1 2))"],
    ["0107000000010000000101000000000000000000f03f0000000000000040", "GEOMETRYCOLLECTION (POINT (1 2))"],
  ])("%s", (hex, wkt) => {
    expect(wktOf(Buffer.from(hex, "hex"))).toBe(wkt);
  });

  it("are read or refused, whatever they are", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          expect(typeof wktOf(bytes)).toBe("string");
        } catch (error) {
          expect(error).toMatchObject({ code: 1100 });
        }
      }),
      { numRuns: 10 * RUNS },
    );
    let nested = "0107000000000000";
    for (let i = 0; i < 100; i++) nested = `010700000001000000${nested}`;
    expect(() => wktOf(Buffer.from(nested, "hex"))).toThrow(expect.objectContaining({ code: 1100 }));
  });
});
