import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "c" };
const ENABLED = "dynamicfield.enabled";

async function make(path = ":memory:"): Promise<Elanus> {
  const db = await Elanus.open(path);
  await db.collections.create({
    ...C,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  await db.entities.insert({ ...C, data: { id: 1, v: [0, 0] } });
  return db;
}

const alter = (db: Elanus, properties: Record<string, unknown>) => db.collections.alterProperties({ ...C, properties });

describe("the property dynamicfield.enabled", () => {
  it("gives a collection that has rows and is loaded a dynamic field", async () => {
    const path = temporaryPath();
    let db = await make(path);
    await expect(db.entities.insert({ ...C, data: { id: 2, v: [1, 0], color: "red" } })).rejects.toThrow("dynamic");
    await alter(db, { [ENABLED]: true });
    await alter(db, { [ENABLED]: "True" });
    const { enableDynamicField, properties } = await db.collections.describe(C);
    expect([enableDynamicField, properties]).toEqual([true, [{ key: "timezone", value: "UTC" }]]);
    await db.entities.insert({ ...C, data: { id: 2, v: [1, 0], color: "red" } });
    await db.entities.upsert({ ...C, partialUpdate: true, data: { id: 1, size: 5 } });
    await db.collections.fields.add({ ...C, schema: { fieldName: "late", dataType: "Int64", nullable: true } });
    await db.entities.insert({ ...C, data: { id: 3, v: [2, 0], late: 3, color: "red" } });
    const look = async () => [
      await db.entities.query({ ...C, filter: 'color == "red"', outputFields: ["*"] }),
      (await db.entities.search({ ...C, data: [[0, 0]], filter: "not exists color", outputFields: ["size"] })).slice(),
    ];
    const expected = [
      [
        { id: 2, v: [1, 0], late: null, color: "red" },
        { id: 3, v: [2, 0], late: 3, color: "red" },
      ],
      [{ id: 1, distance: 0, size: 5 }],
    ];
    expect(await look()).toEqual(expected);
    await db.close();
    db = await Elanus.open(path);
    expect(await look()).toEqual(expected);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });

  it("is seen by a reader beside the writer", async () => {
    const path = temporaryPath();
    const db = await make(path);
    const reader = await Elanus.open(path, { readonly: true });
    expect(await reader.entities.query({ ...C, filter: "id > 0", outputFields: ["*"] })).toEqual([
      { id: 1, v: [0, 0] },
    ]);
    await alter(db, { [ENABLED]: true });
    await db.entities.insert({ ...C, data: { id: 2, v: [1, 0], color: "red" } });
    expect(await reader.entities.query({ ...C, filter: "exists color", outputFields: ["color"] })).toEqual([
      { id: 2, color: "red" },
    ]);
    await reader.close();
    await db.close();
  });

  it("cannot be taken back, nor set beside others", async () => {
    const db = await make();
    const refused = (work: Promise<unknown>, message: string) =>
      expect(work).rejects.toMatchObject({ code: 1100, message: `${message}: invalid parameter` });
    await alter(db, { [ENABLED]: false });
    await refused(alter(db, { [ENABLED]: "maybe" }), "invalid dynamic schema property value: maybe");
    await refused(
      alter(db, { [ENABLED]: true, timezone: "UTC" }),
      "cannot alter dynamic schema with other properties at the same time",
    );
    await refused(
      db.collections.dropProperties({ ...C, propertyKeys: [ENABLED] }),
      `cannot delete key ${ENABLED}, dynamic field schema could support set to true/false`,
    );
    expect(await db.collections.describe(C)).toMatchObject({ enableDynamicField: false });
    await alter(db, { [ENABLED]: true });
    await refused(alter(db, { [ENABLED]: false }), "dynamic schema cannot supported to be disabled");
    await db.close();
  });
});

describe("an index on a dynamic key", () => {
  it("tells its key, whether a path was given or not, also after reopening", async () => {
    const path = temporaryPath();
    let db = await make(path);
    await alter(db, { [ENABLED]: true });
    const on = (fieldName: string, params: Record<string, unknown>) => ({
      fieldName,
      indexType: "INVERTED",
      params: { json_cast_type: "double", ...params },
    });
    await db.indexes.create({
      ...C,
      indexParams: [
        on("size", {}),
        on("size", { json_path: "size['x']" }),
        on("$meta", { json_path: '$meta["deep"]["y"]' }),
      ],
    });
    const look = async () => {
      const { data } = (await db.request("/v2/vectordb/indexes/list", C)) as { data: string[] };
      const shown = data.map((indexName) => db.indexes.describe({ ...C, indexName }));
      return (await Promise.all(shown)).map(([index]) => [index?.indexName, index?.fieldName]);
    };
    const expected = [
      ["v", "v"],
      ["$meta/size", "size"],
      ["$meta/size/x", "size"],
      ["$meta/deep/y", "deep"],
    ];
    expect(await look()).toEqual(expected);
    await db.close();
    db = await Elanus.open(path);
    expect(await look()).toEqual(expected);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });
});
