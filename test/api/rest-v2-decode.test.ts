import { describe, expect, it } from "vitest";
import { decodeShape } from "../../src/api/rest/v2/decode.js";
import type { RequestShape } from "../../src/engine/contract/row.js";
import { JsonDouble } from "../../src/values/json-number.js";

interface Everything {
  readonly text?: string;
  readonly flag?: boolean;
  readonly count?: number;
  readonly names?: readonly string[];
  readonly map?: object;
  readonly list?: readonly unknown[];
  readonly thing?: unknown;
}

const shape: RequestShape<Everything> = {
  text: { kind: "string" },
  flag: { kind: "bool" },
  count: { kind: "int" },
  names: { kind: "strings" },
  map: { kind: "object" },
  list: { kind: "array" },
  thing: { kind: "any" },
};
const decode = (body: unknown) => decodeShape(shape, body, "Req");

describe("a request", () => {
  it("keeps what fits and drops what is unknown, null or undefined", () => {
    const body = { text: "", flag: false, count: 0, names: [], map: {}, list: [1], thing: 1n, other: 1 };
    const { other: _, ...known } = body;
    expect(decode(body)).toEqual(known);
    expect(decode({ text: null, flag: undefined, thing: null })).toEqual({});
    expect(decode(null)).toEqual({});
    expect(decode(undefined)).toEqual({});
  });

  it("matches keys without regard to case; the last spelling wins, null never does", () => {
    expect(decode({ TEXT: "a" })).toEqual({ text: "a" });
    expect(decode({ text: "a", Text: "b" })).toEqual({ text: "b" });
    expect(decode({ text: "a", Text: null })).toEqual({ text: "a" });
  });

  it("gives integers as numbers", () => {
    expect(decode({ count: 5n })).toEqual({ count: 5 });
    expect(decode({ count: -7 })).toEqual({ count: -7 });
  });

  it("takes null names as empty, typed arrays as arrays", () => {
    expect(decode({ names: ["a", null] })).toEqual({ names: ["a", ""] });
    expect(decode({ list: new Float32Array(2) })["list"]).toHaveLength(2);
  });

  it.each([
    [{ text: 1 }, "number into Go struct field Req.text of type string"],
    [{ flag: "true" }, "string into Go struct field Req.flag of type bool"],
    [{ flag: 1 }, "number into Go struct field Req.flag of type bool"],
    [{ count: "4" }, "string into Go struct field Req.count of type int32"],
    [{ count: 1.5 }, "number 1.5 into Go struct field Req.count of type int32"],
    [{ count: new JsonDouble(1) }, "number 1.0 into Go struct field Req.count of type int32"],
    [{ count: 2n ** 63n }, "number 9223372036854775808 into Go struct field Req.count of type int32"],
    [{ names: "a" }, "string into Go struct field Req.names of type []string"],
    [{ names: [{}] }, "object into Go struct field Req.names of type string"],
    [{ map: [] }, "array into Go struct field Req.map of type map[string]interface {}"],
    [{ map: new JsonDouble(2) }, "number into Go struct field Req.map of type map[string]interface {}"],
    [{ list: {} }, "object into Go struct field Req.list of type []interface {}"],
  ])("refuses %o", (body, text) => {
    expect(() => decode(body)).toThrow(
      expect.objectContaining({
        code: 1801,
        message: `can only accept json format request, error: json: cannot unmarshal ${text}`,
      }),
    );
  });

  it("names all missing fields, by their labels, after the types were right", () => {
    const shape: RequestShape<{ a: string; id: readonly unknown[] }> = {
      a: { kind: "string", required: true },
      id: { kind: "array", required: true },
    };
    const line = (field: string) =>
      `Key: 'Req.${field}' Error:Field validation for '${field}' failed on the 'required' tag`;
    const message = (...lines: string[]) => `missing required parameters, error: ${lines.join("\n")}`;
    const run = (body: unknown) => () => decodeShape(shape, body, "Req");
    expect(run({})).toThrow(expect.objectContaining({ code: 1802, message: message(line("A"), line("ID")) }));
    expect(run({ a: "", id: [] })).toThrow(expect.objectContaining({ code: 1802, message: message(line("A")) }));
    expect(run({ a: "x", id: null })).toThrow(expect.objectContaining({ code: 1802, message: message(line("ID")) }));
    expect(run({ id: 1 })).toThrow(
      expect.objectContaining({
        code: 1801,
        message: expect.stringContaining("cannot unmarshal number into Go struct field Req.id of type []interface {}"),
      }),
    );
  });

  it("decodes what is inside it with the path in messages", () => {
    const outer = { in: { kind: "object", shape }, all: { kind: "array", shape } } as const;
    const within = (body: unknown) => decodeShape(outer, body, "Req");
    expect(within({ in: { TEXT: "a", x: 1 }, all: [{ Flag: true }, null] })).toEqual({
      in: { text: "a" },
      all: [{ flag: true }, {}],
    });
    expect(() => within({ in: { flag: 1 } })).toThrow("number into Go struct field Req.in.flag of type bool");
    expect(() => within({ all: [{}, { flag: 1 }] })).toThrow("number into Go struct field Req.all.flag of type bool");
    expect(() => within({ in: "x" })).toThrow("cannot unmarshal string into Go struct field Req.in of type");
    expect(() => within({ all: ["x"] })).toThrow("cannot unmarshal string into Go struct field Req.all of type all");
  });

  it("asks for the required keys of an object inside it, not for those of the items of a list", () => {
    const needy = { a: { kind: "string", required: true } } as const;
    const outer = { one: { kind: "object", shape: needy }, many: { kind: "array", shape: needy } } as const;
    expect(decodeShape(outer, { many: [{}] }, "Req")).toEqual({ many: [{}] });
    expect(() => decodeShape(outer, { one: {} }, "Req")).toThrow(
      "Key: 'Req.One.A' Error:Field validation for 'A' failed on the 'required' tag",
    );
  });
});
