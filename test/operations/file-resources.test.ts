import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { serve } from "../api/grpc/served.js";
import { temporaryPath } from "../support/temporary.js";

let db: Elanus;
let path: string;
let root: string;
beforeEach(async () => {
  path = temporaryPath();
  root = join(dirname(path), "files");
  mkdirSync(root);
  writeFileSync(join(root, "stop.txt"), "river\r\n\n  lake \n");
  db = await Elanus.open(path, { durability: "off", filesRoot: root });
});
afterEach(() => db.close());

const remote = { type: "remote", resource_name: "stops", file_name: "stop.txt" };
const analyzer = {
  tokenizer: "standard",
  filter: ["lowercase", { type: "stop", stop_words: ["sea"], stop_words_file: remote }],
};

async function wordsOf(analyzerParams: unknown): Promise<string[]> {
  const { results } = await db.common.runAnalyzer({
    text: ["The River and the lake and the sea"],
    analyzerParams,
  } as never);
  return results[0]?.tokens.map(({ token }) => token) ?? [];
}

async function texts(collectionName: string): Promise<void> {
  await db.collections.create({
    collectionName,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        {
          fieldName: "text",
          dataType: "VarChar",
          elementTypeParams: { max_length: 99, enable_analyzer: true, enable_match: true, analyzer_params: analyzer },
        },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
  });
  await db.entities.insert({ collectionName, data: [{ id: 1, text: "the river, the mill", v: [1, 1] }] });
}

async function matched(collectionName: string, word: string): Promise<number> {
  const filter = `text_match(text, "${word}")`;
  return (await db.entities.query({ collectionName, filter })).length;
}

describe("a file resource", () => {
  it("is named by analyzers, which keep its words", async () => {
    await db.fileResources.add({ name: "stops", path: "stop.txt" });
    await db.fileResources.add({ name: "stops", path: "stop.txt" });
    expect(await db.fileResources.list()).toEqual([{ id: expect.any(Number), name: "stops", path: "stop.txt" }]);
    expect(await wordsOf(analyzer)).toEqual(["the", "and", "the", "and", "the"]);
    expect(await wordsOf({ type: "standard", stop_words_file: remote })).toEqual([
      "the",
      "and",
      "the",
      "and",
      "the",
      "sea",
    ]);
    const local = { type: "local", path: join(root, "stop.txt") };
    expect(await wordsOf({ type: "standard", stop_words_file: local })).not.toContain("lake");
    await texts("c");
    rmSync(join(root, "stop.txt"));
    await db.close();
    db = await Elanus.open(path);
    expect([await matched("c", "mill"), await matched("c", "river")]).toEqual([1, 0]);
    const { fields } = await db.collections.describe({ collectionName: "c" });
    const params = Object.fromEntries((fields[1]?.params ?? []).map(({ key, value }) => [key, value]));
    expect(JSON.parse(params["analyzer_params"] ?? "")).toEqual(analyzer);
    expect(Object.keys(params).sort()).toEqual(["analyzer_params", "enable_analyzer", "enable_match", "max_length"]);
    expect((await db.check()).problems).toEqual([]);
  });

  it("goes when no collection names it, and goes along with snapshots", async () => {
    await db.fileResources.add({ name: "stops", path: "stop.txt" });
    await texts("c");
    await expect(db.fileResources.remove({ name: "stops" })).rejects.toMatchObject({
      code: 1100,
      message: "file resource stops is in use by collection c: invalid parameter",
    });
    await db.snapshots.create({ collectionName: "c", snapshotName: "s" });
    const restore = { collectionName: "c", snapshotName: "s", targetCollectionName: "copy" };
    const { jobId } = await db.snapshots.restore(restore);
    await expect.poll(async () => (await db.jobs.snapshot.describe({ jobId })).progress).toBe(100);
    await db.collections.load({ collectionName: "copy" });
    expect([await matched("copy", "mill"), await matched("copy", "river")]).toEqual([1, 0]);
    for (const collectionName of ["c", "copy"]) await db.collections.drop({ collectionName });
    await db.fileResources.remove({ name: "stops" });
    await db.fileResources.remove({ name: "stops" });
    expect(await db.fileResources.list()).toEqual([]);
    await expect(wordsOf(analyzer)).rejects.toMatchObject({ code: 1100, message: /file resource not found: stops/ });
  });

  it.each<[object, object]>([
    [{ name: "", path: "stop.txt" }, { code: 1802 }],
    [{ name: "a", path: "../x" }, { code: 3000 }],
    [{ name: "a", path: "s3://b/x" }, { code: 3000 }],
    [{ name: "a", path: "none.txt" }, { code: 1001 }],
    [{ name: "a", path: "." }, { code: 1001 }],
    [{ name: "stops", path: "binary" }, { code: 1100 }],
    [
      { name: "stops", path: "other.txt" },
      { code: 1100, message: "file resource already exists: stops: invalid parameter" },
    ],
  ])("%j is refused", async (request, refusal) => {
    writeFileSync(join(root, "binary"), Buffer.from([0xff, 0xfe, 0]));
    writeFileSync(join(root, "other.txt"), "x");
    await db.fileResources.add({ name: "stops", path: "stop.txt" });
    await expect(db.fileResources.add(request as never)).rejects.toMatchObject(refusal);
    expect((await db.fileResources.list()).length).toBe(1);
  });

  it.each([{ type: "remote" }, "stop.txt", { type: "local", path: 1 }, { ...remote, file_name: "x" }])(
    "an analyzer cannot name %j",
    async (file) => {
      await db.fileResources.add({ name: "stops", path: "stop.txt" });
      await expect(wordsOf({ type: "standard", stop_words_file: file })).rejects.toMatchObject({ code: 1100 });
    },
  );

  it("is there over gRPC", async () => {
    const { ok, fails } = await serve({ filesRoot: root });
    await ok("AddFileResource", { name: "stops", path: "stop.txt" });
    expect(await ok("ListFileResources")).toMatchObject({ resources: [{ name: "stops", path: "stop.txt" }] });
    expect((await fails("AddFileResource", { name: "b", path: "/etc/passwd" }))[0]).toBe(3000);
    await ok("RemoveFileResource", { name: "stops" });
    expect(await ok("ListFileResources")).toMatchObject({ resources: [] });
  });
});
