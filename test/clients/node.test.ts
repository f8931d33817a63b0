import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type Walk, walk } from "./harness/walk.js";

const program = fileURLToPath(new URL("./node/walk.mjs", import.meta.url));
const SUCCESS = { error_code: "Success", code: 0 };

/** A reply that carries its status, or is one. */
const ok = (value: object = {}) => expect.objectContaining({ status: expect.objectContaining(SUCCESS), ...value });
const done = expect.objectContaining(SUCCESS);

describe.each([
  ["2.6", "@zilliz/milvus2-sdk-node"],
  ["3.0", "milvus2-sdk-node-3"],
])("the official Node client %s", (version, client) => {
  const walkOf = (name: string, serve: readonly string[] = []): Promise<Walk> =>
    walk(process.execPath, [program, client, name], { serve });

  it("goes through the quick start, RPC by RPC", async () => {
    const { result, rpcs } = await walkOf("quickstart");
    const value = (step: string) => result(step).value;
    expect(rpcs("connect")).toEqual(["Connect"]);
    expect(value("create")).toEqual(done);
    expect(rpcs("create")).toEqual([
      "DescribeCollection",
      "CreateCollection",
      "CreateIndex",
      "LoadCollection",
      "GetLoadingProgress",
    ]);
    expect(rpcs("insert")).toEqual(["DescribeCollection", "Insert"]);
    expect(value("insert")).toEqual(ok({ succ_index: [0, 1, 2], insert_cnt: "3", acknowledged: false }));
    expect(rpcs("search")).toEqual(["Search"]);
    expect(value("search")).toEqual(
      ok({
        results: [
          { id: "1", score: 0, vector: [1, 0, 0, 0], $meta: { color: "c0", nested: { deep: [0] } } },
          { id: "2", score: 1, vector: [2, 0, 0, 0], $meta: { color: "c1", nested: { deep: [1] } } },
        ],
      }),
    );
    expect(value("search two")).toEqual(
      ok({ results: [[{ id: "1", score: 0, color: "c0" }], [{ id: "2", score: 0, color: "c1" }]] }),
    );
    expect(value("search nothing")).toEqual(ok({ results: [] }));
    expect(rpcs("query")).toEqual(["Query"]);
    expect(value("query")).toEqual(
      ok({
        data: [
          { id: "2", vector: [2, 0, 0, 0], color: "c1", $meta: { color: "c1" } },
          { id: "3", vector: [3, 0, 0, 0], color: "c2", $meta: { color: "c2" } },
        ].map(({ color: _, ...row }) => row),
      }),
    );
    expect(value("query nothing")).toEqual(ok({ data: [] }));
    expect(rpcs("count")).toEqual(["Query"]);
    expect(value("count")).toEqual(ok({ data: 3 }));
    expect(rpcs("get")).toEqual(["DescribeCollection", "Query"]);
    expect(rpcs("delete")).toEqual(["DescribeCollection", "Delete"]);
    expect(value("upsert")).toEqual(ok({ upsert_cnt: "1" }));
    expect(value("delete")).toEqual(ok({ delete_cnt: "1", IDs: null }));
    expect(value("delete by filter")).toEqual(ok({ delete_cnt: "1" }));
    expect(rpcs("flush")).toEqual(["Flush", "GetFlushState"]);
    expect(value("flush")).toEqual(ok({ flushed: true }));
    expect(value("statistics")).toEqual(ok({ data: { row_count: "1" } }));
    expect(value("describe")).toEqual(ok({ consistency_level: expect.any(String), shards_num: 1 }));
    expect(value("index")).toEqual(
      ok({ index_descriptions: [expect.objectContaining({ index_name: "vector", state: "Finished" })] }),
    );
    expect(value("version")).toEqual(ok({ version: expect.stringMatching(/^v3\.0\.2/) }));
    expect(value("health")).toEqual(ok({ isHealthy: true }));
    expect(value("metrics")).toEqual(ok({ response: { nodes_info: expect.any(Array) } }));
    expect(rpcs("drop")).toEqual(["DropCollection"]);
    expect(rpcs("gone")).toEqual(["DescribeCollection"]);
    expect(value("gone")).toEqual(ok({ value: false }));
  });

  it("releases a partition as the guide says", async () => {
    const { result, rpcs } = await walkOf("partitions");
    const value = (step: string) => result(step).value;
    expect(rpcs("create index")).toEqual(["CreateIndex"]);
    for (const [step, rpc] of [
      ["create partition", "CreatePartition"],
      ["release", "ReleasePartitions"],
      ["release again", "ReleasePartitions"],
      ["drop", "DropPartition"],
      ["release collection", "ReleaseCollection"],
    ] as const) {
      expect([step, rpcs(step)]).toEqual([step, [rpc]]);
      expect([step, value(step)]).toEqual([step, done]);
    }
    expect(value("has partition")).toEqual(ok({ value: true }));
    expect(rpcs("load")).toEqual(["LoadCollection", "GetLoadingProgress"]);
    expect(rpcs("load novel")).toEqual(["LoadPartitions", "GetLoadingProgress"]);
    expect(value("state of novel")).toEqual(ok({ state: "LoadStateNotLoad" }));
    expect(value("state of book")).toEqual(ok({ state: "LoadStateLoaded" }));
    const failed = (step: string) => {
      const reply = value(step) as { status?: object };
      return reply.status ?? reply;
    };
    expect(failed("search novel")).toMatchObject({ code: 201 });
    expect(value("search all")).toEqual(ok({ results: [{ id: "9", score: 0 }] }));
    expect(value("search novel again")).toEqual(ok({ results: [{ id: "0", score: 0 }] }));
    expect(failed("drop loaded")).toMatchObject({ code: 1100, error_code: "IllegalArgument" });
    expect(failed("unknown partition")).toMatchObject({ code: 200, error_code: "MetaFailed" });
    expect(failed("unknown collection")).toMatchObject({ code: 100, error_code: "CollectionNotExists" });
    expect(result("no names")).not.toMatchObject({ value: SUCCESS });
    expect(value("show partitions")).toEqual(ok({ partition_names: ["_default", "novel"] }));
    expect(value("statistics")).toEqual(ok({ data: { row_count: "3" } }));
    expect(failed("search released")).toMatchObject({ code: 101 });
  });

  it("is refused a release under the old rules", async () => {
    const { result } = await walkOf("legacy", ["--load-rules", "legacy"]);
    expect(result("release").value).toMatchObject({ error_code: "UnexpectedError", code: 1100 });
    expect(result("load").value).toMatchObject({ error_code: "IllegalArgument", code: 1100 });
  });

  it("goes through a collection page by page", async () => {
    const { result, rpcs } = await walkOf("iterators");
    const ids = Array.from({ length: 100 }, (_, i) => String(i));
    expect(rpcs("query iterator")).toEqual(["DescribeCollection", "Query"]);
    expect((result("query iterator").value as string[][]).flat()).toEqual(ids);
    const found = (result("search iterator").value as string[][]).flat();
    expect([...found].sort((a, b) => Number(a) - Number(b))).toEqual(ids);
    expect(found.map((id) => Number(id) % 10)).toEqual(found.map((_, at) => Math.floor(at / 10)));
  });

  it("writes and reads every type of the moment", async () => {
    const { result } = await walkOf("types");
    for (const step of ["create", "load"]) expect([step, result(step).value]).toEqual([step, done]);
    const shared = { v: [1, 2, 3, 4], i8: -128, f: 0.5, d: 0.1 };
    expect(result("insert").value).toEqual(ok({ IDs: expect.objectContaining({ str_id: { data: ["one", "two"] } }) }));
    expect(result("query").value).toEqual(
      ok({
        data: [
          {
            ...shared,
            id: "one",
            ok: true,
            i64: "9223372036854775807",
            s: "text",
            j: { a: [1, { b: null }] },
            a: ["x", "é"],
            n: 5,
            $meta: { extra: { deep: true } },
          },
          { ...shared, id: "two", ok: false, i64: "-1", s: null, j: null, a: [], n: 7, $meta: {} },
        ],
      }),
    );
    expect(result("dynamic").value).toEqual(
      ok({ data: [expect.objectContaining({ $meta: { extra: { deep: true } } })] }),
    );
    expect(result("template").value).toEqual(ok({ data: [{ id: "two" }] }));
    expect(result("missing field")).not.toMatchObject({ value: { status: SUCCESS } });
  });

  it("writes, reads and searches narrow and sparse vectors", async () => {
    const { result } = await walkOf("vectors");
    for (const step of ["create", "load"]) expect([step, result(step).value]).toEqual([step, done]);
    // The 2.6 line reads the bytes of an int8 vector without their sign.
    const i8 = version === "2.6" ? [1, 128, 127, 0] : [1, -128, 127, 0];
    const near = { f16: [1, 0.5, 0, 0], bf16: [1, 0.5, 0, 0], bits: [255, 1], i8, sparse: { 3: 0.5, 70000: 2 } };
    const far = { f16: [-4, 0, 0, 0], bf16: [-1, 0, 1, 0], bits: [0, 0], i8: [0, 0, 0, 0], sparse: { 9: 1 } };
    const rows = [
      { id: "1", ...near },
      { id: "2", ...far },
    ];
    expect(result("query").value).toEqual(ok({ data: rows }));
    for (const [name, ...scores] of [
      ["f16", 0, 25.25],
      ["bf16", 1, expect.closeTo(-0.6325, 4)],
      ["bits", 0, 9],
      ["i8", 0, 32514],
      ["sparse", 4.25],
    ] as const) {
      const results = scores.map((score, i) => ({ score, id: rows[i]?.id, [name]: rows[i]?.[name] }));
      expect(result(`search ${name}`).value).toEqual(ok({ results }));
    }
  });

  it("changes names, properties, fields and databases", async () => {
    const { result } = await walkOf("definitions");
    const value = (step: string) => result(step).value;
    for (const step of ["alias", "drop alias", "alter", "add field", "rename", "create database"]) {
      expect([step, value(step)]).toEqual([step, done]);
    }
    expect(value("describe alias")).toEqual(ok({ alias: "other", collection: "book" }));
    expect(value("list aliases")).toEqual(ok({ aliases: ["other"] }));
    expect(value("list databases")).toEqual(ok({ db_names: ["default", "shelf"] }));
    expect(value("empty")).toEqual(ok({ collection_names: [] }));
    expect(value("missing database")).toMatchObject({ status: { code: 800 } });
    expect(value("show collections")).toEqual(ok({ collection_names: ["novel"] }));
    expect(value("show loaded")).toEqual(ok({ collection_names: ["novel"], inMemory_percentages: ["100"] }));
    expect(value("users")).toEqual(ok({ usernames: ["root"] }));
    expect(value("roles")).toMatchObject({ results: [{ role: { name: "admin" } }, { role: { name: "public" } }] });
    expect(value("not there")).toMatchObject({ status: { code: 100, error_code: "CollectionNotExists" } });
    expect(value("create group")).toMatchObject({ code: 0 });
    expect(value("groups")).toMatchObject({ resource_groups: ["__default_resource_group", "big"] });
    expect(value("drop group")).toMatchObject({ code: 0 });
  });

  it.skipIf(version === "2.6")("sorts, groups and counts what a search finds", async () => {
    const { result } = await walkOf("ranking");
    const value = (step: string) => result(step).value;
    expect(value("ordered")).toEqual(
      ok({ results: [4, 2, 0].map((price) => expect.objectContaining({ price: String(price) })) }),
    );
    expect(value("grouped")).toMatchObject({ results: ["y", "x", "y", "x", "y", "x"].map((cat) => ({ cat })) });
    expect(value("facets")).toMatchObject({
      agg_buckets: [
        { key: [{ field_name: "cat", value: "x" }], count: "2", metrics: { p: 2 }, hits: [{ id: "1" }, { id: "3" }] },
        { key: [{ field_name: "cat", value: "y" }], count: "2", metrics: { p: 2 }, hits: [{ id: "2" }, { id: "0" }] },
      ],
    });
  });
});
