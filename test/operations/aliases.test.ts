import { describe, expect, it } from "vitest";
import { openDdl } from "./ddl-support.js";
import { book, missing, shelf, testRefusals } from "./refusals.js";

const create = "aliases/create";
const toBook = (aliasName: string) => ({ collectionName: "book", aliasName });
const given = [book, shelf(), [create, toBook("a")]] as const;

describe("aliases are refused", () => {
  testRefusals([
    {
      when: "of another collection",
      given,
      path: create,
      body: { collectionName: "shelf", aliasName: "a" },
      code: 1602,
      message: "a is alias to another collection: book: alias already exist[database=default][alias=a]",
    },
    {
      when: "name of a collection",
      given,
      path: create,
      body: toBook("shelf"),
      code: 1601,
      message: "alias and collection name conflict[database=default][alias=shelf]",
    },
    {
      when: "name of a collection",
      given,
      path: "aliases/alter",
      body: toBook("shelf"),
      code: 1601,
      message: "alias and collection name conflict[database=default][alias=shelf]",
    },
    {
      when: "missing collection",
      given,
      path: create,
      body: { collectionName: "none", aliasName: "b" },
      code: 100,
      message: "collection not found[database=default][collection=none]",
    },
    {
      when: "target is an alias",
      given,
      path: create,
      body: { collectionName: "a", aliasName: "b" },
      code: 100,
      message: "collection not found[database=default][collection=a]",
    },
    {
      when: "missing collection",
      given,
      path: "aliases/alter",
      body: { collectionName: "none", aliasName: "a" },
      code: 100,
      message: "collection not found[collection=none]",
    },
    {
      when: "missing",
      given,
      path: "aliases/alter",
      body: toBook("b"),
      code: 1600,
      message: "alias not found[database=default][alias=b]",
    },
    {
      when: "missing",
      given,
      path: "aliases/describe",
      body: { aliasName: "b" },
      code: 1600,
      message: "alias not found[database=default][alias=b]",
    },
    {
      when: "a collection",
      given,
      path: "aliases/describe",
      body: { aliasName: "book" },
      code: 1600,
      message: "alias not found[database=default][alias=book]",
    },
    {
      when: "missing collection",
      given,
      path: "aliases/list",
      body: { collectionName: "none" },
      code: 100,
      message: "collection not found[collection=none]",
    },
    {
      when: "unknown database",
      path: "aliases/list",
      body: { dbName: "x" },
      code: 800,
      message: "database not found[database=x]",
    },
    {
      when: "bad name",
      given,
      path: create,
      body: toBook("1"),
      code: 1100,
      message:
        "Invalid collection alias: 1. the first character of a collection alias must be an underscore or letter: invalid parameter",
    },
    {
      when: "spaces",
      given,
      path: create,
      body: toBook(" "),
      code: 1100,
      message: "collection alias should not be empty: invalid parameter",
    },
    {
      when: "bad name",
      given,
      path: "aliases/drop",
      body: { aliasName: "a-b" },
      code: 1100,
      message:
        "Invalid collection alias: a-b. collection alias can only contain numbers, letters and underscores: invalid parameter",
    },
    { when: "no name", given, path: "aliases/drop", body: {}, code: 1802, message: missing("AliasReq", "AliasName") },
  ]);
});

describe("aliases", () => {
  it("live: created, created again, listed, moved, described, dropped, dropped again", async () => {
    const ddl = openDdl();
    for (const [path, body] of given) await ddl.ok(path, body);
    expect(await ddl.ok(create, toBook("a"))).toEqual({});
    await ddl.ok(create, { collectionName: "shelf", aliasName: "s" });
    await ddl.ok(create, toBook("b"));
    expect(await ddl.ok("aliases/list")).toEqual(["a", "s", "b"]);
    expect(await ddl.ok("aliases/list", { collectionName: "book" })).toEqual(["a", "b"]);
    await ddl.ok("aliases/alter", { collectionName: "shelf", aliasName: "a" });
    expect(await ddl.ok("aliases/describe", { aliasName: "a" })).toEqual({
      dbName: "default",
      collectionName: "shelf",
      aliasName: "a",
    });
    expect(ddl.ctx.catalog.find("default", "a")?.name).toBe("shelf");
    expect(ddl.ctx.catalog.find("default", "book")?.aliases).toEqual(["b"]);
    expect(ddl.ctx.catalog.find("default", "shelf")?.aliases).toEqual(["a", "s"]);
    for (let i = 0; i < 2; i++) expect(await ddl.ok("aliases/drop", { aliasName: "a" })).toEqual({});
    expect(ddl.ctx.catalog.find("default", "a")).toBeUndefined();
  });

  it("belong to a database", async () => {
    const ddl = openDdl();
    await ddl.ok("databases/create", { dbName: "other" });
    await ddl.ok(...book);
    await ddl.ok(create, toBook("a"));
    await ddl.ok("collections/create", { dbName: "other", collectionName: "a", dimension: 4 });
    expect(await ddl.ok("aliases/list", { dbName: "other" })).toEqual([]);
    expect(ddl.ctx.catalog.find("other", "a")?.name).toBe("a");
  });
});
