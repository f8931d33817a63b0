import { describe, expect, it } from "vitest";
import { openApiDocument } from "../../src/api/openapi/document.js";
import { contract, operationPaths } from "../../src/engine/contract/table.js";
import { Elanus } from "../../src/index.js";
import { violations } from "../support/json-schema.js";

interface Described {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly post: Readonly<Record<string, unknown>> }>>;
}

describe("the description of REST v2", () => {
  it("is served, with credentials where these are asked for", async () => {
    for (const auth of [undefined, { apiKeys: ["key"] }]) {
      const db = await Elanus.open(":memory:", auth === undefined ? {} : { auth });
      const { url } = await db.listen({ port: 0 });
      const bare = await fetch(`${url}/openapi.json`);
      expect(bare.status).toBe(auth === undefined ? 200 : 401);
      const response = await fetch(`${url}/openapi.json`, { headers: { authorization: "Bearer key" } });
      expect(response.headers.get("content-type")).toContain("application/json");
      const { openapi, paths } = (await response.json()) as Described;
      expect(openapi).toBe("3.1.0");
      expect(Object.keys(paths)).toHaveLength(operationPaths.length);
      await db.close();
    }
  });

  it("says of every operation what it takes, and what it needs", () => {
    const { paths } = openApiDocument("v2.6.0") as Described;
    for (const path of operationPaths) {
      const row = contract[path];
      expect(paths[`/v2/vectordb/${path}`]?.post, path).toMatchObject({
        operationId: path,
        "x-writes": row.writes,
        "x-privilege": row.privilege === undefined ? null : { name: row.privilege.name },
        requestBody: { content: { "application/json": { schema: { type: "object" } } } },
      });
    }
  });

  it("holds no reference that leads nowhere", () => {
    const document = openApiDocument("v2.6.0");
    for (const [, reference = ""] of JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      const found = reference
        .split("/")
        .reduce<unknown>((part, key) => (part as Record<string, unknown>)[key], document);
      expect(found, reference).toBeTypeOf("object");
    }
  });
});

describe("our validator", () => {
  it("finds what is wrong, and where", () => {
    const schema = {
      type: "object",
      properties: { a: { type: "integer" }, b: { type: "array", items: { type: "string" } } },
      required: ["a"],
      additionalProperties: false,
    };
    expect(violations({ a: 1, b: ["x"] }, schema)).toEqual([]);
    expect(violations({ a: 1.5, b: ["x", 2], c: 0 }, schema)).toEqual([
      "$.a is no integer",
      "$.b[1] is no string",
      "$ has c",
    ]);
    expect(violations({}, schema)).toEqual(["$ has no a"]);
    expect(violations(1, { anyOf: [{ const: 2 }, { type: "string" }] })).toHaveLength(2);
    expect(violations(0, { not: { const: 0 } })).toEqual(["$ is what it must not be"]);
    expect(() => violations(0, { minimum: 1 } as never)).toThrow("minimum");
  });
});
