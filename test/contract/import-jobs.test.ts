import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ImportJobDescription } from "../../src/engine/contract/jobs.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "book" };
let db: Elanus;
let root: string;

beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "elanus-import-"));
  db = await Elanus.open(":memory:", { importRoot: root, serverVersion: "2.6" });
  await db.collections.create({ ...C, dimension: 2 });
});
afterEach(async () => {
  await db.close();
  rmSync(root, { recursive: true });
});

const ask = (path: string, body: object) => db.request(`/v2/vectordb/jobs/import/${path}`, body);
const rows = (from: number, count: number) =>
  JSON.stringify(Array.from({ length: count }, (_, i) => ({ id: from + i, vector: [1, i] })));
const file = (name: string, content: string) => writeFileSync(join(root, name), content);

async function ended(jobId: string): Promise<ImportJobDescription> {
  let progress = 0;
  for (;;) {
    const job = await db.jobs.import.describe({ jobId });
    if (job.state !== "Failed") expect(job.progress).toBeGreaterThanOrEqual(progress);
    progress = job.progress;
    if (job.completeTime !== "" || job.state === "Uncommitted") return job;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe("an import job", () => {
  it("makes the rows of all its files visible together, and tells of itself as a server does", async () => {
    file("a.json", rows(0, 3000));
    mkdirSync(join(root, "deep"));
    writeFileSync(join(root, "deep", "b.csv"), 'id;vector\n-1;"[1,2]"\n');
    const created = await ask("create", { ...C, files: [["a.json"], ["deep/b.csv"]], options: { sep: ";" } });
    expect(created).toEqual({ code: 0, data: { jobId: expect.stringMatching(/^\d+$/) } });
    const { jobId } = created.data as { jobId: string };
    const job = await ended(jobId);
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect(job).toEqual({
      jobId,
      createTime: time,
      collectionName: "book",
      completeTime: time,
      state: "Completed",
      progress: 100,
      importedRows: 3001,
      totalRows: 3001,
      fileSize: expect.any(Number),
      details: [
        expect.objectContaining({ fileName: "[a.json]", state: "Completed", progress: 100, importedRows: 3000 }),
        expect.objectContaining({ fileName: "[deep/b.csv]", state: "Completed", progress: 100, importedRows: 1 }),
      ],
    });
    expect((await ask("get_progress", { jobId, clusterId: "", objectUrl: null })).data).toEqual(job);
    expect(await ask("list", C)).toEqual({
      code: 0,
      data: { records: [{ jobId, collectionName: "book", state: "Completed", progress: 100 }] },
    });
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 3001 });
  });

  it("leaves no row when one is bad, and says where", async () => {
    file("a.json", rows(0, 2000));
    file("b.json", '[{"id":1,"vector":[1]}]');
    const { jobId } = await db.jobs.import.create({ ...C, files: [["a.json"], ["b.json"]] });
    const job = await ended(jobId);
    const reason =
      "error: row 1, line 1: expected dim '2' for field 'vector' with type 'FloatVector', got dim '1': importing data failed, file: b.json";
    expect(job).toMatchObject({
      state: "Failed",
      progress: 0,
      importedRows: 0,
      reason,
      details: [{ state: "Failed" }, {}],
    });
    expect((await db.jobs.import.list(C)).records).toEqual([
      { jobId, collectionName: "book", state: "Failed", progress: 0, reason },
    ]);
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 0 });
    const missing = await db.jobs.import.create({ ...C, files: [["/object/name.parquet"]] });
    expect((await ended(missing.jobId)).reason).toBe(
      "error: there is no such file: importing data failed, file: /object/name.parquet",
    );
  });

  it("waits for a word when it is asked to", async () => {
    file("a.json", rows(0, 10));
    const options = { auto_commit: "false" };
    const first = await db.jobs.import.create({ ...C, files: [["a.json"]], options });
    expect((await ended(first.jobId)).state).toBe("Uncommitted");
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 0 });
    expect(await ask("commit", first)).toEqual({ code: 0, data: {} });
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 10 });
    expect(await ask("commit", first)).toMatchObject({ code: 2100 });
    const second = await db.jobs.import.create({ ...C, files: [["a.json"]], options });
    await ended(second.jobId);
    expect(await ask("abort", second)).toEqual({ code: 0, data: {} });
    expect(await db.jobs.import.describe(second)).toMatchObject({ state: "Failed", reason: "aborted" });
  });

  it("ends with its collection, with its time, and with the process", async () => {
    file("a.json", rows(0, 30_000));
    const late = await db.jobs.import.create({ ...C, files: [["a.json"]], options: { timeout: "1ms" } });
    expect(await ended(late.jobId)).toMatchObject({ state: "Failed", reason: "import timeout" });
    const dropped = await db.jobs.import.create({ ...C, files: [["a.json"]] });
    await db.collections.drop(C);
    expect((await ended(dropped.jobId)).reason).toMatch(/^collection \d+ dropped$/);
    await db.close();

    const path = temporaryPath();
    db = await Elanus.open(path, { importRoot: root });
    await db.collections.create({ ...C, dimension: 2 });
    const { jobId } = await db.jobs.import.create({ ...C, files: [["a.json"]] });
    await db.close();
    db = await Elanus.open(path);
    expect(await db.jobs.import.describe({ jobId })).toMatchObject({ state: "Failed", reason: "interrupted" });
    expect(await db.collections.getStats(C)).toEqual({ rowCount: 0 });
    expect((await db.check()).problems).toEqual([]);
  });
});

describe("what is refused when a job is asked for", () => {
  it("by code and text", async () => {
    await db.collections.create({
      collectionName: "keyed",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true, isPartitionKey: false },
          { fieldName: "p", dataType: "Int64", isPartitionKey: true },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
    } as never);
    const cases: readonly [object, number, string][] = [
      [{ files: undefined }, 1802, "missing required parameters"],
      [{ files: [] }, 1100, "import request is empty: invalid parameter"],
      [{ files: [[]] }, 1100, "import request is empty: invalid parameter"],
      [{ files: Array(1025).fill(["a.json"]) }, 2100, "should not exceed 1024, but got 1025: importing data failed"],
      [{ files: [["a.txt"]] }, 2100, "unexpected file type, files=[a.txt]: importing data failed"],
      [{ files: [["a.json", "b.csv"]] }, 2100, "inconsistency in file types, (a.json) vs (b.csv)"],
      [{ files: [["a.json", "b.json"]] }, 2100, "for JSON import, accepts only one file: importing data failed"],
      [{ files: [["id.npy", "v.npy"]] }, 3000, "NumPy files are not supported"],
      [{ files: [["a.json"]], collectionName: "none" }, 100, "can't find collection"],
      [{ files: [["a.json"]], partitionName: "none" }, 200, "partition not found"],
      [{ files: [["a.json"]], collectionName: "keyed", partitionName: "_default_0" }, 2100, "with partition key"],
      [{ files: [["a.json"]], options: { timeout: "soon" } }, 2100, "parse timeout failed"],
      [{ files: [["a.json"]], options: { sep: "\n" } }, 2100, "unsupported csv separator"],
      [{ files: [["a.json"]], options: { backup: "true" } }, 3000, "option backup"],
      [{ files: [["a.json"]], options: { auto_commit: "maybe" } }, 1100, "must be one of"],
    ];
    for (const [body, code, message] of cases) {
      const answer = await ask("create", { ...C, ...body });
      expect([answer.code, answer["message"]], JSON.stringify(body)).toEqual([code, expect.stringContaining(message)]);
    }
    expect(await ask("describe", { jobId: "x" })).toMatchObject({
      code: 1100,
      message: expect.stringContaining("parse job id failed"),
    });
    expect(await ask("describe", { jobId: "99" })).toEqual({
      code: 2100,
      message: "import job does not exist, jobID=99: importing data failed",
    });
    expect((await db.jobs.import.list(C)).records).toEqual([]);
  });

  it("when a file lies outside of the folder, whatever way it is named", async () => {
    const outside = mkdtempSync(join(tmpdir(), "elanus-outside-"));
    writeFileSync(join(outside, "a.json"), rows(0, 1));
    symlinkSync(outside, join(root, "link"));
    symlinkSync(join(outside, "a.json"), join(root, "file.json"));
    try {
      const names = [
        "../a.json",
        "x/../../a.json",
        "link/a.json",
        "file.json",
        "a\0.json",
        "s3://b/a.json",
        "C:\\a.json",
        "\\\\host\\a.json",
      ];
      for (const name of names) {
        expect(await ask("create", { ...C, files: [[name]] }), name).toEqual({
          code: 1100,
          message: `import path "${name}" is outside the import folder: invalid parameter`,
        });
      }
      // Names of objects begin with a slash: they are looked for in the folder, and nowhere else.
      const { jobId } = await db.jobs.import.create({ ...C, files: [[join(outside, "a.json")]] });
      expect((await ended(jobId)).reason).toContain("there is no such file");
      file("b.json", rows(0, 1));
      for (const name of ["/b.json", join(root, "b.json"), "b.json"]) {
        expect((await ended((await db.jobs.import.create({ ...C, files: [[name]] })).jobId)).state).toBe("Completed");
      }
    } finally {
      rmSync(outside, { recursive: true });
    }
    const other = await Elanus.open(":memory:");
    await other.collections.create({ ...C, dimension: 2 });
    await expect(other.jobs.import.create({ ...C, files: [["a.json"]] })).rejects.toMatchObject({ kind: "ImportPath" });
    await other.close();
  });
});
