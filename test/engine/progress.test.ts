import { describe, expect, it } from "vitest";
import { Elanus, type ProgressEvent } from "../../src/index.js";

describe.each([false, true])("progress (worker: %s)", (worker) => {
  it("tells of a load up to 100 and of a build down to nothing pending", async () => {
    const db = await Elanus.open(":memory:", { worker, exactBelow: 500 });
    const events: ProgressEvent[] = [];
    const stop = db.onProgress((event) => events.push(event));
    await db.collections.create({ collectionName: "c", dimension: 4 });
    const data = Array.from({ length: 1500 }, (_, id) => ({ id, vector: [id % 7, id % 11, id % 13, 1] }));
    await db.entities.insert({ collectionName: "c", data });
    const built = () => events.some((e) => e.kind === "build" && e.pendingRows === 0);
    await expect.poll(built).toBe(true);
    await db.collections.release({ collectionName: "c" });
    await db.collections.load({ collectionName: "c" });
    const lastLoad = () => events.filter((e) => e.kind === "load").at(-1);
    await expect.poll(lastLoad).toEqual({ kind: "load", database: "default", collection: "c", progress: 100 });
    stop();
    const builds = events.filter((e) => e.kind === "build");
    expect(builds.at(-1)).toMatchObject({ collection: "c", field: "vector", pendingRows: 0, failReason: "" });
    await db.close();
  });
});
