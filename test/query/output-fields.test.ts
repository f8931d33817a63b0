import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";

let db: Elanus;
const keys = { "user-id": 7, color: "red", "a b": [1], 'say "hi"': true, nested: { deep: 1 }, "0": "zero" };

beforeAll(async () => {
  db = await Elanus.open(":memory:", { serverVersion: "2.6" });
  const fields = [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    { fieldName: "j", dataType: "JSON" },
  ];
  const indexParams = [{ fieldName: "v", metricType: "L2" }];
  for (const enableDynamicField of [true, false]) {
    const collectionName = enableDynamicField ? "open" : "strict";
    await db.collections.create({ collectionName, schema: { enableDynamicField, fields }, indexParams });
    const more = enableDynamicField ? keys : {};
    await db.entities.insert({ collectionName, data: [{ id: 1, v: [1, 0], j: { a: { b: 2 } }, ...more }] });
  }
});
afterAll(() => db.close());

async function outcome(collectionName: string, name: string): Promise<unknown[]> {
  const outputFields = [name];
  const answers: unknown[] = [];
  for (const call of [
    () => db.entities.query({ collectionName, filter: "id >= 0", outputFields }),
    () => db.entities.get({ collectionName, id: 1, outputFields }),
    () => db.entities.search({ collectionName, data: [[1, 0]], outputFields }),
  ]) {
    answers.push(
      await call().then(
        ([row]) => {
          const { id: _, distance: __, ...rest } = row as Record<string, unknown>;
          return rest;
        },
        (error: unknown) => (isElanusError(error) ? `${error.code} ${error.message}` : error),
      ),
    );
  }
  return answers;
}

describe("output fields", () => {
  it.each([
    ['$meta["user-id"]', { "user-id": 7 }],
    ["$meta['user-id']", { "user-id": 7 }],
    ['$meta["a b"]', { "a b": [1] }],
    ['$meta["say \\"hi\\""]', { 'say "hi"': true }],
    ["$meta[0]", { "0": "zero" }],
    [" color ", { color: "red" }],
    ["nested", { nested: { deep: 1 } }],
    ["absent", {}],
    ["$meta", keys],
    ["j", { j: { a: { b: 2 } } }],
  ])("take one dynamic key: %s", async (name, shown) => {
    expect(await outcome("open", name)).toEqual([shown, shown, shown]);
  });

  it.each(['j["a"]', '$meta["a"]["b"]', 'nested["deep"]', "%", "user-id", "", "a b", "1x", "in", '$meta[""]', "f()"])(
    "refuse what is neither a field nor one dynamic key: %s",
    async (name) => {
      const text = `65535 parse output field name failed: ${name}`;
      expect(await outcome("open", name)).toEqual([text, text, text]);
    },
  );

  it.each(["color", 'j["a"]', "%"])("name fields only where there is no dynamic field: %s", async (name) => {
    const text = `65535 field ${name} not exist`;
    expect(await outcome("strict", name)).toEqual([text, text, text]);
  });

  it("show the key alone when the list is empty", async () => {
    const rows = [{ id: 1 }];
    expect(await db.entities.query({ collectionName: "open", filter: "id > 0", outputFields: [] })).toEqual(rows);
    expect(await db.entities.get({ collectionName: "open", id: 1, outputFields: [] })).toEqual(rows);
    const v1 = { collectionName: "open", filter: "id > 0", outputFields: [] };
    expect(await db.request("/v1/vector/query", v1)).toEqual({ code: 200, data: rows });
  });
});
