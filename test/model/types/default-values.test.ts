import { describe, expect, it } from "vitest";
import { scalarType } from "../../../src/engine/model/types/table.js";
import { readField } from "../../../src/engine/model/validate-fields.js";
import { JsonDouble } from "../../../src/values/json-number.js";

const read = (dataType: string, defaultValue: unknown, timeZone?: string) =>
  readField({ fieldName: "f", dataType, defaultValue, elementDataType: "Int8" }, false, timeZone).defaultValue;

describe("default values", () => {
  it.each([
    ["Bool", true, 1, { BoolData: true }],
    ["Bool", false, 0, { BoolData: false }],
    ["Int8", -128, -128, { IntData: -128 }],
    ["Int16", new JsonDouble(7), 7, { IntData: 7 }],
    ["Int32", 5n, 5, { IntData: 5 }],
    ["Int64", 2n ** 62n, 2n ** 62n, { LongData: 2n ** 62n }],
    ["Int64", 3, 3, { LongData: 3 }],
    ["Float", 0.1, Math.fround(0.1), { FloatData: 0.1 }],
    ["Double", new JsonDouble(2), 2, { DoubleData: 2 }],
    ["VarChar", "", "", { StringData: "" }],
    ["Geometry", "POINT (1 2)", "POINT (1 2)", { StringData: "POINT (1 2)" }],
    ["Timestamptz", "2025-01-01T00:00:00Z", 1735689600000000, { StringData: "2025-01-01T00:00:00Z" }],
  ] as const)("of %s %s", (type, given, stored, described) => {
    expect(read(type, given)).toBe(stored);
    expect(scalarType(type).describeDefault(stored, undefined)).toEqual(described);
  });

  it("of Timestamptz without offset are in the zone of the collection", () => {
    const stored = read("Timestamptz", "2025-01-01T08:00:00", "Asia/Shanghai");
    expect(stored).toBe(1735689600000000);
    expect(scalarType("Timestamptz").describeDefault(stored as number, "Asia/Shanghai")).toEqual({
      StringData: "2025-01-01T08:00:00+08:00",
    });
  });

  const wrong = "convert defaultValue fail, err:Wrong defaultValue type: invalid parameter";
  it.each([
    ["Bool", 1, `${wrong}[expected=bool][actual=1]`],
    ["Int8", "1", `${wrong}[expected=number][actual=1]`],
    ["Int8", 1.5, `${wrong}[expected=number][actual=1.5]`],
    ["Int8", 128, "invalid parameter[128 out of range -128 <= value <= 127]"],
    ["Int64", 2n ** 63n, `invalid parameter[${2n ** 63n} out of range ${-(2n ** 63n)} <= value <= ${2n ** 63n - 1n}]`],
    ["Float", 1e39, `${wrong}[expected=number][actual=1e+39]`],
    ["Double", true, `${wrong}[expected=number][actual=true]`],
    ["VarChar", 1, `${wrong}[expected=string][actual=1]`],
    ["Geometry", "POINT", `${wrong}[expected=string][actual=POINT]`],
    ["Timestamptz", 5, `${wrong}[expected=string][actual=5]`],
    ["Array", [], "convert defaultValue fail, err:Unexpected default value type: Array: invalid parameter"],
    ["JSON", {}, "convert defaultValue fail, err:Unexpected default value type: JSON: invalid parameter"],
    [
      "FloatVector",
      [1],
      "convert defaultValue fail, err:Unexpected default value type: FloatVector: invalid parameter",
    ],
  ] as const)("of %s refuse %s", (type, given, message) => {
    expect(() => read(type, given)).toThrow(expect.objectContaining({ code: 1100, message }));
  });
});
