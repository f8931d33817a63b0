import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const book = { collectionName: "book" };
const done = { code: 0, data: {} };

describe("the replica number under the legacy rules", () => {
  it("stays when a loaded collection is created again or refreshed", async () => {
    const db = await Elanus.open(":memory:", { loadRules: "legacy" });
    const call = (path: string, body: object = {}) => db.request(`/v2/vectordb/${path}`, { ...book, ...body });
    expect(await call("collections/create", { dimension: 2 })).toEqual(done);
    expect(await call("collections/release")).toEqual(done);
    expect(await call("collections/load", { replicaNumber: 2 })).toEqual(done);
    expect(await call("collections/create", { dimension: 2 })).toEqual(done);
    expect(await call("collections/refresh_load")).toEqual(done);
    expect(await call("collections/load", { replicaNumber: 2 })).toEqual(done);
    expect(await call("collections/load", { replicaNumber: 1 })).toMatchObject({
      code: 1100,
      message:
        "collection with different replica number 2 existed, release this collection first before changing its replica number: invalid parameter",
    });
    expect(await call("collections/refresh_load", { replicaNumber: 1 })).toMatchObject({
      code: 1100,
      message:
        "collection with different replica number 2 existed, release this collection first before changing its replica number: invalid parameter",
    });
    await db.close();
  });
});
