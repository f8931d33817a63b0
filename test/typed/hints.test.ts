import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

/** What a rejected call says to people, and what a server would have said. */
async function refusal(
  call: () => Promise<unknown>,
): Promise<{ code: number; message: string; hint: string | undefined }> {
  try {
    await call();
  } catch (error) {
    const { code, message, hint } = error as { code: number; message: string; hint?: string };
    return { code, message, hint };
  }
  throw new Error("it was answered");
}

const c = { collectionName: "books" };

for (const worker of [false, true]) {
  describe(`hints of typed calls (worker: ${worker})`, () => {
    let db: Elanus;
    beforeAll(async () => {
      db = await Elanus.open(":memory:", { worker });
      await db.collections.create({ ...c, dimension: 2 });
      await db.partitions.create({ ...c, partitionName: "novel" });
      await db.partitions.release({ ...c, partitionNames: ["novel"] });
    });
    afterAll(() => db.close());

    it("a vector by itself where a list of them belongs", async () => {
      for (const data of [[1, 2], new Float32Array(2)]) {
        const { message, hint } = await refusal(() => db.entities.search({ ...c, data: data as never }));
        expect(hint).toBe("data is a list of query vectors, [[...]]: this is one vector by itself");
        expect(message).not.toContain("[[...]]");
      }
      // As it should be: nothing is added.
      const { hint } = await refusal(() => db.entities.search({ ...c, data: [[1, 2, 3]] }));
      expect(hint).toBeUndefined();
    });

    it("names in place of numbers", async () => {
      const partial = await refusal(() => db.entities.search({ ...c, data: [[1, 2]], partitionNames: ["novel"] }));
      expect(partial).toEqual({
        code: 201,
        message: expect.stringMatching(/^failed to search: partition not loaded\[partition=\d+\]$/),
        hint: 'partition "novel" of collection "books" is not loaded: partitions.load makes it searchable',
      });
      await db.collections.create({ collectionName: "released", dimension: 2 });
      await db.collections.release({ collectionName: "released" });
      const whole = await refusal(() => db.entities.query({ collectionName: "released" }));
      expect(whole).toEqual({
        code: 101,
        message: expect.stringMatching(/^failed to query: collection not loaded\[collection=\d+\]$/),
        hint: 'collection "released" is not loaded: collections.load makes it searchable',
      });
    });

    it("the name that was meant", async () => {
      expect(await refusal(() => db.collections.describe({ collectionName: "bocks" }))).toEqual({
        code: 100,
        message: "can't find collection[database=default][collection=bocks]",
        hint: 'did you mean "books"?',
      });
      expect(await refusal(() => db.partitions.load({ ...c, partitionNames: ["novell"] }))).toMatchObject({
        hint: 'did you mean "novel"?',
      });
      expect(await refusal(() => db.collections.describe({ collectionName: "zzz" }))).toMatchObject({
        hint: undefined,
      });
    });

    it("the line of the caller in the stack", async () => {
      const here = async () => db.partitions.drop({ ...c, partitionName: "_default" });
      const error = await here().catch((thrown: unknown) => thrown);
      expect((error as Error).stack).toMatch(/^ElanusError: partition cannot be dropped/);
      expect((error as Error).stack).toContain("hints.test.ts");
    });

    it("the line that awaits a small call in the stack", async () => {
      const here = async () => {
        await db.entities.insert({ ...c, data: [{ id: "one", vector: [1, 2] }] as never });
      };
      const error = await here().catch((thrown: unknown) => thrown);
      expect((error as Error).stack).toMatch(/^ElanusError: /);
      expect((error as Error).stack).toContain("hints.test.ts");
    });

    it("are no part of what goes over the wire", async () => {
      const envelope = await db.request("/v2/vectordb/entities/search", { ...c, data: [1, 2] });
      expect(Object.keys(envelope)).toEqual(["code", "message"]);
    });
  });
}

describe("hints under the legacy load rules", () => {
  it("speak of partitions by name", async () => {
    const db = await Elanus.open(":memory:", { loadRules: "legacy" });
    await db.collections.create({ ...c, dimension: 2 });
    await db.partitions.create({ ...c, partitionName: "novel" });
    await db.collections.release(c);
    await db.partitions.load({ ...c, partitionNames: ["_default"] });
    expect(await refusal(() => db.partitions.load({ ...c, partitionNames: ["novel"] }))).toMatchObject({
      code: 1100,
      message: expect.stringMatching(/^some partitions \[\d+\] of collection \d+ /),
      hint: 'some partitions ["novel"] of collection "books" has been loaded into QueryNode, please release partitions firstly',
    });
    await db.close();
  });
});

describe("a path that does not exist", () => {
  it("is answered with the one that was meant", async () => {
    const db = await Elanus.open(":memory:");
    const hint = 'did you mean "/v2/vectordb/collections/list"?';
    for (const path of ["collections/list", "/collections/list", "/v2/vectordb/collection/list", "collections/lists"]) {
      expect(await db.request(path), path).toEqual({ code: 404, message: "404 page not found", hint });
    }
    expect(await db.request("/nope")).toEqual({ code: 404, message: "404 page not found" });
    expect(await db.request("/v2/vectordb/collections/list")).toMatchObject({ code: 0 });
    await db.close();
  });
});
