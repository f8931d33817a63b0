import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { Elanus } from "../../src/index.js";

// Properties that mean something: what their values are, and what a change of them changes.

const c = { collectionName: "c" };
const TRUE = ["true", "True", "TRUE", "T", "t", "1", true, 1];
const FALSE = ["false", "False", "0", "", "yes", false];

/** A database that is closed behind the test. */
async function opened(): Promise<Elanus> {
  const db = await Elanus.open(":memory:");
  onTestFinished(() => db.close());
  return db;
}

describe("a property of a collection", () => {
  let db: Elanus;
  beforeEach(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({ ...c, dimension: 2, autoID: true });
  });
  afterEach(() => db.close());
  const set = (properties: Record<string, unknown>) => db.collections.alterProperties({ ...c, properties });

  it.each(TRUE)("that is a flag is set in every way in which servers read one: %j", async (flag) => {
    await set({ allow_insert_auto_id: flag });
    await db.entities.insert({ ...c, data: [{ id: 7, vector: [1, 2] }] });
    expect(await db.entities.get({ ...c, id: [7], outputFields: ["id"] })).toEqual([{ id: 7 }]);
  });

  it.each(FALSE)("that is a flag is not set by anything else: %j", async (flag) => {
    await set({ allow_insert_auto_id: flag });
    await expect(db.entities.insert({ ...c, data: [{ id: 7, vector: [1, 2] }] })).rejects.toMatchObject({ code: 1804 });
  });

  it("lets keys be given only where they are drawn", async () => {
    await db.collections.create({ collectionName: "given", dimension: 2 });
    const alter = db.collections.alterProperties({
      collectionName: "given",
      properties: { allow_insert_auto_id: "true" },
    });
    await expect(alter).rejects.toMatchObject({
      code: 1100,
      message: "the value for allow_insert_auto_id must be false when autoID is false: invalid parameter",
    });
  });

  it("describes it, and stays no property: collection.description, consistency_level", async () => {
    await set({ "collection.description": "books", consistency_level: "Strong", custom: "1" });
    const { description, consistencyLevel, properties } = await db.collections.describe(c);
    expect({ description, consistencyLevel }).toEqual({ description: "books", consistencyLevel: "Strong" });
    expect(properties).toEqual([
      { key: "timezone", value: "UTC" },
      { key: "custom", value: "1" },
    ]);
    await set({ consistency_level: 3 });
    expect(await db.collections.describe(c)).toMatchObject({ description: "books", consistencyLevel: "Eventually" });
    await expect(set({ consistency_level: "strong" })).rejects.toMatchObject({ code: 1100 });
    await set({ "collection.description": "" });
    expect(await db.collections.describe(c)).toMatchObject({ description: "", consistencyLevel: "Eventually" });
  });

  it("says when data are brought into memory by its full name only", async () => {
    await db.collections.release(c);
    await expect(set({ warmup: "sync" })).rejects.toMatchObject({
      code: 1100,
      message:
        "warmup key 'warmup' is only allowed at field level, use warmup.scalarField/warmup.scalarIndex/warmup.vectorField/warmup.vectorIndex at collection level: invalid parameter",
    });
    await set({ "warmup.vectorIndex": "sync" });
  });
});

describe("partitionkey.isolation", () => {
  const isolation = (value: unknown) => ({ "partitionkey.isolation": value });
  const schema = {
    fields: [
      { fieldName: "id", dataType: "Int64", isPrimary: true },
      { fieldName: "tenant", dataType: "VarChar", isPartitionKey: true, elementTypeParams: { max_length: 10 } },
      { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
    ],
  };
  let db: Elanus;
  beforeEach(async () => {
    db = await Elanus.open(":memory:");
    await db.collections.create({ ...c, schema });
  });
  afterEach(() => db.close());
  const set = (value: unknown) => db.collections.alterProperties({ ...c, properties: isolation(value) });

  it("is a flag", async () => {
    const refusal = {
      code: 1100,
      message:
        'failed to parse partition key isolation: strconv.ParseBool: parsing "often": invalid syntax: invalid parameter',
    };
    await expect(set("often")).rejects.toMatchObject(refusal);
    const create = { collectionName: "d", schema, params: { partitionKeyIsolation: "often" } };
    await expect(db.collections.create(create)).rejects.toMatchObject(refusal);
    for (const value of ["tRue", "1", true]) await set(value);
  });

  it("needs a partition key, however it is written", async () => {
    await db.collections.create({ collectionName: "d", dimension: 2 });
    const change = db.collections.alterProperties({ collectionName: "d", properties: isolation("True") });
    await expect(change).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining("no partition key field is set"),
    });
  });

  it("stays as it is while there is a vector index", async () => {
    await db.indexes.create({ ...c, indexParams: [{ fieldName: "v", metricType: "L2" }] });
    const refusal = {
      code: 702,
      message:
        "can not alter partition key isolation mode if the collection already has a vector index. Please drop the index first: index duplicates[indexName=v]",
    };
    await expect(set("true")).rejects.toMatchObject(refusal);
    await set("false");
    await db.indexes.drop({ ...c, indexName: "v" });
    await set("true");
    await db.indexes.create({ ...c, indexParams: [{ fieldName: "v", metricType: "L2" }] });
    const drop = db.collections.dropProperties({ ...c, propertyKeys: ["partitionkey.isolation"] });
    await expect(drop).rejects.toMatchObject(refusal);
  });
});

describe("database.force.deny.*", () => {
  it.each(TRUE)("denies in every way in which servers read a flag: %j", async (flag) => {
    const db = await opened();
    const d = { dbName: "d", ...c };
    await db.databases.create({ dbName: "d" });
    await db.collections.create({ ...d, dimension: 2 });
    await db.databases.alterProperties({ dbName: "d", properties: { "database.force.deny.writing": flag } });
    await expect(db.entities.insert({ ...d, data: [{ id: 1, vector: [1, 2] }] })).rejects.toMatchObject({ code: 9 });
    for (const off of FALSE) {
      await db.databases.alterProperties({ dbName: "d", properties: { "database.force.deny.writing": off } });
      await db.entities.insert({ ...d, data: [{ id: 1, vector: [1, 2] }] });
    }
  });
});
