import { describe, expect, it } from "vitest";
import { isJsonNumber, JsonDouble } from "../../src/values/json-number.js";
import { parameterText } from "../../src/values/parameter-text.js";

describe("JSON numbers", () => {
  it("keep how they were written", () => {
    expect([1, 1n, new JsonDouble(1), "1", {}].map(isJsonNumber)).toEqual([true, true, true, false, false]);
    expect([new JsonDouble(1), new JsonDouble(1e21), new JsonDouble(-2)].map(String)).toEqual(["1.0", "1e+21", "-2.0"]);
    expect(JSON.stringify({ a: new JsonDouble(1) })).toBe('{"a":1}');
  });

  it("become parameter texts", () => {
    const values = ["x", 5, 5n, true, new JsonDouble(8), 1.5, { a: [1, 2n] }];
    expect(values.map(parameterText)).toEqual(["x", "5", "5", "true", "8", "1.5", '{"a":[1,2]}']);
  });
});
