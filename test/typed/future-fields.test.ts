import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodeRequest } from "../../src/api/rest/v2/decode.js";
import { FUTURE_FIELDS } from "../../src/engine/contract/future-fields.js";
import type { OperationPath } from "../../src/engine/contract/table.js";
import { Elanus } from "../../src/index.js";
import { typedRequest } from "../../src/typed-request.js";

const walk = Object.entries(FUTURE_FIELDS).flatMap(([path, keys]) =>
  keys.map((key): [OperationPath, string] => [path as OperationPath, key]),
);

/** A request with something at the end of a path: `schema.fields[].externalField`. */
function requestWith(path: string, value: unknown): object {
  const keys = path.split(".");
  return keys.reduceRight<unknown>((inner, key) => {
    return key.endsWith("[]") ? { [key.slice(0, -2)]: [{}, inner] } : { [key]: inner };
  }, value) as object;
}

const refused = (key: string) =>
  expect.objectContaining({
    code: 3000,
    message: `unsupported operation: ${key} is not supported by the embedded engine`,
  });

describe("a field of a newer Milvus", () => {
  let db: Elanus;
  beforeAll(async () => {
    db = await Elanus.open(":memory:");
  });
  afterAll(() => db.close());

  it.each(walk)("of %s is refused by name on every surface: %s", async (path, key) => {
    for (const value of ["x", ["x"], { x: 1 }, 1, true]) {
      const request = requestWith(key, value);
      expect(() => typedRequest(path, request)).toThrow(refused(key));
      expect(await db.request(`/v2/vectordb/${path}`, request)).toEqual(refused(key));
      const response = await db.fetch(`http://m/v2/vectordb/${path}`, {
        method: "POST",
        body: JSON.stringify(request),
      });
      expect(await response.json()).toEqual(refused(key));
    }
  });

  it.each(walk)("of %s may stand there empty: %s", async (path, key) => {
    for (const value of [null, "", [], {}, false]) {
      const envelope = await db.request(`/v2/vectordb/${path}`, requestWith(key, value));
      expect(envelope.code).not.toBe(3000);
    }
  });

  it("matches in any case, as every key does", () => {
    expect(() => decodeRequest("entities/query", { FUNCTIONCHAINS: ["a"] })).toThrow(refused("functionChains"));
  });

  it("leaves nothing behind: no collection, no changed row", async () => {
    const create = { collectionName: "c", schema: { externalSource: "s", fields: [] }, dimension: 2 };
    expect(await db.request("/v2/vectordb/collections/create", create)).toMatchObject({ code: 3000 });
    expect(await db.collections.list()).toEqual([]);
    await db.collections.create({ collectionName: "c", dimension: 2 });
    await db.entities.insert({ collectionName: "c", data: [{ id: 1, vector: [1, 2], tags: [1] }] });
    const upsert = {
      collectionName: "c",
      data: [{ id: 1, vector: [1, 2], tags: [2] }],
      fieldOps: [{ fieldName: "tags", op: "array_append" }],
    };
    expect(await db.request("/v1/vector/upsert", upsert)).toMatchObject({ code: 3000 });
    expect(await db.entities.query({ collectionName: "c", outputFields: ["tags"] })).toEqual([{ id: 1, tags: [1] }]);
    await db.collections.drop({ collectionName: "c" });
  });

  it.each([
    ["search", "orderByFields"],
    ["search", "functionChains"],
    ["search", "searchAggregation"],
    ["query", "groupByFields"],
    ["query", "orderByFields"],
    ["upsert", "fieldOps"],
  ])("that works elsewhere is refused by REST v1: %s %s", async (action, key) => {
    await db.collections.create({ collectionName: "c", dimension: 2 });
    const body = { collectionName: "c", vector: [1, 2], filter: "id > 0", data: [{ id: 1, vector: [1, 2] }] };
    expect(await db.request(`/v1/vector/${action}`, { ...body, [key]: [{}] })).toMatchObject(refused(key));
    expect((await db.request(`/v1/vector/${action}`, { ...body, [key]: [] })).code).toBe(200);
    await db.collections.drop({ collectionName: "c" });
  });

  it("has paths that answer 3000, not 404", async () => {
    for (const path of ["jobs/external_collection/refresh", "jobs/snapshot/pause"]) {
      expect(await db.request(`/v2/vectordb/${path}`, {}), path).toMatchObject({ code: 3000 });
    }
  });
});
