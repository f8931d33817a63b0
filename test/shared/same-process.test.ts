import { linkSync } from "node:fs";
import { describe, expect, it, vi } from "vitest";
import { Elanus, floatVector, int64, schema, varchar } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const BOOK = { collectionName: "book" };

describe.each([false, true])("a shared file in one process (worker: %s)", (worker) => {
  it("is one store, until all who have opened it have closed it", async () => {
    const path = temporaryPath();
    const [first, second] = await Promise.all([
      Elanus.open(path, { shared: true, worker }),
      Elanus.open(path, { shared: true, worker }),
    ]);
    await first.collections.create({ ...BOOK, dimension: 2 });
    linkSync(path, `${path}.link`);
    const third = await Elanus.open(`${path}.link`, { shared: true, worker });
    await first.close();
    await expect(first.collections.list()).rejects.toMatchObject({ code: 1 });
    expect(await second.collections.list()).toEqual(["book"]);
    await second.close();
    expect(await third.collections.list()).toEqual(["book"]);
    await third.close();
    await (await Elanus.open(path)).close();
  });

  it("is found by a module that is loaded anew", async () => {
    const path = temporaryPath();
    const before = await Elanus.open(path, { shared: true, worker });
    await before.collections.create({ ...BOOK, dimension: 2 });
    vi.resetModules();
    const { Elanus: Again } = await import("../../src/index.js");
    expect(Again).not.toBe(Elanus);
    const after = await Again.open(path, { shared: true, worker });
    expect(await after.collections.list()).toEqual(["book"]);
    await after.close();
    await before.close();
  });

  it("calls the models of the handle that asks, also of one that was opened later", async () => {
    const path = temporaryPath();
    const model = (name: string) => ({
      model: name,
      embed: (texts: readonly string[]) => texts.map(() => [name.length, 0]),
    });
    const note = schema({
      id: int64().primary(),
      text: varchar(99),
      v: floatVector(2).embeds("text", { model: "one" }),
    });
    const without = await Elanus.open(path, { shared: true, worker });
    const first = await Elanus.open(path, { shared: true, worker, functions: { embed: model("one") } });
    await first.collection("note", note).ensure();
    await first.collection("note", note).insert({ id: 1, text: "a" });
    const other = await Elanus.open(path, { shared: true, worker, functions: { embed: model("other") } });
    await expect(other.collection("note", note).insert({ id: 2, text: "b" })).rejects.toMatchObject({
      kind: "EmbedModelDiffers",
    });
    await expect(without.collection("note", note).insert({ id: 2, text: "b" })).rejects.toMatchObject({
      kind: "EmbedModelMissing",
    });
    // Whoever names none has those of a store that is there.
    await without.close();
    const again = await Elanus.open(path, { shared: true, worker });
    expect(await again.collection("note", note).query({ outputFields: ["v"] })).toEqual([{ id: 1, v: [3, 0] }]);
    for (const db of [first, other, again]) await db.close();
    await (await Elanus.open(path)).close();
  });

  it("refuses options that contradict those it is open with, and what no other process could see", async () => {
    const path = temporaryPath();
    const db = await Elanus.open(path, { shared: true, worker, durability: "off" });
    await expect(Elanus.open(path, { shared: true, worker, durability: "full" })).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining('"durability" of Elanus.open is not as in the process'),
    });
    expect(await db.collections.list()).toEqual([]);
    await db.close();
    await expect(Elanus.open(":memory:", { shared: true, worker })).rejects.toMatchObject({ code: 1100 });
    await expect(Elanus.open(path, { shared: "join", worker })).rejects.toMatchObject({ kind: "NotShared" });
  });

  it("serves requests, users and every surface", async () => {
    const path = temporaryPath();
    const auth = { users: { ann: "a secret" } };
    const owner = await Elanus.open(path, { shared: true, worker, auth });
    const { openSharedEngine } = await import("../../src/shared/shared-engine.js");
    const other = await openSharedEngine(path, {});
    expect(other.options.auth).toEqual(auth);
    await owner.collections.create({ ...BOOK, dimension: 2 });
    const ann = await owner.as({ user: "ann", password: "a secret" });
    await expect(ann.entities.insert({ ...BOOK, data: [] })).rejects.toMatchObject({ name: "ElanusError" });
    expect(await owner.request("/v2/vectordb/collections/list", {})).toMatchObject({ code: 0, data: ["book"] });
    await other.engine.close();
    await owner.close();
  });
});
