import { describe, expect, it } from "vitest";
import { openDdl } from "./ddl-support.js";
import { missing, testRefusals } from "./refusals.js";

const other = ["databases/create", { dbName: "other" }] as const;

describe("databases are refused", () => {
  testRefusals([
    {
      when: "there already",
      given: [other],
      path: other[0],
      body: other[1],
      code: 65535,
      message: "database already exist: other",
    },
    {
      when: "default",
      path: other[0],
      body: { dbName: "default" },
      code: 65535,
      message: "database already exist: default",
    },
    {
      when: "spaces",
      path: other[0],
      body: { dbName: " " },
      code: 802,
      message: "database name couldn't be empty: invalid database name[database=]",
    },
    {
      when: "first character",
      path: other[0],
      body: { dbName: "1" },
      code: 802,
      message:
        "the first character of a database name must be an underscore or letter: invalid database name[database=1]",
    },
    {
      when: "other characters",
      path: other[0],
      body: { dbName: "a-b" },
      code: 802,
      message: "database name can only contain numbers, letters and underscores: invalid database name[database=a-b]",
    },
    {
      when: "too long",
      path: other[0],
      body: { dbName: "d".repeat(256) },
      code: 802,
      message: `the length of a database name must be less than 255 characters: invalid database name[database=${"d".repeat(256)}]`,
    },
    { when: "no name", path: other[0], body: {}, code: 1802, message: missing("DatabaseReqWithProperties", "DbName") },
    {
      when: "no name",
      path: "databases/drop",
      body: { dbName: null },
      code: 1802,
      message: missing("DatabaseReqRequiredName", "DbName"),
    },
    {
      when: "default",
      path: "databases/drop",
      body: { dbName: "default" },
      code: 65535,
      message: "can not drop default database",
    },
    {
      when: "not empty",
      given: [other, ["collections/create", { dbName: "other", collectionName: "c", dimension: 4 }]],
      path: "databases/drop",
      body: { dbName: "other" },
      code: 65535,
      message: "database:other not empty, must drop all collections before drop database",
    },
    {
      when: "missing",
      path: "databases/describe",
      body: { dbName: "x" },
      code: 800,
      message: "database not found[database=x]",
    },
    {
      when: "name that no database can have",
      path: "databases/drop",
      body: { dbName: "12-s" },
      code: 802,
      message:
        "the first character of a database name must be an underscore or letter: invalid database name[database=12-s]",
    },
    {
      when: "time zone that is none",
      path: "databases/alter",
      body: { dbName: "default", properties: { timezone: "Mars" } },
      code: 1100,
      message: "unknown or invalid IANA Time Zone ID: Mars: invalid parameter",
    },
    {
      when: "time zone that is none",
      path: "databases/create",
      body: { dbName: "x", properties: { timezone: "" } },
      code: 1100,
      message: "unknown or invalid IANA Time Zone ID: : invalid parameter",
    },
    {
      when: "missing",
      path: "databases/alter",
      body: { dbName: "x", properties: {} },
      code: 800,
      message: "database not found[database=x]",
    },
    {
      when: "missing",
      path: "databases/alter_properties",
      body: { dbName: "x", properties: {} },
      code: 800,
      message: "database not found[database=x]",
    },
    {
      when: "missing",
      path: "databases/drop_properties",
      body: { dbName: "x", propertyKeys: [] },
      code: 800,
      message: "database not found[database=x]",
    },
    {
      when: "other group",
      path: "resource_groups/describe",
      body: { name: "x" },
      code: 300,
      message: "resource group not found[rg=x]",
    },
  ]);
});

describe("databases", () => {
  it("give their time zone to the collections that are made in them", async () => {
    const ddl = openDdl();
    await ddl.ok("databases/create", { dbName: "other", properties: { timezone: "Asia/Tokyo" } });
    const zoneOf = async (collectionName: string, more: object = {}) => {
      await ddl.ok("collections/create", { dbName: "other", collectionName, dimension: 4, ...more });
      const described = await ddl.ok("collections/describe", { dbName: "other", collectionName });
      return (described as { properties: { key: string; value: string }[] }).properties;
    };
    expect(await zoneOf("first")).toEqual([{ key: "timezone", value: "Asia/Tokyo" }]);
    await ddl.ok("databases/alter_properties", { dbName: "other", properties: { timezone: "America/New_York" } });
    expect(await zoneOf("second")).toEqual([{ key: "timezone", value: "America/New_York" }]);
    expect(await zoneOf("third", { properties: { timezone: "UTC" } })).toEqual([{ key: "timezone", value: "UTC" }]);
    expect(await ddl.ok("collections/describe", { dbName: "other", collectionName: "first" })).toMatchObject({
      properties: [{ key: "timezone", value: "Asia/Tokyo" }],
    });
  });

  it("keep properties as text", async () => {
    const ddl = openDdl();
    await ddl.ok("databases/create", { dbName: "other", properties: { "database.replica.number": 1 } });
    await ddl.ok("databases/alter", { dbName: "other", properties: { a: true } });
    await ddl.ok("databases/alter_properties", { dbName: "other", properties: { b: "x", a: false } });
    expect(await ddl.ok("databases/describe", { dbName: "other" })).toEqual({
      dbName: "other",
      dbID: 2,
      properties: [
        { key: "database.replica.number", value: "1" },
        { key: "a", value: "false" },
        { key: "b", value: "x" },
      ],
    });
    await ddl.ok("databases/drop_properties", { dbName: "other", propertyKeys: ["a", "z"] });
    expect(await ddl.ok("databases/describe", { dbName: "other" })).toMatchObject({
      properties: [{ key: "database.replica.number" }, { key: "b" }],
    });
  });

  it("are dropped, and again, and their ids are not used again", async () => {
    const ddl = openDdl();
    await ddl.ok(...other);
    expect(await ddl.ok("databases/list")).toEqual(["default", "other"]);
    for (let i = 0; i < 2; i++) expect(await ddl.ok("databases/drop", { dbName: "other" })).toEqual({});
    expect(await ddl.ok("databases/list")).toEqual(["default"]);
    await ddl.ok(...other);
    expect(await ddl.ok("databases/describe", { dbName: "other" })).toMatchObject({ dbID: 3 });
  });

  it("are at most 64", async () => {
    const ddl = openDdl();
    for (let i = 1; i < 64; i++) await ddl.ok("databases/create", { dbName: `d${i}` });
    expect(await ddl.call("databases/create", { dbName: "more" })).toEqual({
      code: 801,
      message: "exceeded the limit number of database[limit=64]",
    });
  });
});

describe("what has one answer", () => {
  it("resource groups and import jobs", async () => {
    const ddl = openDdl();
    expect(await ddl.ok("resource_groups/list")).toEqual(["__default_resource_group"]);
    expect(await ddl.ok("resource_groups/describe", { name: "__default_resource_group" })).toEqual({
      name: "__default_resource_group",
      capacity: 1,
      num_available_node: 1,
      num_loaded_replica: {},
      num_outgoing_node: {},
      num_incoming_node: {},
      config: {},
      nodes: [],
    });
    expect(await ddl.ok("jobs/import/list", { collectionName: "any" })).toEqual({ records: [] });
  });
});
