import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { shortestFloat } from "../../src/values/float32.js";
import { collectionName, createExample, rows } from "./example.js";

let db: Elanus;

beforeEach(async () => {
  db = await Elanus.open(":memory:");
  await createExample(db, [
    { fieldName: "half", dataType: "Float" },
    { fieldName: "flag", dataType: "Bool" },
    { fieldName: "j", dataType: "JSON" },
  ]);
  await db.partitions.create({ collectionName, partitionName: "p" });
  const data = rows.map((row) => ({ ...row, half: row.id / 2, flag: true, j: {} }));
  await db.entities.insert({ collectionName, data: data.slice(0, 3) });
  await db.entities.insert({ collectionName, partitionName: "p", data: data.slice(3) });
});
afterEach(() => db.close());

interface Op {
  readonly op: string;
  readonly [key: string]: unknown;
}

const column = (name: string) => ({ column: name });
const map = (output: string, name: string, columns: readonly string[], params: object = {}): Op => ({
  op: "map",
  outputs: [output],
  expr: { name, args: columns.map(column), params },
});
const sort = (...inputs: string[]): Op => ({ op: "sort", inputs });
const descending = (...inputs: string[]): Op => ({ op: "sort", inputs, params: { desc: true } });
const limit = (count: number, offset = 0): Op => ({ op: "limit", params: { limit: count, offset } });
const chain = (stage: string, ...ops: Op[]) => ({ stage: `FunctionChainStage${stage}Rerank`, ops });
const decay = (shape: string) => map("f", "decay", ["price"], { function: shape, origin: 0, scale: 2 });

function search(functionChains: readonly object[], more: object = {}) {
  return db.entities.search({ collectionName, data: [[0, 0]], limit: 6, functionChains, ...more } as never);
}
async function found(ops: readonly Op[], more: object = {}, stage = "L2"): Promise<string> {
  const hits = await search([chain(stage, ...ops)], more);
  return hits.map(({ id, distance }) => `${id}:${Number(distance.toFixed(6))}`).join(" ");
}

describe("a function chain", () => {
  it("is the worked example of the contract", async () => {
    const ops = [
      map("f", "decay", ["price"], { function: "linear", origin: 0, scale: 2, offset: 0, decay: 0.5 }),
      map("$score", "num_combine", ["$score", "f"], { mode: "sum" }),
      descending("$score"),
      limit(3),
    ];
    expect(await found(ops, { filter: "price >= 0" })).toBe("5:26 4:16.5 2:4.5");
    expect(await found(ops.slice(0, 2), { filter: "price >= 0" })).toBe("0:1 1:1.5 2:4.5 4:16.5 5:26");
  });

  it.each([
    ["gauss", "0:1 1:0.5 2:0.0625 3:0 4:0.210224 5:1"],
    ["exp", "0:1 1:0.5 2:0.25 3:0 4:0.353553 5:1"],
    ["linear", "0:1 1:0.5 2:0.5 3:0 4:0.5 5:1"],
  ])("fades by %s, a null has no score, which shows as 0", async (shape, expected) => {
    expect(await found([{ ...decay(shape), outputs: ["$score"] }])).toBe(expected);
  });

  it.each<[string, object, string]>([
    ["multiply", {}, "0:0 1:2 2:16 4:48 5:0"],
    ["sum", { mode: "sum" }, "0:0 1:3 2:8 4:19 5:25"],
    ["max", { mode: "max" }, "0:0 1:2 2:4 4:16 5:25"],
    ["min", { mode: "min" }, "0:0 1:1 2:4 4:3 5:0"],
    ["avg", { mode: "avg" }, "0:0 1:1.5 2:4 4:9.5 5:12.5"],
    ["weighted", { mode: "weighted", weights: [0.5, -1] }, "0:0 1:-1.5 2:-2 4:5 5:12.5"],
  ])("combines by %s", async (_, params, expected) => {
    const ops = [map("$score", "num_combine", ["$score", "price"], params)];
    expect(await found(ops, { filter: "price >= 0" })).toBe(expected);
  });

  it("rounds half up", async () => {
    expect(await found([map("$score", "round_decimal", ["half"], { decimal: 0 })])).toBe("0:0 1:1 2:1 3:2 4:2 5:3");
  });

  it("sorts nulls to the end in either direction, ties by the key or the column that is named", async () => {
    expect(await found([sort("price")])).toBe("0:0 5:25 1:1 4:16 2:4 3:9");
    expect(await found([descending("price")])).toBe("2:4 4:16 1:1 0:0 5:25 3:9");
    expect(await found([descending("cat")])).toBe("0:0 2:4 4:16 1:1 3:9 5:25");
    expect(await found([descending("cat", "price")])).toBe("0:0 4:16 2:4 5:25 1:1 3:9");
    expect(await found([descending("$id"), limit(2, 1)])).toBe("4:16 3:9");
  });

  it("takes the page that the search would show as its candidates, of each query its own", async () => {
    expect(await found([descending("$score")], { limit: 2, offset: 1 })).toBe("2:4 1:1");
    const data = [
      [0, 0],
      [5, 0],
    ];
    expect(await found([descending("$score"), limit(1)], { data, limit: 3 })).toBe("2:4 3:4");
  });

  it("keeps hits with their groups", async () => {
    const grouped = { groupingField: "cat", groupSize: 2, limit: 2 };
    expect(await found([descending("$score"), limit(3)], grouped)).toBe("3:9 2:4 1:1");
  });

  it("before the merge decides who is among the hits", async () => {
    // The farthest row of the second partition gets the best score.
    const nearer = map("$score", "num_combine", ["$score", "price"], { mode: "multiply" });
    expect(await found([nearer], { limit: 3 })).toBe("0:0 1:2 2:16");
    expect(await found([nearer], { limit: 3 }, "L0")).toBe("0:0 5:0 1:2");
    expect(await found([nearer], {}, "L0")).toBe("0:0 5:0 1:2 2:16 4:48 3:0");
    expect(await found([limit(1)], {}, "L0")).toBe("0:0 3:9");
    const both = await search([chain("L0", nearer), chain("L2", descending("$score"), limit(2))]);
    expect(both.map(({ id }) => id)).toEqual([4, 2]);
    // A score that was lost before the merge stays lost.
    const lost = await search([chain("L0", nearer), chain("L2", descending("$score"), limit(1, 5))]);
    expect(lost.map(({ id }) => id)).toEqual([3]);
  });

  it("reads what was written under the name of a field, and nothing of it is shown", async () => {
    const ops = [map("price", "num_combine", ["$score", "half"], { mode: "sum" }), descending("price"), limit(1)];
    const hits = await search([chain("L2", ...ops)], { outputFields: ["price"] });
    expect([...hits]).toEqual([{ id: 5, distance: 25, price: 0 }]);
  });

  it("works in a worker and over the key of a text", async () => {
    const other = await Elanus.open(":memory:", { worker: true });
    await other.collections.create({
      collectionName,
      schema: {
        fields: [
          { fieldName: "id", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 9 } },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
      },
      indexParams: [{ fieldName: "v", indexName: "v", metricType: "IP" }],
    });
    await other.entities.insert({
      collectionName,
      data: ["a", "b"].map((id, i) => ({ id, v: [i, 1] })),
    });
    const hits = await other.entities.search({
      collectionName,
      data: [[1, 0]],
      functionChains: [chain("L2", descending("$id"))],
    } as never);
    expect(hits.map(({ id }) => id)).toEqual(["b", "a"]);
    await other.close();
  });

  it.each<[string, readonly object[], string]>([
    [
      "a stage twice",
      [chain("L2", limit(1)), chain("L2", limit(1))],
      "1100 function chain stage FunctionChainStageL2Rerank appears more than once",
    ],
    ["L1", [chain("L1", limit(1))], "1100 function chain[0] stage FunctionChainStageL1Rerank is not supported yet"],
    [
      "another stage",
      [{ stage: "FunctionChainStagePreProcess", ops: [limit(1)] }],
      "1100 function chain[0] stage FunctionChainStagePreProcess is not supported in search request",
    ],
    ["an unknown stage", [{ stage: "L2", ops: [limit(1)] }], "1100 unsupported function chain stage: L2"],
    ["no ops", [chain("L2")], "1100 function chain[0] must contain at least one op"],
    [
      "a thousand ops and one",
      [chain("L2", ...Array<Op>(1001).fill(limit(1)))],
      "1100 function chain[0] has 1001 operations and arguments, more than 1000",
    ],
    ["an unknown op", [chain("L2", { op: "shuffle" })], "1100 function chain[0]: unknown operator type: shuffle"],
    [
      "an op that no client builds",
      [chain("L2", { op: "filter" })],
      "3000 unsupported operation: function chain operator filter is not supported by the embedded engine",
    ],
    ["an unknown function", [chain("L2", map("f", "sqrt", ["$score"]))], "1100 unknown function: sqrt"],
    [
      "a model",
      [chain("L2", map("f", "rerank_model", ["cat"]))],
      "3000 unsupported operation: rerank_model is not supported by the embedded engine",
    ],
    [
      "trees",
      [chain("L2", map("f", "xgboost", ["cat"]))],
      "3000 unsupported operation: xgboost is not supported by the embedded engine",
    ],
    [
      "an unknown input",
      [chain("L2", sort("nobody"))],
      '1100 function chain input "nobody" is neither a previous output nor a collection field',
    ],
    [
      "an input of a type that is not read",
      [chain("L2", sort("j"))],
      '1100 function chain input "j" has unsupported field type JSON',
    ],
    [
      "another system input",
      [chain("L2", limit(1), sort("$group"))],
      '1100 op[1] input "$group": system input "$group" is not supported by L2 rerank function chain',
    ],
    [
      "a system output",
      [chain("L2", map("$id", "num_combine", ["$score", "half"]))],
      '1100 op[0] output "$id": system output "$id" is not writable by L2 rerank function chain',
    ],
    [
      "a literal",
      [chain("L2", { op: "map", outputs: ["f"], expr: { name: "decay", args: [{ literal: 1 }] } })],
      "1100 decay: literal expr arg[0] is not supported",
    ],
    [
      "an argument of two kinds",
      [chain("L2", { op: "map", outputs: ["f"], expr: { name: "decay", args: [{ column: "price", literal: 1 }] } })],
      "1100 functionChains[0]: ops[0]: expr: args[0]: exactly one of column or literal is required",
    ],
    [
      "an argument of none",
      [chain("L2", { op: "map", outputs: ["f"], expr: { name: "decay", args: [{}] } })],
      "1100 functionChains[0]: ops[0]: expr: args[0]: exactly one of column or literal is required",
    ],
    ["a map without a function", [chain("L2", { op: "map", outputs: ["f"] })], "1100 map operator requires function"],
    [
      "a map of two names",
      [chain("L2", { ...decay("exp"), outputs: ["f", "g"] })],
      "1100 map_op: expected 1 output column, got 2",
    ],
    [
      "a missing parameter",
      [chain("L2", map("f", "decay", ["price"], { function: "exp", origin: 0 }))],
      '1100 decay: missing required parameter "scale"',
    ],
    [
      "one that is named and not given",
      [
        chain(
          "L2",
          map("f", "decay", ["price"], { function: "gauss", origin: undefined, scale: 1, offset: undefined }),
        ),
      ],
      '1100 decay: missing required parameter "origin"',
    ],
    [
      "a parameter of another type",
      [chain("L2", map("f", "decay", ["price"], { function: "exp", origin: "0", scale: 1 }))],
      '1100 decay: parameter "origin" must be a number',
    ],
    [
      "a scale of 0",
      [chain("L2", map("f", "decay", ["price"], { function: "exp", origin: 0, scale: 0 }))],
      "1100 decay: scale must be > 0, got 0.000000",
    ],
    [
      "an unknown decay",
      [chain("L2", decay("cubic"))],
      '1100 decay: invalid function "cubic", must be one of [gauss, linear, exp]',
    ],
    [
      "a decay near 1",
      [chain("L2", map("f", "decay", ["price"], { function: "exp", origin: 0, scale: 1, decay: 0.9999 }))],
      "1100 decay: decay must be between 0.001000 and 0.999000 for numerical stability, got 0.999900",
    ],
    [
      "a text that fades",
      [chain("L2", map("f", "decay", ["cat"], { function: "exp", origin: 0, scale: 1 }))],
      "1100 decay: column 0: unsupported input column type VarChar, expected numeric type",
    ],
    [
      "an unknown mode",
      [chain("L2", map("f", "num_combine", ["$score", "half"], { mode: "mean" }))],
      '1100 num_combine: invalid mode "mean", must be one of [multiply, sum, max, min, avg, weighted]',
    ],
    [
      "too few weights",
      [chain("L2", map("f", "num_combine", ["$score", "half"], { mode: "weighted", weights: [1] }))],
      "1100 num_combine: weighted mode requires 2 weights, got 1",
    ],
    [
      "one column to combine",
      [chain("L2", map("f", "num_combine", ["$score"]))],
      "1100 num_combine: expected at least 2 input columns, got 1",
    ],
    [
      "too many decimals",
      [chain("L2", map("f", "round_decimal", ["$score"], { decimal: 7 }))],
      "1100 round_decimal: decimal must be in range [0, 6], got 7",
    ],
    [
      "an integer to round",
      [chain("L2", map("f", "round_decimal", ["price"], { decimal: 1 }))],
      "1100 round_decimal: input column must be Float32, got Int64",
    ],
    ["a flag to sort by", [chain("L2", sort("flag"))], "1100 sort_op: column flag has non-comparable type bool"],
    ["a sort by nothing", [chain("L2", sort())], "1100 sort_op: column is required"],
    ["a limit of 0", [chain("L2", limit(0))], "1100 limit_op: limit must be positive"],
    ["a negative offset", [chain("L2", limit(1, -1))], "1100 limit_op: offset must be non-negative"],
  ])("is refused: %s", async (_, chains, text) => {
    const refusal = { code: Number(text.slice(0, 4)), message: expect.stringContaining(text.slice(5)) };
    await expect(search(chains)).rejects.toMatchObject(refusal);
    const body = { collectionName, data: [[0, 0]], functionChains: chains };
    expect(await db.request("/v2/vectordb/entities/search", body)).toMatchObject(refusal);
  });

  it("is refused beside a functionScore, in an order, in a hybrid search", async () => {
    const boost = { functions: [{ type: "Rerank", params: { reranker: "boost", weight: 2 } }] };
    await expect(search([chain("L2", limit(1))], { functionScore: boost })).rejects.toThrow(
      "function_score and function_chains cannot be used together",
    );
    await expect(search([chain("L2", limit(1))], { orderByFields: ["price"] })).rejects.toThrow(
      "order_by and function rerank cannot be used together: they specify conflicting sort criteria",
    );
    const hybrid = { collectionName, search: [{ annsField: "v", data: [[0, 0]], limit: 1 }], functionChains: [{}] };
    expect(await db.request("/v2/vectordb/entities/hybrid_search", hybrid)).toEqual({
      code: 1100,
      message: "functionChains is not supported for hybrid search yet: invalid parameter",
    });
  });
});

/** The columns of a hit, as plain numbers. */
type Hit = Record<string, number | null>;

const MODES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  multiply: (values) => values.reduce((a, b) => a * b, 1),
  sum: (values) => values.reduce((a, b) => a + b, 0),
  max: (values) => Math.max(...values),
  min: (values) => Math.min(...values),
  avg: (values) => values.reduce((a, b) => a + b, 0) / values.length,
};

/** What one operation does, in plain words. */
function reference(hits: readonly Hit[], { op, inputs, outputs, expr, params }: Op): Hit[] {
  const { desc = false, limit: count = 0, offset = 0 } = (params ?? {}) as Record<string, number>;
  if (op === "limit") return hits.slice(offset, offset + count);
  if (op === "sort") {
    const [by = "", tie = "$id"] = inputs as string[];
    const compare = (a: Hit, b: Hit, name: string, down: boolean) => {
      const [x, y] = [a[name] ?? null, b[name] ?? null];
      if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
      return down ? y - x : x - y;
    };
    return hits.toSorted((a, b) => compare(a, b, by, Boolean(desc)) || compare(a, b, tie, false));
  }
  const [output = ""] = outputs as string[];
  const { args, params: own } = expr as { args: { column: string }[]; params: Record<string, never> };
  return hits.map((hit) => {
    const values = args.map((arg) => hit[arg.column] ?? null);
    const mode = own["mode"] as string | undefined;
    const x = values[0] ?? 0;
    const exact = mode === undefined ? Math.exp((Math.abs(x) * Math.log(0.5)) / 3) : MODES[mode]?.(values as number[]);
    return { ...hit, [output]: values.includes(null) ? null : Math.fround(exact as number) };
  });
}

describe("any function chain", () => {
  const anyRows = fc.array(
    fc.record({
      price: fc.option(fc.integer({ min: -9, max: 9 })),
      half: fc.integer({ min: -9, max: 9 }),
      at: fc.nat(9),
    }),
    { minLength: 1, maxLength: 12 },
  );
  const read = fc.constantFrom("$score", "price", "half", "w");
  const anyOp: fc.Arbitrary<Op> = fc.oneof(
    fc
      .tuple(
        fc.constantFrom("$score", "w", "price"),
        fc.constantFrom(...Object.keys(MODES)),
        fc.array(read, { minLength: 2, maxLength: 3 }),
      )
      .map(([output, mode, columns]) => map(output, "num_combine", columns, { mode })),
    fc
      .tuple(fc.constantFrom("$score", "w"), read)
      .map(([output, name]) => map(output, "decay", [name], { function: "exp", origin: 0, scale: 3 })),
    fc
      .tuple(fc.array(read, { minLength: 1, maxLength: 2 }), fc.boolean())
      .map(([inputs, desc]) => ({ op: "sort", inputs, params: { desc } })),
    fc.tuple(fc.integer({ min: 1, max: 9 }), fc.nat(4)).map(([count, offset]) => limit(count, offset)),
  );

  it("does what its operations say, one after the other", async () => {
    await db.collections.drop({ collectionName });
    await fc.assert(
      fc.asyncProperty(anyRows, fc.array(anyOp, { minLength: 1, maxLength: 5 }), async (given, ops) => {
        await createExample(db, [{ fieldName: "half", dataType: "Float" }]);
        const data = given.map(({ price, half, at }, id) => ({ id, v: [at, 0], price, half: half / 2 }));
        await db.entities.insert({ collectionName, data });
        // The column w is there from the beginning.
        const all = [map("w", "num_combine", ["$score", "half"], { mode: "sum" }), ...ops];
        const hits = await search([chain("L2", ...all)], { limit: 20 });
        const start = data
          .map(({ id, price, half, v: [at = 0] }): Hit => ({ $id: id, $score: at * at, price, half }))
          .sort(
            (a, b) => (a["$score"] as number) - (b["$score"] as number) || (a["$id"] as number) - (b["$id"] as number),
          );
        const expected = all.reduce<Hit[]>(reference, start);
        expect(hits.map(({ id, distance }) => [id, distance])).toEqual(
          expected.map((hit) => [hit["$id"], shortestFloat(hit["$score"] ?? 0)]),
        );
        await db.collections.drop({ collectionName });
      }),
      { numRuns: 100 },
    );
  });
});
