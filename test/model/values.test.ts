import { describe, expect, it } from "vitest";
import { convertDefaultValue, describeDefaultValue } from "../../src/engine/model/default-value.js";
import { isJsonNumber, JsonDouble, parameterText, toDouble } from "../../src/values/json-number.js";

describe("JSON numbers", () => {
  it("keep how they were written", () => {
    expect([1, 1n, new JsonDouble(1), "1", {}].map(isJsonNumber)).toEqual([true, true, true, false, false]);
    expect([1, 2n ** 60n, new JsonDouble(3)].map(toDouble)).toEqual([1, 2 ** 60, 3]);
    expect([new JsonDouble(1), new JsonDouble(1e21), new JsonDouble(-2)].map(String)).toEqual(["1.0", "1e+21", "-2.0"]);
    expect(JSON.stringify({ a: new JsonDouble(1) })).toBe('{"a":1}');
  });

  it("become parameter texts", () => {
    const values = ["x", 5, 5n, true, new JsonDouble(8), 1.5, { a: [1, 2n] }];
    expect(values.map(parameterText)).toEqual(["x", "5", "5", "true", "8", "1.5", '{"a":[1,2]}']);
  });
});

describe("default values", () => {
  it.each([
    ["Bool", true, true, { BoolData: true }],
    ["Int8", -128, -128n, { IntData: -128 }],
    ["Int16", new JsonDouble(7), 7n, { IntData: 7 }],
    ["Int32", 5n, 5n, { IntData: 5 }],
    ["Int64", 2n ** 62n, 2n ** 62n, { LongData: 2n ** 62n }],
    ["Int64", 3, 3n, { LongData: 3 }],
    ["Float", 0.1, Math.fround(0.1), { FloatData: 0.1 }],
    ["Double", new JsonDouble(2), 2, { DoubleData: 2 }],
    ["VarChar", "", "", { StringData: "" }],
  ] as const)("of %s %s", (type, given, stored, described) => {
    expect(convertDefaultValue(type, given)).toBe(stored);
    expect(describeDefaultValue(type, stored)).toEqual(described);
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
    ["Array", [], "convert defaultValue fail, err:Unexpected default value type: Array: invalid parameter"],
    [
      "FloatVector",
      [1],
      "convert defaultValue fail, err:Unexpected default value type: FloatVector: invalid parameter",
    ],
  ] as const)("of %s refuse %s", (type, given, message) => {
    expect(() => convertDefaultValue(type, given)).toThrow(expect.objectContaining({ code: 1100, message }));
  });
});
