import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { vectorNumbers } from "../../src/studio/vector-numbers.js";
import { toBFloat16, toFloat16 } from "../../src/values/float16.js";

const base64 = (bytes: ArrayBufferView) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
const numbers = (value: unknown, type: string) => {
  const found = vectorNumbers(value, type);
  return found && Array.from(found);
};

describe("the numbers of a vector that REST has told", () => {
  it("are those that were stored, whatever their type", () => {
    const halves = fc.array(fc.integer({ min: -2048, max: 2048 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(halves, (list) => {
        expect(numbers(base64(Uint16Array.from(list, toFloat16)), "Float16Vector")).toEqual(list);
      }),
    );
    const eighths = fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(eighths, (list) => {
        expect(numbers(base64(Uint16Array.from(list, toBFloat16)), "BFloat16Vector")).toEqual(list);
        expect(numbers(base64(Int8Array.from(list)), "Int8Vector")).toEqual(list);
        expect(numbers(list, "FloatVector")).toEqual(list);
      }),
    );
    const bits = [1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1];
    expect(numbers(base64(Uint8Array.of(1, 130)), "BinaryVector")).toEqual(bits);
    expect(numbers([1, 130], "BinaryVector")).toEqual(bits);
  });

  it("are none of what is no vector", () => {
    for (const value of [null, undefined, "not base64!", 7]) expect(numbers(value, "Float16Vector")).toBeUndefined();
  });
});
