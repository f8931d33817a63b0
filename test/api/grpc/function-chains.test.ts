import { describe, expect, it } from "vitest";
import { createRequest, idField, pairs, type Served, serve, vectorField } from "./served.js";

const L2_RERANK = 5;
const number = (value: number) => ({ int64_value: value });
const column = (name: string) => ({ column: { name } });

async function filled(): Promise<Served> {
  const served = await serve();
  const price = { name: "price", data_type: 5, nullable: true };
  const vector = { ...vectorField, type_params: pairs({ dim: "2" }) };
  await served.ok("CreateCollection", createRequest("a", [idField, vector, price]));
  const index = { index_type: "FLAT", metric_type: "L2" };
  await served.ok("CreateIndex", { collection_name: "a", field_name: "vec", extra_params: pairs(index) });
  await served.ok("LoadCollection", { collection_name: "a" });
  const data = [0, 2, 4, null, 3, 0].map((price, id) => ({ id, vec: [id, 0], price }));
  await served.db.entities.insert({ collectionName: "a", data });
  return served;
}

const FRESH = {
  name: "fresh",
  stage: L2_RERANK,
  ops: [
    {
      op: "map",
      outputs: ["f"],
      expr: {
        name: "decay",
        args: [column("price")],
        params: new Map<string, object>([
          ["function", { string_value: "linear" }],
          ["origin", number(0)],
          ["scale", { double_value: 2 }],
        ]),
      },
    },
    {
      op: "map",
      outputs: ["$score"],
      expr: {
        name: "num_combine",
        args: [column("$score"), column("f")],
        params: new Map<string, object>([
          ["mode", { string_value: "weighted" }],
          ["weights", { array_value: { values: [number(1), { double_value: 1 }] } }],
        ]),
      },
    },
    { op: "sort", inputs: ["$score"], params: new Map([["desc", { bool_value: true }]]) },
    { op: "limit", params: new Map([["limit", number(3)]]) },
  ],
};

function searchOf(function_chains: readonly object[], more: Record<string, string> = {}): object {
  return {
    collection_name: "a",
    dsl: "price >= 0",
    nq: 1,
    ids: { int_id: { data: [0] } },
    search_params: pairs({ anns_field: "vec", topk: "6", params: "{}", ...more }),
    function_chains,
  };
}

describe("function chains over gRPC", () => {
  it("are run, with parameters of every kind", async () => {
    const { ok } = await filled();
    const { results } = await ok<"SearchResults">("Search", searchOf([FRESH]));
    expect(results?.ids?.int_id?.data).toEqual([5, 4, 2]);
    expect([...(results?.scores ?? [])]).toEqual([26, 16.5, 4.5]);
  });

  it("are refused where they cannot be", async () => {
    const { fails } = await filled();
    expect(await fails("Search", searchOf([{ ...FRESH, stage: 9 }]))).toEqual([
      1100,
      5,
      "unsupported function chain stage: 9: invalid parameter",
    ]);
    const unset = { op: "limit", params: new Map([["limit", {}]]) };
    expect(await fails("Search", searchOf([{ ...FRESH, ops: [unset] }]))).toEqual([
      1100,
      5,
      'limit_op: parameter "limit" is unset: invalid parameter',
    ]);
    const iterator = { iterator: "true", search_iter_v2: "true", search_iter_batch_size: "2" };
    expect(await fails("Search", searchOf([FRESH], iterator))).toEqual([
      1100,
      5,
      "function rerank is not supported with search iterator v2: invalid parameter",
    ]);
    const hybrid = { collection_name: "a", rank_params: pairs({ limit: "1" }) };
    for (const request of [
      { ...hybrid, requests: [searchOf([])], function_chains: [FRESH] },
      { ...hybrid, requests: [searchOf([FRESH])] },
    ]) {
      expect(await fails("HybridSearch", request)).toEqual([
        1100,
        5,
        "function_chains is not supported for hybrid search yet: invalid parameter",
      ]);
    }
  });
});
