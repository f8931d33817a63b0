import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { dropMembers, JsonMembers, keepMembers } from "../../src/values/json-members.js";
import { parseJson } from "../../src/values/json-reader.js";

function members(text: string): [string, unknown][] {
  const found: [string, unknown][] = [];
  const each = new JsonMembers(text);
  while (each.next()) {
    const { key, start, value, end } = each;
    expect(Object.entries(parseJson(`{${text.slice(start, end)}}`, "number") as object)).toEqual([
      [key, parseJson(text.slice(value, end), "number")],
    ]);
    found.push([key, parseJson(text.slice(value, end), "number")]);
  }
  return found;
}

const hostile = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"', "\\", '\\"', "}", "{,", "__proto__", ""));
const object = fc.dictionary(hostile, fc.jsonValue({ stringUnit: "binary" }), { noNullPrototype: true });

describe("members of a JSON object's text", () => {
  it("are those that a parser finds, in any layout", () => {
    fc.assert(
      fc.property(object, fc.constantFrom(undefined, 1, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(members(text)).toEqual(Object.entries(parseJson(text, "number") as object));
      }),
    );
  });

  it("are kept and dropped by key", () => {
    fc.assert(
      fc.property(object, fc.array(hostile), (value, more) => {
        const text = JSON.stringify(value);
        const all = Object.entries(parseJson(text, "number") as object);
        const keys = new Set([...more, ...all.filter((_, i) => i % 2 === 0).map(([key]) => key)]);
        const [kept, dropped] = [keepMembers(text, keys), dropMembers(text, keys)];
        expect(Object.entries(parseJson(kept, "number") as object)).toEqual(all.filter(([key]) => keys.has(key)));
        expect(Object.entries(parseJson(dropped, "number") as object)).toEqual(all.filter(([key]) => !keys.has(key)));
      }),
    );
  });

  it("of an empty object are none", () => {
    expect(members("{}")).toEqual([]);
    expect(members(" { } ")).toEqual([]);
    expect(keepMembers("{}", new Set("a"))).toBe("{}");
    expect(dropMembers("{}", new Set("a"))).toBe("{}");
  });
});
