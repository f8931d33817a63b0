import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import type { EnginePort } from "../../src/api/engine-port.js";
import { createApi } from "../../src/api/index.js";
import { type Engine, openEngine } from "../../src/engine/index.js";
import { temporaryPath } from "../support/temporary.js";

const engines: Engine[] = [];
afterEach(async () => {
  for (const engine of engines.splice(0)) await engine.close();
});

function opened(path: string, readonly = false): Engine {
  const engine = openEngine(path, { readonly });
  engines.push(engine);
  return engine;
}

const named = { collectionName: "c" };
const legacyNamed = { collection_name: "c" };

/** Collections of one name that differ in all that a surface looks at before it calls an operation. */
const SHAPES = ["numbers", "texts", "none"] as const;
type Shape = (typeof SHAPES)[number];

async function become(engine: Engine, shape: Shape): Promise<void> {
  await engine.execute("collections/drop", named);
  if (shape === "none") return;
  const text = shape === "texts";
  await engine.execute("collections/create", {
    ...named,
    schema: {
      enableDynamicField: text,
      fields: [
        {
          fieldName: text ? "name" : "id",
          dataType: text ? "VarChar" : "Int64",
          isPrimary: true,
          ...(text && { elementTypeParams: { max_length: 20 } }),
        },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: text ? 3 : 2 } },
      ],
    },
    indexParams: [{ fieldName: "vector", metricType: "L2", indexType: "FLAT" }],
  });
  const data = text ? [{ name: "1", vector: [1, 2, 3] }] : [{ id: 1, vector: [1, 2] }];
  await engine.execute("entities/insert", { ...named, data });
}

/** An engine in which something happens between the calls of a request: behind each that only describes. */
function disturbed(engine: Engine, happens: (() => Promise<void>)[]): EnginePort {
  return {
    requireOpen: () => engine.requireOpen(),
    permit: engine.permit,
    async execute(path, request, options) {
      const describes = path === "collections/describe" || path === "indexes/list";
      const reply = await engine.execute(path, request, options);
      if (describes) await happens.shift()?.();
      return reply;
    },
  };
}

type Ask = readonly [method: string, path: string, body: object];

const READS: readonly Ask[] = [
  ["POST", "/v1/vector/search", { ...named, vector: [1, 2], outputFields: ["id"] }],
  ["POST", "/v1/vector/search", { ...named, vector: [1, 2, 3], outputFields: ["name", "more"] }],
  ["POST", "/v1/vector/query", { ...named, filter: 'name == "1"', outputFields: ["name"] }],
  ["POST", "/v1/vector/get", { ...named, id: [1] }],
  ["POST", "/v1/vector/get", { ...named, id: ["1"], outputFields: ["name"] }],
  ["GET", "/v1/vector/collections/describe?collectionName=c", {}],
  ["POST", "/api/v1/query", { ...legacyNamed, expr: "id >= 0" }],
  ["POST", "/api/v1/query", { ...legacyNamed, expr: 'name >= "0"' }],
  [
    "POST",
    "/api/v1/search",
    { ...legacyNamed, vectors: [[1, 2]], search_params: [{ key: "topk", value: "1" }], output_fields: ["id"] },
  ],
];

const WRITES: readonly Ask[] = [
  ["POST", "/v1/vector/insert", { ...named, data: { id: 2, vector: [1, 2] } }],
  ["POST", "/v1/vector/upsert", { ...named, data: { name: "2", vector: [1, 2, 3], more: 1 } }],
  ["POST", "/v1/vector/delete", { ...named, id: "1" }],
  ["POST", "/v1/vector/delete", { ...named, filter: "id in [1]" }],
  ["DELETE", "/api/v1/entities", { ...legacyNamed, expr: "id in [1]" }],
  ["DELETE", "/api/v1/entities", { ...legacyNamed, expr: 'name in ["1"]' }],
  ["DELETE", "/api/v1/index", { ...legacyNamed, field_name: "vector" }],
  ["POST", "/v1/vector/collections/drop", named],
];

/** Without what differs between two collections that are made in the same way. */
function comparable(envelope: object): string {
  return JSON.stringify(envelope, (key, value) =>
    key === "timestamp" ? 0 : typeof value === "bigint" ? String(value) : value,
  )
    .replace(/"id":4\d{5,}/g, '"id":0')
    .replace(/collection(=|: )\d+/g, "collection$10");
}

async function answerTo(engine: EnginePort, [method, path, body]: Ask, v1ErrorDialect: "cloud" | "server") {
  return comparable(await createApi(engine, { v1ErrorDialect }).request(path, body, { method }));
}

describe("a request that takes several calls of the engine", () => {
  it("is answered as it would be in one of the states that its collection went through", async () => {
    const shape = fc.constantFrom(...SHAPES);
    const states = fc.tuple(shape, fc.array(shape, { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...READS, ...WRITES),
        states,
        fc.constantFrom("cloud" as const, "server" as const),
        async (ask, [first, later], dialect) => {
          const engine = opened(":memory:");
          const possible = new Set<string>();
          for (const state of SHAPES) {
            await become(engine, state);
            possible.add(await answerTo(engine, ask, dialect));
          }
          await become(engine, first);
          const happens = later.map((state) => () => become(engine, state));
          expect(possible).toContain(await answerTo(disturbed(engine, happens), ask, dialect));
          await engine.close();
        },
      ),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 150) },
    );
  });

  it("sees one state on a reader too, while a writer goes on beside it", async () => {
    const path = temporaryPath();
    const writer = opened(path);
    await become(writer, "numbers");
    const reader = opened(path, true);
    for (const ask of READS) {
      const possible = new Set<string>();
      for (const state of ["texts", "numbers"] as const) {
        await become(writer, state);
        possible.add(await answerTo(reader, ask, "cloud"));
      }
      const happens = (["texts", "numbers", "texts"] as const).map((state) => () => become(writer, state));
      expect(possible).toContain(await answerTo(disturbed(reader, happens), ask, "cloud"));
    }
  });

  it("is refused in the end where its collection never stands still", async () => {
    const engine = opened(":memory:");
    await become(engine, "numbers");
    const restless = Array.from({ length: 1000 }, () => () => become(engine, "numbers"));
    const envelope = await createApi(disturbed(engine, restless)).request("/v1/vector/search", {
      ...named,
      vector: [1, 2],
    });
    expect(envelope).toEqual({ code: 109, message: "collection schema mismatch[collection=c]" });
  });
});
