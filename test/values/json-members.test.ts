import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keepMembers, visitMembers } from "../../src/values/json-members.js";

function members(text: string): [string, unknown][] {
  const found: [string, unknown][] = [];
  visitMembers(text, (key, member, value, end) => {
    expect(JSON.parse(`{${text.slice(member, end)}}`)).toEqual({ [key]: JSON.parse(text.slice(value, end)) });
    found.push([key, JSON.parse(text.slice(value, end))]);
  });
  return found;
}

const hostile = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', "\\", '\\"', "}", "{,", "__proto__", ""));
const object = fc.dictionary(hostile, fc.jsonValue({ stringUnit: "binary" }), { noNullPrototype: true });

describe("members of a JSON object's text", () => {
  it("are those that a parser finds, in any layout", () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(members(text)).toEqual(Object.entries(JSON.parse(text)));
      }),
    );
  });

  it("are kept by key", () => {
    fc.assert(
      fc.property(object, fc.func(fc.boolean()), (value, wanted) => {
        const kept = JSON.parse(keepMembers(JSON.stringify(value), wanted));
        expect(Object.entries(kept)).toEqual(
          Object.entries(JSON.parse(JSON.stringify(value))).filter(([key]) => wanted(key)),
        );
      }),
    );
  });

  it("of an empty object are none", () => {
    expect(members("{}")).toEqual([]);
    expect(members(" { } ")).toEqual([]);
    expect(keepMembers("{}", () => true)).toBe("{}");
  });
});
