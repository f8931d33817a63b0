import { describe, expect, expectTypeOf, it } from "vitest";
import type { CollectionDescription, LoadStateResult } from "../../src/engine/contract/collections.js";
import { type Operations, operationPaths } from "../../src/engine/contract/table.js";
import {
  type CallOptions,
  Elanus,
  type IndexState,
  type Namespaces,
  type QueryRows,
  type SearchHits,
} from "../../src/index.js";

describe("the typed interface", () => {
  it("has the types of the contract", () => {
    type Load = Namespaces["collections"]["getLoadState"];
    expectTypeOf<Parameters<Load>>().toEqualTypeOf<
      [...Parameters<Operations["collections/get_load_state"]>, options?: CallOptions]
    >();
    expectTypeOf<ReturnType<Load>>().toEqualTypeOf<Promise<LoadStateResult>>();
    expectTypeOf<ReturnType<Namespaces["collections"]["describe"]>>().toEqualTypeOf<Promise<CollectionDescription>>();
    expectTypeOf<ReturnType<Namespaces["indexes"]["describe"]>>().toEqualTypeOf<Promise<readonly IndexState[]>>();
    expectTypeOf<ReturnType<Namespaces["entities"]["query"]>>().toEqualTypeOf<Promise<QueryRows>>();
    expectTypeOf<ReturnType<Namespaces["entities"]["search"]>>().toEqualTypeOf<Promise<SearchHits>>();
    expectTypeOf<Namespaces["jobs"]["import"]["list"]>().toBeFunction();
  });

  it("nests as paths do, in camel case", () => {
    expectTypeOf<keyof Namespaces>().toEqualTypeOf<
      | "aliases"
      | "common"
      | "collections"
      | "databases"
      | "entities"
      | "fileResources"
      | "indexes"
      | "jobs"
      | "partitions"
      | "privilegeGroups"
      | "quotacenter"
      | "rbac"
      | "resourceGroups"
      | "roles"
      | "segments"
      | "users"
      | "snapshots"
    >();
    expectTypeOf<keyof Namespaces["partitions"]>().toEqualTypeOf<
      "list" | "has" | "getStats" | "create" | "drop" | "load" | "release"
    >();
    expectTypeOf<keyof Namespaces["collections"]["fields"]>().toEqualTypeOf<"add" | "alterProperties" | "drop">();
    expectTypeOf<Namespaces["collections"]>().not.toHaveProperty("get_load_state");
  });

  it("asks for a request where one is needed, and knows its keys and their kinds", () => {
    const calls = (db: Namespaces) => [
      () => db.collections.list(),
      () => db.collections.list({ dbName: "shop" }),
      () => db.collections.drop({ collectionName: "c" }),
      // @ts-expect-error the request is missing
      () => db.collections.drop(),
      // @ts-expect-error the name is missing
      () => db.collections.drop({}),
      // @ts-expect-error a misspelt key
      () => db.entities.query({ collectionName: "c", filtre: "" }),
      // @ts-expect-error a text for a number
      () => db.entities.query({ collectionName: "c", limit: "1" }),
      // @ts-expect-error no operation of this name
      () => db.collections.destroy({ collectionName: "c" }),
    ];
    expectTypeOf(calls).toBeFunction();
  });

  it("has a method behind every type", async () => {
    const db = await Elanus.open(":memory:");
    for (const path of operationPaths) {
      const steps = path.split("/").map((step) => step.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()));
      const method = steps.reduce<unknown>((place, step) => (place as Record<string, unknown>)[step], db);
      expect(method, path).toBeTypeOf("function");
    }
    await db.close();
  });
});
