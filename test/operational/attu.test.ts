import { describe, expect, it } from "vitest";
import type { MessageName } from "../../src/api/grpc/messages/table.js";
import { createRequest, indexed, type Served, serve } from "../api/grpc/served.js";

const users = { root: "Milvus", chief: "secret1" };
const basic = (credential: string) => ({ authorization: Buffer.from(credential).toString("base64") });

describe.each([
  ["where nobody is asked who he is", {}, {}],
  ["for root", { auth: { users } }, basic("root:Milvus")],
  ["for an administrator", { auth: { users } }, basic("chief:secret1")],
])("Attu's first pages, %s", (_, options, headers) => {
  it("get an answer to each of their calls, in order", async () => {
    const served = await serve(options);
    const { db } = served;
    const ok = (<Rep extends MessageName>(rpc: string, request: object = {}) =>
      served.ok<Rep>(rpc, request, headers)) as Served["ok"];
    const call = (<Rep extends MessageName>(rpc: string, request: object) =>
      served.call<Rep>(rpc, request, headers)) as Served["call"];
    await indexed({ ...served, ok }, "book");
    await db.entities.insert({ collectionName: "book", data: [{ id: 1, vec: [1, 2, 3, 4], title: "a" }] });
    await db.collections.create({ collectionName: "loaded", dimension: 2 });
    await ok("CreateCollection", {
      db_name: "",
      collection_name: "bare",
      schema: createRequest("bare", [
        { name: "id", data_type: 5, is_primary_key: true },
        { name: "v", data_type: 101, type_params: [{ key: "dim", value: "2" }] },
      ]).schema,
    });

    expect(await ok("Connect", { client_info: { sdk_type: "nodejs" } })).toMatchObject({
      identifier: expect.anything(),
      server_info: { build_tags: expect.stringMatching(/^v2\.6\./), deploy_mode: "STANDALONE" },
    });
    expect(await ok("CheckHealth")).toMatchObject({ isHealthy: true, reasons: [], quota_states: [] });
    expect(await ok("ListDatabases")).toMatchObject({ db_names: ["default"], db_ids: [1] });
    const all = await ok<"ShowCollectionsResponse">("ShowCollections", { type: 0 });
    expect(all.collection_names).toEqual(["book", "loaded", "bare"]);
    expect(await ok("ShowCollections", { type: 1 })).toMatchObject({
      collection_names: ["loaded"],
      inMemory_percentages: [100],
    });
    for (const [i, name] of all.collection_names.entries()) {
      const asked = { collection_name: name };
      expect(await ok("DescribeCollection", asked)).toMatchObject({ collectionID: all.collection_ids[i] });
      expect(await ok("GetCollectionStatistics", asked)).toMatchObject({
        stats: [{ key: "row_count", value: name === "book" ? "1" : "0" }],
      });
      const indexes = await call<"DescribeIndexResponse">("DescribeIndex", asked);
      if (name === "bare") expect(indexes.status).toMatchObject({ code: 700, error_code: 25 });
      else expect(indexes).toMatchObject({ status: { code: 0 }, index_descriptions: { length: 1 } });
      expect(await ok("GetReplicas", { collectionID: all.collection_ids[i] as number })).toMatchObject({
        replicas: { length: name === "loaded" ? 1 : 0 },
      });
    }

    const metrics = await ok<"GetMetricsResponse">("GetMetrics", { request: '{"metric_type":"system_info"}' });
    const { nodes_info: nodes } = JSON.parse(metrics.response) as { nodes_info: Record<string, unknown>[] };
    expect(nodes).toHaveLength(6);
    for (const node of nodes) {
      expect(node).toMatchObject({
        identifier: expect.any(Number),
        connected: expect.any(Array),
        infos: {
          has_error: false,
          name: expect.any(String),
          type: expect.any(String),
          id: node["identifier"],
          hardware_infos: {
            ip: expect.any(String),
            cpu_core_count: expect.any(Number),
            cpu_core_usage: expect.any(Number),
            memory: expect.any(Number),
            memory_usage: expect.any(Number),
            disk: expect.any(Number),
            disk_usage: expect.any(Number),
          },
          system_info: { deploy_mode: "STANDALONE", build_version: expect.stringMatching(/^v2\.6\./) },
          created_time: expect.any(String),
          updated_time: expect.any(String),
          quota_metrics: null,
        },
      });
      for (const other of node["connected"] as { connected_identifier: number; target_type: string }[]) {
        const target = nodes.find(({ identifier }) => identifier === other.connected_identifier);
        expect(target).toMatchObject({ infos: { type: other.target_type } });
      }
    }
    expect(await ok("GetVersion")).toMatchObject({ version: expect.stringMatching(/^v2\.6\./) });

    expect(await ok("ListCredUsers")).toMatchObject({ usernames: expect.arrayContaining(["root"]) });
    expect(await ok("SelectRole", { include_user_info: true })).toMatchObject({
      results: [{ role: { name: "admin" } }, { role: { name: "public" } }],
    });
    for (const [name, grants] of [
      ["admin", 0],
      ["public", 3],
    ] as const) {
      expect(await ok("SelectGrant", { entity: { role: { name } } })).toMatchObject({ entities: { length: grants } });
    }
    expect(await ok("ListPrivilegeGroups")).toMatchObject({ privilege_groups: { length: 9 } });

    // What its other pages ask: section 4.11.
    expect(await ok("GetComponentStates")).toMatchObject({
      state: { nodeID: 1, role: "proxy", state_code: 1 },
      subcomponent_states: { length: 6 },
    });
    const book = { collectionName: "book" };
    expect(await ok("GetPersistentSegmentInfo", book)).toMatchObject({ infos: [{ num_rows: 1, state: 4, level: 2 }] });
    expect(await ok("GetQuerySegmentInfo", book)).toMatchObject({ infos: [] });
    expect(await ok("ListResourceGroups")).toMatchObject({ resource_groups: ["__default_resource_group"] });
    const group = await ok<"DescribeResourceGroupResponse">("DescribeResourceGroup", {
      resource_group: "__default_resource_group",
    });
    const queryNodes = nodes.filter((node) => (node["infos"] as { type: string }).type === "querynode");
    expect(group.resource_group).toMatchObject({ capacity: 1, num_available_node: queryNodes.length });
    expect([...(group.resource_group?.num_loaded_replica ?? [])]).toEqual([["loaded", 1]]);
  });
});
