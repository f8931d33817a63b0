import { describe, expect, it } from "vitest";
import { openDdl, rows } from "./ddl-support.js";
import { book, missing, shelf, testRefusals } from "./refusals.js";

const named = { collectionName: "book" };
const alias = ["aliases/create", { collectionName: "book", aliasName: "novel" }] as const;
const other = ["databases/create", { dbName: "other" }] as const;
const absent = "can't find collection[database=default][collection=book]";
const word = { fieldName: "word", dataType: "VarChar", elementTypeParams: { max_length: 9 }, nullable: true };
const add = (schema: object) => ({ collectionName: "shelf", schema });

describe("collections are refused", () => {
  testRefusals([
    {
      when: "unknown database",
      path: "collections/list",
      body: { dbName: "x" },
      code: 800,
      message: "database not found[database=x]",
    },
    {
      when: "bad name",
      path: "collections/has",
      body: { collectionName: "a b" },
      code: 1100,
      message:
        "Invalid collection name: a b. collection name can only contain numbers, letters and underscores: invalid parameter",
    },
    {
      when: "no name",
      path: "collections/has",
      body: {},
      code: 1802,
      message: missing("CollectionNameReq", "CollectionName"),
    },
    { when: "missing", path: "collections/describe", body: named, code: 100, message: absent },
    {
      when: "unknown database",
      path: "collections/describe",
      body: { ...named, dbName: "x" },
      code: 800,
      message: "database not found[database=x]",
    },
    { when: "missing", path: "collections/get_stats", body: named, code: 100, message: absent },
    {
      when: "bad name",
      path: "collections/drop",
      body: { collectionName: "é" },
      code: 1100,
      message:
        "Invalid collection name: é. the first character of a collection name must be an underscore or letter: invalid parameter",
    },
    {
      when: "by alias",
      given: [book, alias],
      path: "collections/drop",
      body: { collectionName: "novel" },
      code: 65535,
      message: "cannot drop the collection via alias = novel",
    },
    {
      when: "with aliases",
      given: [book, alias, ["aliases/create", { ...named, aliasName: "b" }]],
      path: "collections/drop",
      body: named,
      code: 65535,
      message:
        "unable to drop the collection [book] because it has associated aliases [novel b], please remove all aliases before dropping the collection",
    },
    {
      when: "name of an alias",
      given: [book, alias],
      path: "collections/create",
      body: { collectionName: "novel", dimension: 4 },
      code: 1601,
      message: "collection name [novel] conflicts with an existing alias, please choose a unique name",
    },
    {
      when: "alias",
      given: [book, alias],
      path: "collections/rename",
      body: { collectionName: "novel", newCollectionName: "n" },
      code: 65535,
      message: "unsupported use an alias to rename collection, alias:novel",
    },
    {
      when: "same name",
      given: [book],
      path: "collections/rename",
      body: { ...named, newCollectionName: "book" },
      code: 65535,
      message: "duplicated new collection name default:book with other collection name or alias",
    },
    {
      when: "new name is an alias",
      given: [book, alias],
      path: "collections/rename",
      body: { ...named, newCollectionName: "novel" },
      code: 65535,
      message: "duplicated new collection name default:novel with other collection name or alias",
    },
    {
      when: "missing",
      path: "collections/rename",
      body: { ...named, newCollectionName: "n" },
      code: 100,
      message: "collection not found[database=default][collection=book]",
    },
    {
      when: "missing target database",
      given: [book],
      path: "collections/rename",
      body: { ...named, newCollectionName: "n", newDbName: "x" },
      code: 65535,
      message: "target database:x not found",
    },
    {
      when: "moved with aliases",
      given: [book, alias, other],
      path: "collections/rename",
      body: { ...named, newCollectionName: "n", newDbName: "other" },
      code: 65535,
      message: "fail to rename db name, must drop all aliases of this collection before rename",
    },
    {
      when: "bad new name",
      given: [book],
      path: "collections/rename",
      body: { ...named, newCollectionName: "1" },
      code: 1100,
      message:
        "Invalid collection name: 1. the first character of a collection name must be an underscore or letter: invalid parameter",
    },
    {
      when: "no new name",
      given: [book],
      path: "collections/rename",
      body: named,
      code: 1802,
      message: missing("RenameCollectionReq", "NewCollectionName"),
    },
  ]);
});

describe("properties and fields are refused", () => {
  const ttl = "collection ttl property value not valid, parse error: ";
  testRefusals([
    {
      when: "missing",
      path: "collections/alter_properties",
      body: { ...named, properties: {} },
      code: 100,
      message: absent,
    },
    {
      when: "no properties",
      given: [book],
      path: "collections/alter_properties",
      body: named,
      code: 1802,
      message: missing("CollectionReqWithProperties", "Properties"),
    },
    {
      when: "mmap while loaded",
      given: [book],
      path: "collections/alter_properties",
      body: { ...named, properties: { "mmap.enabled": true } },
      code: 104,
      message: "can not alter mmap properties if collection loaded: collection already loaded[collection=book]",
    },
    {
      when: "negative ttl",
      given: [book],
      path: "collections/alter_properties",
      body: { ...named, properties: { "collection.ttl.seconds": -1 } },
      code: 1100,
      message: `${ttl}value -1 must not be negative: invalid parameter`,
    },
    {
      when: "ttl in words",
      given: [book],
      path: "collections/alter_properties",
      body: { ...named, properties: { "collection.ttl.seconds": "day" } },
      code: 1100,
      message: `${ttl}strconv.ParseInt: parsing "day": invalid syntax: invalid parameter`,
    },
    {
      when: "fractional ttl",
      given: [book],
      path: "collections/alter_properties",
      body: { ...named, properties: { "collection.ttl.seconds": 1.5 } },
      code: 1100,
      message: `${ttl}strconv.ParseInt: parsing "1.5": invalid syntax: invalid parameter`,
    },
    {
      when: "unknown time zone",
      given: [book],
      path: "collections/alter_properties",
      body: { ...named, properties: { timezone: "Mars/Base" } },
      code: 1100,
      message: "unknown or invalid IANA Time Zone ID: Mars/Base: invalid parameter",
    },
    {
      when: "no keys",
      given: [book],
      path: "collections/drop_properties",
      body: named,
      code: 1802,
      message: missing("DropCollectionPropertiesReq", "PropertyKeys"),
    },
    {
      when: "mmap while loaded",
      given: [book],
      path: "collections/drop_properties",
      body: { ...named, propertyKeys: ["mmap.enabled"] },
      code: 104,
      message: "can not delete mmap properties if collection loaded: collection already loaded[collection=book]",
    },
    {
      when: "keys are numbers",
      given: [book],
      path: "collections/drop_properties",
      body: { ...named, propertyKeys: [1] },
      code: 1801,
      message:
        "can only accept json format request, error: json: cannot unmarshal number into Go struct field DropCollectionPropertiesReq.propertyKeys of type string",
    },
    {
      when: "unknown field",
      given: [book],
      path: "collections/fields/alter_properties",
      body: { ...named, fieldName: "f", fieldParams: { max_length: 3 } },
      code: 1100,
      message: "field f does not exist in collection: invalid parameter",
    },
    {
      when: "max_length out of range",
      given: [shelf(word)],
      path: "collections/fields/alter_properties",
      body: { collectionName: "shelf", fieldName: "word", fieldParams: { max_length: 0 } },
      code: 1100,
      message:
        "the maximum length specified for a VarChar field(word) should be in (0, 65535], but got 0 instead: invalid parameter",
    },
    {
      when: "max_length of a number",
      given: [shelf(word)],
      path: "collections/fields/alter_properties",
      body: { collectionName: "shelf", fieldName: "id", fieldParams: { max_length: 3 } },
      code: 1100,
      message: "can not modify the maxlength for non-string types: invalid parameter",
    },
    {
      when: "lazy load while loaded",
      given: [book],
      path: "collections/drop_properties",
      body: { ...named, propertyKeys: ["lazyload.enabled"] },
      code: 104,
      message:
        "can not delete lazyload.enabled properties if collection loaded: collection already loaded[collection=book]",
    },
    {
      when: "warmup while loaded",
      given: [book],
      path: "collections/fields/alter_properties",
      body: { ...named, fieldName: "vector", fieldParams: { warmup: "sync" } },
      code: 104,
      message: "can not alter warmup properties if collection loaded: collection already loaded[collection=book]",
    },
    {
      when: "warmup that is none",
      given: [book],
      path: "collections/fields/alter_properties",
      body: { ...named, fieldName: "vector", fieldParams: { warmup: "soon" } },
      code: 1100,
      message: "invalid warmup policy: soon, must be 'disable', 'sync' or 'async': invalid parameter",
    },
    {
      when: "old name that no collection can have",
      path: "collections/rename",
      body: { collectionName: "12-s", newCollectionName: "novel" },
      code: 100,
      message: "collection not found[database=default][collection=12-s]",
    },
    {
      when: "dim",
      given: [book],
      path: "collections/fields/alter_properties",
      body: { ...named, fieldName: "vector", fieldParams: { dim: 8 } },
      code: 1100,
      message: "dim does not allow update in collection field param: invalid parameter",
    },
    {
      when: "mmap while loaded",
      given: [book],
      path: "collections/fields/alter_properties",
      body: { ...named, fieldName: "vector", fieldParams: { "mmap.enabled": true } },
      code: 104,
      message:
        "can not alter collection field properties if collection loaded: collection already loaded[collection=book]",
    },
    {
      when: "not nullable",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "n", dataType: "Int8" }),
      code: 1100,
      message: "added field must be nullable, please check it, field name = n: invalid parameter",
    },
    {
      when: "there already",
      given: [shelf(word)],
      path: "collections/fields/add",
      body: add(word),
      code: 1100,
      message: "duplicated field name word: invalid parameter",
    },
    {
      when: "primary key",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "n", dataType: "Int64", isPrimary: true }),
      code: 1100,
      message: "not support to add pk field, field name = n: invalid parameter",
    },
    {
      when: "partition key",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "n", dataType: "Int64", isPartitionKey: true, nullable: true }),
      code: 1100,
      message: "not support to add partition key field, field name  = n: invalid parameter",
    },
    {
      when: "second clustering key",
      given: [
        shelf(),
        ["collections/fields/add", add({ fieldName: "k", dataType: "Int64", nullable: true, isClusteringKey: true })],
      ],
      path: "collections/fields/add",
      body: add({ fieldName: "n", dataType: "Int64", nullable: true, isClusteringKey: true }),
      code: 1100,
      message: "already has another clustering key field, field name: n: invalid parameter",
    },
    {
      when: "system field",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "RowID", dataType: "Int64", nullable: true }),
      code: 1100,
      message: "not support to add system field, field name = RowID: invalid parameter",
    },
    {
      when: "vector that must not be null",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 4 } }),
      code: 1100,
      message: "added field must be nullable, please check it, field name = v: invalid parameter",
    },
    {
      when: "vector without dimension",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "v", dataType: "BinaryVector", nullable: true }),
      code: 1100,
      message: "vector field must have dimension specified, field name = v: invalid parameter",
    },
    {
      when: "no type",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "v" }),
      code: 1802,
      message: missing("CollectionFieldReqWithSchema.Schema", "DataType"),
    },
    {
      when: "no max_length",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "w", dataType: "VarChar", nullable: true }),
      code: 65535,
      message: "type param(max_length) should be specified for varChar field(w) of collection shelf",
    },
    {
      when: "bad name",
      given: [shelf()],
      path: "collections/fields/add",
      body: add({ fieldName: "a.b", dataType: "Int8", nullable: true }),
      code: 1701,
      message:
        "Invalid field name: a.b. Field name can only contain numbers, letters, and underscores.: field name invalid[field=a.b]",
    },
  ]);
});

describe("collections", () => {
  it("are listed in order of creation, without aliases, by database", async () => {
    const ddl = openDdl();
    await ddl.ok(...other);
    for (const name of ["z", "a", "m"]) await ddl.ok("collections/create", { collectionName: name, dimension: 4 });
    await ddl.ok("collections/create", { dbName: "other", collectionName: "a", dimension: 4 });
    await ddl.ok("aliases/create", { collectionName: "a", aliasName: "b" });
    expect(await ddl.ok("collections/list", { dbName: "" })).toEqual(["z", "a", "m"]);
    expect(await ddl.ok("collections/list", { dbName: "other" })).toEqual(["a"]);
  });

  it("are found by name and alias", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    await ddl.ok(...alias);
    expect(await ddl.ok("collections/has", { collectionName: "book" })).toEqual({ has: true });
    expect(await ddl.ok("collections/has", { COLLECTIONNAME: "novel" })).toEqual({ has: true });
    expect(await ddl.ok("collections/has", { collectionName: "x" })).toEqual({ has: false });
    expect(await ddl.ok("collections/describe", { collectionName: "novel" })).toMatchObject({
      collectionName: "book",
      aliases: ["novel"],
    });
  });

  it("count their rows, loaded or not", async () => {
    const ddl = openDdl();
    await ddl.ok(...shelf());
    await ddl.ok("entities/insert", { collectionName: "shelf", data: rows(7) });
    expect(await ddl.ok("collections/get_stats", { collectionName: "shelf" })).toEqual({ rowCount: 7 });
  });

  it("are dropped while loaded, and again", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    expect(await ddl.ok("collections/drop", named)).toEqual({});
    expect(ddl.calls.slice(-2)).toEqual(["dropTables book", "collectionDropped"]);
    expect(await ddl.ok("collections/drop", named)).toEqual({});
    expect(await ddl.ok("collections/drop", { ...named, dbName: "nowhere" })).toEqual({});
    expect(await ddl.ok("collections/list")).toEqual([]);
  });

  it("keep everything under a new name and in another database", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    await ddl.ok(...alias);
    await ddl.ok(...other);
    const id = ddl.ctx.catalog.find("default", "book")?.id;
    await ddl.ok("collections/rename", { ...named, newCollectionName: "tome" });
    expect(ddl.ctx.catalog.find("default", "novel")).toMatchObject({ id, name: "tome", loadMode: "collection" });
    expect(ddl.ctx.catalog.find("default", "book")).toBeUndefined();
    await ddl.ok("aliases/drop", { aliasName: "novel" });
    await ddl.ok("collections/rename", { collectionName: "tome", newCollectionName: "tome", newDbName: "other" });
    expect(ddl.ctx.catalog.find("other", "tome")).toMatchObject({ id, database: "other" });
    expect(ddl.ctx.catalog.find("default", "tome")).toBeUndefined();
  });

  it("keep properties as text", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    const properties = {
      "collection.ttl.seconds": 3600,
      theirs: true,
      mine: "x",
      timezone: "Asia/Tokyo",
    };
    await ddl.ok("collections/alter_properties", { ...named, properties });
    await ddl.ok("collections/drop_properties", { ...named, propertyKeys: ["mine", "unknown"] });
    expect(await ddl.ok("collections/describe", named)).toMatchObject({
      properties: [
        { key: "timezone", value: "Asia/Tokyo" },
        { key: "collection.ttl.seconds", value: "3600" },
        { key: "theirs", value: "true" },
      ],
    });
  });

  it("take new fields while loaded, with ids that go on", async () => {
    const ddl = openDdl();
    await ddl.ok(...book);
    await ddl.ok("collections/fields/add", { ...named, schema: { ...word, defaultValue: "none" } });
    await ddl.ok("collections/fields/add", { ...named, schema: { fieldName: "n", dataType: "Int8", nullable: true } });
    expect(ddl.calls.slice(-2)).toEqual(["addField book word 102", "addField book n 103"]);
    await ddl.ok("collections/fields/alter_properties", {
      ...named,
      fieldName: "word",
      fieldParams: { max_length: 20 },
    });
    expect(await ddl.ok("collections/describe", named)).toMatchObject({
      load: "LoadStateLoaded",
      fields: [
        {},
        {},
        { id: 102, params: [{ key: "max_length", value: "20" }], defaultValue: { Data: { StringData: "none" } } },
        { id: 103, name: "n", nullable: true },
      ],
    });
  });
});
