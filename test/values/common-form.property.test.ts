import { deepStrictEqual } from "node:assert";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isCommon, readCommon, writeCommon } from "../../src/values/common-form.js";
import { JsonDouble } from "../../src/values/json-number.js";

const number = fc.oneof(fc.integer(), fc.double(), fc.constantFrom(-0, Number.NaN, Number.NEGATIVE_INFINITY));
const text = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 40 }), fc.constantFrom("\ud800", "", "\0"));
const key = fc.oneof(text, fc.constantFrom("id", "$", "__proto__", "constructor", "text"));
const view = fc.oneof(
  fc.float32Array({ maxLength: 9 }),
  fc.float64Array({ maxLength: 9 }),
  fc.uint8Array({ maxLength: 9 }),
  fc.uint16Array({ maxLength: 9 }),
  fc.bigInt64Array({ maxLength: 3 }),
  fc.uint8Array({ minLength: 1, maxLength: 9 }).map((bytes) => bytes.subarray(1)),
  fc.uint8Array({ maxLength: 9 }).map((bytes) => new DataView(bytes.slice().buffer)),
);
// biome-ignore lint/suspicious/noSparseArray: programs have such
const hole = fc.constantFrom([, 1], [1, , undefined], [,]);
const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.oneof(
      fc.constantFrom(undefined, null, true, false),
      number,
      text,
      fc.bigInt(),
      fc.date({ noInvalidDate: false }),
      number.map((made) => new JsonDouble(made)),
      view,
      hole,
    ),
    fc.array(tie("value"), { maxLength: 6 }),
    fc.dictionary(key, tie("value"), { maxKeys: 6, noNullPrototype: false }),
  ),
})).value;

describe("the common form", () => {
  it("gives back what a clone would be, wherever it lies (generated)", () => {
    fc.assert(
      fc.property(value, fc.nat({ max: 9 }), (made, at) => {
        const form = writeCommon(made);
        expect(isCommon(form)).toBe(true);
        const room = new Uint8Array(form.length + at);
        room.set(form, at);
        const read = [readCommon(form), readCommon(room.subarray(at))];
        const clone = structuredClone(made);
        for (const each of read) deepStrictEqual({ value: each }, { value: clone });
      }),
    );
  });

  it("has no words for what is no data", () => {
    const circle: unknown[] = [];
    circle.push(circle);
    for (const odd of [() => 1, Symbol("x"), new Map(), /x/, Promise.resolve(), circle]) {
      expect(() => writeCommon({ odd })).toThrow();
    }
  });

  it("is not found in what is something else, and refuses what is cut off or made up", () => {
    for (const odd of [Buffer.alloc(0), Buffer.from("{}"), Buffer.alloc(40)]) {
      expect(isCommon(odd)).toBe(false);
      expect(() => readCommon(odd)).toThrow();
    }
    const form = writeCommon({ list: [1, 2], bytes: Float64Array.of(1) });
    for (let length = 16; length < form.length; length++) expect(() => readCommon(form.subarray(0, length))).toThrow();
    const large = Buffer.from(form);
    large.writeBigUInt64LE(2n ** 62n, 8);
    expect(() => readCommon(large)).toThrow();
  });
});
