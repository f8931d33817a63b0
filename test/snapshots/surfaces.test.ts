import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { MessageName, Sent } from "../../src/api/grpc/messages/table.js";
import type { Elanus } from "../../src/index.js";
import { GrpcClient } from "../api/grpc/grpc-client.js";
import { temporaryPath } from "../support/temporary.js";
import { filled } from "./support.js";

const book = { collectionName: "book" };
type Envelope = { readonly code: number; readonly message?: string; readonly data?: never };

let db: Elanus;
beforeEach(async () => {
  db = await filled(temporaryPath());
});
afterEach(() => db.close());

const post = async (path: string, body: object): Promise<Envelope> =>
  (await db.request(`/v2/vectordb/${path}`, body)) as unknown as Envelope;

async function completed(jobId: unknown): Promise<Record<string, unknown>> {
  for (;;) {
    const { data } = await post("jobs/snapshot/describe", { jobId });
    if (
      data !== undefined &&
      data["state"] !== "RestoreSnapshotPending" &&
      data["state"] !== "RestoreSnapshotExecuting"
    ) {
      return data;
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

describe("snapshots over REST v2", () => {
  it("go from their making to their end", async () => {
    expect(await post("snapshots/create", { ...book, snapshotName: "s1" })).toEqual({ code: 0, data: {} });
    expect(await post("snapshots/list", book)).toEqual({ code: 0, data: ["s1"] });
    expect(await post("snapshots/describe", { ...book, snapshotName: "s1" })).toEqual({
      code: 0,
      data: {
        snapshotName: "s1",
        description: "",
        collectionName: "book",
        partitionNames: ["_default_0", "_default_1", "_default_2"],
        createTs: expect.any(BigInt),
        s3Location: expect.stringMatching(/-snapshots\/\d+-[0-9a-f]+\.db$/),
      },
    });
    for (const [i, source] of ["collectionName", "sourceCollectionName"].entries()) {
      const target = { snapshotName: "s1", targetCollectionName: `copy${i}` };
      const { data } = await post("snapshots/restore", { [source]: "book", ...target });
      expect(data).toEqual({ jobId: expect.any(Number) });
      expect(await completed(String(data?.["jobId"]))).toEqual({
        jobId: data?.["jobId"],
        snapshotName: "s1",
        dbName: "default",
        collectionName: `copy${i}`,
        state: "RestoreSnapshotCompleted",
        progress: 100,
        reason: "",
        startTime: expect.any(Number),
        timeCost: expect.any(Number),
      });
    }
    expect((await post("jobs/snapshot/list", {})).data?.["records"]).toHaveLength(2);
    expect((await post("jobs/snapshot/list", { collectionName: "copy1" })).data?.["records"]).toHaveLength(1);
    const { data } = await post("snapshots/pin", { ...book, snapshotName: "s1", ttlSeconds: 60 });
    expect(await post("snapshots/drop", { ...book, snapshotName: "s1" })).toMatchObject({ code: 2601 });
    expect(await post("snapshots/unpin", data ?? {})).toEqual({ code: 0, data: {} });
    expect(await post("snapshots/drop", { ...book, snapshotName: "s1" })).toEqual({ code: 0, data: {} });
    expect(await post("snapshots/list", book)).toEqual({ code: 0, data: [] });
  });

  it("are restored by who may do so with their collection, however that is named", async () => {
    await db.snapshots.create({ ...book, snapshotName: "s1" });
    await db.users.create({ userName: "ann", password: "secret1" });
    await db.roles.create({ roleName: "restorer" });
    await db.users.grantRole({ userName: "ann", roleName: "restorer" });
    const ann = await db.as({ user: "ann", password: "secret1" });
    const restore = { snapshotName: "s1", sourceCollectionName: "book", targetCollectionName: "copy" };
    await expect(ann.snapshots.restore(restore)).rejects.toMatchObject({ kind: "PermissionDenied" });
    const grant = { roleName: "restorer", privilege: "RestoreSnapshot", dbName: "default" };
    await db.roles.grantPrivilegeV2({ ...grant, collectionName: "other" });
    await expect(ann.snapshots.restore(restore)).rejects.toMatchObject({ kind: "PermissionDenied" });
    await db.roles.grantPrivilegeV2({ ...grant, collectionName: "book" });
    expect(await ann.snapshots.restore(restore)).toEqual({ jobId: expect.any(Number) });
  });

  it("name what is missing", async () => {
    expect(await post("snapshots/list", {})).toMatchObject({
      code: 1802,
      message:
        "missing required parameters, error: Key: 'CollectionNameReq.CollectionName' Error:Field validation for 'CollectionName' failed on the 'required' tag",
    });
    expect(await post("snapshots/restore", { snapshotName: "s", targetCollectionName: "t" })).toMatchObject({
      code: 1802,
    });
  });
});

describe("snapshots over gRPC", () => {
  let client: GrpcClient;
  let close: () => Promise<void>;
  beforeEach(async () => {
    const server = await db.listen({ port: 0 });
    client = new GrpcClient({ port: server.port as number });
    close = () => server.close();
  });
  afterEach(async () => {
    client.session.close();
    await close();
  });

  const call = <Req extends MessageName, Rep extends MessageName>(rpc: string, reply: Rep, message: Sent<Req>) =>
    client.call(rpc, `${rpc}Request` as Req, message, reply);
  const named = { name: "s1", collection_name: "book" };

  it("go from their making to their end", async () => {
    expect(await call("CreateSnapshot", "Status", { ...named, description: "d" })).toMatchObject({ code: 0 });
    expect(await call("CreateSnapshot", "Status", named)).toMatchObject({
      code: 1100,
      reason: "snapshot name s1 already exists in collection 1: invalid parameter",
    });
    expect(await call("ListSnapshots", "ListSnapshotsResponse", { collection_name: "book" })).toMatchObject({
      snapshots: ["s1"],
    });
    const described = await call("DescribeSnapshot", "DescribeSnapshotResponse", named);
    expect(described).toMatchObject({ name: "s1", description: "d", collection_name: "book" });
    expect(described.partition_names).toHaveLength(3);
    const restored = await call("RestoreSnapshot", "RestoreSnapshotResponse", {
      ...named,
      target_collection_name: "c",
    });
    expect(restored.status).toMatchObject({ code: 0 });
    await completed(Number(restored.job_id));
    const state = await call("GetRestoreSnapshotState", "GetRestoreSnapshotStateResponse", { job_id: restored.job_id });
    expect(state.info).toMatchObject({ snapshot_name: "s1", collection_name: "c", state: 3, progress: 100 });
    const { jobs } = await call("ListRestoreSnapshotJobs", "ListRestoreSnapshotJobsResponse", {});
    expect(jobs).toEqual([state.info]);
    const pinned = await call("PinSnapshotData", "PinSnapshotDataResponse", named);
    expect(await call("DropSnapshot", "Status", named)).toMatchObject({ code: 2601, error_code: 1 });
    expect(await call("UnpinSnapshotData", "Status", { pin_id: pinned.pin_id })).toMatchObject({ code: 0 });
    expect(await call("DropSnapshot", "Status", named)).toMatchObject({ code: 0 });
    const gone = await call("DescribeSnapshot", "DescribeSnapshotResponse", named);
    expect(gone.status).toMatchObject({ code: 2600, error_code: 1 });
  });

  it("name what is missing", async () => {
    const { status } = await call("ListSnapshots", "ListSnapshotsResponse", {});
    expect(status).toMatchObject({
      code: 1101,
      reason: "collection_name is required for ListSnapshots: missing parameter",
    });
    const restore = { name: "s1", collection_name: "book" };
    const reply = await call("RestoreSnapshot", "RestoreSnapshotResponse", restore);
    expect(reply.status?.reason).toBe("target_collection_name is required for restore snapshot: missing parameter");
    expect(await call("UnpinSnapshotData", "Status", {})).toMatchObject({
      code: 1101,
      reason: "pin_id is required for unpin snapshot data: missing parameter",
    });
  });
});
