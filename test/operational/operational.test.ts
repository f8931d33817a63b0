import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { serve } from "../api/grpc/served.js";
import { temporaryPath } from "../support/temporary.js";

const opened: Elanus[] = [];
async function open(options: Parameters<typeof Elanus.open>[1] = {}, path = ":memory:"): Promise<Elanus> {
  const db = await Elanus.open(path, { durability: "off", ...options });
  opened.push(db);
  return db;
}
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

const get = async (url: string, headers: Record<string, string> = {}) => {
  const response = await fetch(url, { headers });
  return [response.status, response.headers.get("content-type"), await response.text()] as const;
};
const TEXT = "text/plain; charset=utf-8";

describe("probes", () => {
  it("are answered without credentials, as text and as JSON", async () => {
    const db = await open({ auth: { apiKeys: ["key"] } });
    const { url } = await db.listen({ port: 0 });
    expect(await get(`${url}/healthz`)).toEqual([200, TEXT, "OK"]);
    expect(await get(`${url}/livez`)).toEqual([200, TEXT, "OK"]);
    const [status, type, text] = await get(`${url}/healthz`, { "content-type": "application/json" });
    expect([status, type, JSON.parse(text)]).toEqual([
      200,
      "application/json; charset=utf-8",
      { state: "OK", detail: [{ name: "proxy", code: 1 }] },
    ]);
    expect((await get(`${url}/healthz/`))[0]).toBe(404);
    expect(await db.request("/healthz", undefined, { method: "GET" })).toEqual({ status: "OK" });
  });

  it("find a page of gauges", async () => {
    const db = await open();
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.collections.create({ collectionName: "rest", dimension: 2 });
    await db.collections.release({ collectionName: "rest" });
    await db.entities.insert({ collectionName: "book", data: [1, 2, 3].map((id) => ({ id, vector: [id, 0] })) });
    await db.entities.search({ collectionName: "book", data: [[1, 0]] });
    const { url } = await db.listen({ port: 0 });
    await get(`${url}/livez`);
    const [status, , page] = await get(`${url}/metrics`);
    expect(status).toBe(200);
    const values = Object.fromEntries(
      page
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith("#"))
        .map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
    );
    expect(values).toMatchObject({
      elanus_requests_total: 2,
      elanus_collections: 2,
      elanus_loaded_collections: 1,
      elanus_loaded_rows: 3,
    });
    expect(values["elanus_file_bytes"]).toBe((await db.stats()).fileBytes);
    expect(page.match(/^# TYPE \w+ (?:gauge|counter)$/gm)).toHaveLength(8);
  });
});

describe("resource groups", () => {
  it("are made, listed, described, changed and dropped, and kept in the file", async () => {
    const path = temporaryPath();
    let db = await open({}, path);
    const call = async (action: string, body: object) => {
      const { code, message, data } = await db.request(`/v2/vectordb/resource_groups/${action}`, body);
      return code === 0 ? data : [code, message];
    };
    const config = { requests: { node_num: 1 }, limits: { node_num: 2 } };
    expect(await call("create", { name: "g", config })).toEqual({});
    expect(await call("create", { name: "g", config })).toEqual({});
    expect(await call("create", { name: "g" })).toEqual([
      301,
      "resource group already exist, but create with different config[rg=g]",
    ]);
    expect(await call("create", { name: "1" })).toEqual([
      1100,
      expect.stringMatching(/^Invalid resource group name: 1\./),
    ]);
    for (const wrong of [
      { requests: { node_num: 2 }, limits: { node_num: 1 } },
      { requests: { node_num: -1 } },
      { transfer_from: [{ resource_group: "none" }] },
      { transfer_to: [{ resource_group: "h" }] },
      { transfer_to: [{}] },
      { node_filter: { node_labels: [{ key: "a" }] } },
    ]) {
      expect((await call("create", { name: "h", config: wrong })) as unknown[]).toEqual([303, expect.any(String)]);
    }
    expect(await call("list", {})).toEqual(["__default_resource_group", "g"]);
    await db.close();
    db = await open({}, path);
    const answer = await db.request("/v2/vectordb/resource_groups/describe", { name: "g" });
    expect(answer).toMatchObject({ code: 0, data: { name: "g", num_available_node: 0, config } });
    expect(answer["resource_group"]).toEqual(answer.data);
    expect(await call("drop", { name: "g" })).toEqual([
      1100,
      "resource group's limits node num is not 0: invalid parameter[expected=not empty resource group][actual=g]",
    ]);
    expect(await call("alter", { resource_groups: { g: {}, none: {} } })).toEqual([
      300,
      "resource group not found[rg=none]",
    ]);
    expect(await call("alter", { resource_groups: { g: [] } })).toMatchObject([303, expect.anything()]);
    expect(await call("alter", { resource_groups: { g: {} } })).toEqual({});
    expect(await call("drop", { name: "__default_resource_group" })).toMatchObject([1100, expect.anything()]);
    expect(await call("drop", { name: "g" })).toEqual({});
    expect(await call("drop", { name: "g" })).toEqual({});
  });

  it("are told which nodes they are to get; the one node stays", async () => {
    const { db, ok, codes } = await serve();
    for (const resource_group of ["g", "h"]) await ok("CreateResourceGroup", { resource_group });
    const transfer = { source_resource_group: "__default_resource_group", target_resource_group: "g", num_node: 1 };
    expect(await codes("TransferNode", { ...transfer, target_resource_group: "1" })).toEqual([1100, 5]);
    expect(await codes("TransferNode", { ...transfer, source_resource_group: "g" })).toEqual([1100, 5]);
    expect(await codes("TransferNode", { ...transfer, num_node: 0 })).toEqual([1100, 5]);
    expect(await codes("TransferNode", { ...transfer, target_resource_group: "none" })).toEqual([300, 1]);
    expect(await codes("TransferNode", { ...transfer, num_node: 2 })).toEqual([304, 1]);
    expect(await codes("TransferNode", { ...transfer, source_resource_group: "h" })).toEqual([304, 1]);
    expect((await db.resourceGroups.describe({ name: "g" })).config.limits).toEqual({ node_num: 0 });
    await ok("TransferNode", transfer);
    expect(await db.resourceGroups.describe({ name: "g" })).toMatchObject({
      num_available_node: 0,
      config: { requests: { node_num: 1 }, limits: { node_num: 1 } },
    });
    await expect(
      db.resourceGroups.transferNode({
        sourceRgName: "g",
        targetRgName: "__default_resource_group",
        nodeNum: 1,
      }),
    ).rejects.toMatchObject({
      code: 304,
      message: "resource group node not enough[rg=g][currentNodeNum=0][expectedNodeNum=1]",
    });
  });

  it("hold the replica that was put there, on every surface", async () => {
    const { db, ok, codes } = await serve();
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await ok("CreateResourceGroup", {
      resource_group: "g",
      config: { requests: { node_num: 0 }, node_filter: { node_labels: [{ key: "env", value: "test" }] } },
    });
    expect(await ok("DescribeResourceGroup", { resource_group: "g" })).toMatchObject({
      resource_group: {
        capacity: 0,
        nodes: [],
        config: { requests: { node_num: 0 }, node_filter: { node_labels: [{ key: "env", value: "test" }] } },
      },
    });
    const transfer = {
      source_resource_group: "__default_resource_group",
      target_resource_group: "g",
      collection_name: "book",
      num_replica: 1,
    };
    expect(await codes("TransferReplica", { ...transfer, target_resource_group: "none" })).toEqual([300, 1]);
    for (const wrong of [
      { num_replica: 2 },
      { num_replica: 0 },
      { source_resource_group: "g" },
      { target_resource_group: "1" },
    ]) {
      expect(await codes("TransferReplica", { ...transfer, ...wrong })).toEqual([1100, 5]);
    }
    expect(await codes("TransferReplica", { ...transfer, collection_name: "none" })).toEqual([100, 4]);
    await ok("TransferReplica", transfer);
    expect(await codes("TransferReplica", transfer)).toEqual([1100, 5]);
    expect(await ok("GetReplicas", { collection_name: "book" })).toMatchObject({
      replicas: [{ resource_group_name: "g" }],
    });
    const described = await ok<"DescribeResourceGroupResponse">("DescribeResourceGroup", { resource_group: "g" });
    expect([...(described.resource_group?.num_loaded_replica ?? [])]).toEqual([["book", 1]]);
    expect(await codes("DropResourceGroup", { resource_group: "g" })).toEqual([1100, 5]);
    await db.collections.drop({ collectionName: "book" });
    await ok("UpdateResourceGroups", { resource_groups: new Map([["g", { limits: { node_num: 1 } }]]) });
    expect(await codes("DropResourceGroup", { resource_group: "g" })).toEqual([1100, 5]);
    await ok("UpdateResourceGroups", { resource_groups: new Map([["g", {}]]) });
    await ok("DropResourceGroup", { resource_group: "g" });
  });
});

describe("what tools ask of a collection", () => {
  it("are its segments, replicas, plans and quotas, over REST and port 9091", async () => {
    const db = await open();
    await db.collections.create({ collectionName: "book", dimension: 2 });
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 2] }] });
    const { collectionID } = await db.collections.describe({ collectionName: "book" });
    const { segmentInfos } = await db.segments.describe({ collectionID });
    const [segment] = segmentInfos;
    expect(segmentInfos).toMatchObject([{ collectionID, numRows: 1, state: 4, level: 2, insertLogs: [] }]);
    const segmentIDs = [String(segment?.segmentID)];
    expect(await db.segments.describe({ collectionID, segmentIDs })).toEqual({ segmentInfos });
    await expect(db.segments.describe({ collectionID, segmentIDs: [1] })).rejects.toMatchObject({ code: 600 });
    await expect(db.segments.describe({ collectionID: 999 })).rejects.toMatchObject({ code: 100 });
    expect(await db.request("/v2/vectordb/quotacenter/describe", {})).toEqual({
      code: 0,
      data: '{"QueryNodeMetrics":{},"DataNodeMetrics":{},"ProxyMetrics":{},"DataCoordMetrics":null}',
    });
    const legacy = (path: string, body: object) => db.request(`/api/v1${path}`, body, { method: "GET" });
    const info = { segmentID: segment?.segmentID, collectionID, num_rows: 1 };
    expect(await legacy("/persist/segment-info", { collectionName: "book" })).toMatchObject({ infos: [info] });
    expect(await legacy("/query-segment-info", { collectionName: "book" })).toMatchObject({
      infos: [{ ...info, index_name: "vector", nodeIds: [1] }],
    });
    for (const named of [{ collectionID }, { collection_name: "book" }]) {
      expect(await legacy("/replicas", named)).toMatchObject({
        status: {},
        replicas: [{ collectionID, resource_group_name: "__default_resource_group" }],
      });
    }
    expect(await legacy("/compaction/plans", { compactionID: 1 })).toEqual({ status: {}, state: 2, mergeInfos: [] });
    expect(await legacy("/import/tasks", {})).toEqual({ status: {}, tasks: [] });
    const { response } = await legacy("/metrics", { request: '{"metric_type":"system_info"}' });
    expect(JSON.parse(String(response))).toMatchObject({ nodes_info: { length: 6 } });
    expect(await legacy("/metrics", { request: "{}" })).toMatchObject({ status: { code: 1200 } });
  });
});
