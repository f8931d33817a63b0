import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { filled, rowsOf, STORES } from "./support.js";

const first = { collectionName: "book", snapshotName: "first" };
let root: string;
beforeEach(() => {
  root = join(dirname(temporaryPath()), "files");
  mkdirSync(root);
});

async function ended(db: Elanus, jobId: number) {
  const describeJob = () => db.jobs.snapshot.describe({ jobId });
  await expect.poll(async () => (await describeJob()).state).toMatch(/Completed|Failed/);
  return describeJob();
}

describe.each(STORES)("a snapshot of %s that is exported", (_, path) => {
  it.each(STORES)("becomes a collection of another database, in %s", async (__, otherPath) => {
    const db = await filled(path(), 40, { filesRoot: root });
    const before = await rowsOf(db, "book");
    await db.snapshots.create({ ...first, description: "d" });
    const { snapshotMetadataURI, jobId } = await db.jobs.snapshot.export({ ...first, targetS3Path: "a/b" });
    expect(snapshotMetadataURI).toBe(join(root, "a/b/metadata.json"));
    expect(readdirSync(join(root, "a/b")).sort()).toEqual(["metadata.json", "snapshot.db"]);
    expect(await db.jobs.snapshot.describe({ jobId })).toMatchObject({
      state: "ExportSnapshotCompleted",
      snapshotMetadataURI,
      totalBytes: expect.any(Number),
    });
    const again = db.jobs.snapshot.export({ ...first, targetS3Path: pathToFileURL(join(root, "a/b")).href });
    await expect(again).rejects.toMatchObject({ code: 1100, message: expect.stringContaining("already") });
    await db.close();

    const other = await Elanus.open(otherPath(), { durability: "off", filesRoot: root });
    const target = { targetCollectionName: "copy", snapshotMetadataURI: "a/b/metadata.json" };
    const restored = await other.jobs.snapshot.restoreExternal(target);
    expect(await ended(other, restored.jobId)).toMatchObject({
      state: "RestoreSnapshotCompleted",
      snapshotName: "first",
    });
    await other.collections.load({ collectionName: "copy" });
    expect(await rowsOf(other, "copy")).toEqual(before);
    await expect(other.jobs.snapshot.restoreExternal(target)).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining("create duplicate collection with different parameters, collection: copy"),
    });
    expect((await other.check()).problems).toEqual([]);
    await other.close();
  });
});

describe("what must not be read or written", () => {
  let db: Elanus;
  beforeEach(async () => {
    db = await filled(temporaryPath(), 10, { filesRoot: root });
    await db.snapshots.create(first);
  });
  afterEach(() => db.close());

  it.each(["s3://bucket/x", "..", "../outside", "/etc/x", "file:///etc/x", "link/x", "http://a/b"])(
    "%s",
    async (place) => {
      symlinkSync(dirname(root), join(root, "link"));
      await expect(db.jobs.snapshot.export({ ...first, targetS3Path: place })).rejects.toMatchObject({
        code: 3000,
        message: expect.stringContaining("only local paths"),
      });
      const restore = { targetCollectionName: "copy", snapshotMetadataURI: place };
      await expect(db.jobs.snapshot.restoreExternal(restore)).rejects.toMatchObject({ code: 3000 });
    },
  );

  it("anything, without the option", async () => {
    const plain = await filled(":memory:", 3);
    await plain.snapshots.create(first);
    await expect(plain.jobs.snapshot.export({ ...first, targetS3Path: root })).rejects.toMatchObject({ code: 3000 });
    await plain.close();
  });

  it("files that are damaged, of other kinds, or made to look like a snapshot", async () => {
    const restore = (snapshotMetadataURI: string) =>
      db.jobs.snapshot.restoreExternal({ targetCollectionName: "copy", snapshotMetadataURI });
    await expect(restore("none/metadata.json")).rejects.toMatchObject({ code: 1001 });
    writeFileSync(join(root, "metadata.json"), "{}");
    await expect(restore("metadata.json")).rejects.toMatchObject({ code: 1001 });
    rmSync(join(root, "metadata.json"));
    await db.jobs.snapshot.export({ ...first, targetS3Path: root });
    const metadata = JSON.parse(readFileSync(join(root, "metadata.json"), "utf8")) as { sizeBytes: number };
    truncateSync(join(root, "snapshot.db"), metadata.sizeBytes - 8192);
    const { jobId } = await restore("metadata.json");
    expect(await ended(db, jobId)).toMatchObject({
      state: "RestoreSnapshotFailed",
      reason: expect.stringContaining("it is not as it was made"),
    });
    expect(await db.collections.list()).toEqual(["book"]);
    expect((await db.check()).problems).toEqual([]);
  });
});
