import { beforeAll, describe, expect, it } from "vitest";
import { compiled } from "../support/compiled.js";

/** What the compiler says of slips of the pen. A type that lets one of them through, or says nothing helpful, fails here. */

const OPENED = `import { Elanus } from "elanus";
const db = await Elanus.open(":memory:");
const collectionName = "c";
`;

const MISTAKES: readonly (readonly [code: string, message: string])[] = [
  [
    `db.collections.create({ collectionName, dimension: 4, metricType: "COZINE" });`,
    `Type '"COZINE"' is not assignable to type 'MetricName'. Did you mean '"COSINE"'?`,
  ],
  [
    `db.collections.create({ collectionName, schema: { fields: [{ fieldName: "id", dataType: "Int46" }] } });`,
    `Type '"Int46"' is not assignable to type '"ArrayOfStruct" | DataType'. Did you mean '"Int16"'?`,
  ],
  [
    `db.collections.fields.add({ collectionName, schema: { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dimm: 4 } } });`,
    `'dimm' does not exist in type 'FieldParams'. Did you mean to write 'dim'?`,
  ],
  [
    `db.collections.create({ collectionName, dimension: 4, consistencyLevel: "Stronk" });`,
    `Type '"Stronk"' is not assignable to type 'ConsistencyLevel'. Did you mean '"Strong"'?`,
  ],
  [
    `db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", indexType: "HNWS", metricType: "L2" }] });`,
    `Type '"HNWS"' is not assignable to type 'IndexType'.`,
  ],
  [
    `db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", params: { efConstuction: 4 } }] });`,
    `'efConstuction' does not exist in type 'IndexParams'. Did you mean to write 'efConstruction'?`,
  ],
  [
    `db.entities.query({ collectionName, consistencyLevel: "Stronk" });`,
    `Type '"Stronk"' is not assignable to type 'ConsistencyLevel'. Did you mean '"Strong"'?`,
  ],
  [
    `db.entities.search({ collectionName, data: [[1, 2]], searchParams: { eff: 8 } });`,
    `'eff' does not exist in type 'SearchParams'.`,
  ],
  [
    `db.entities.search({ collectionName, limit: 10 });`,
    `Property 'data' is missing in type '{ collectionName: string; limit: number; }' but required in type`,
  ],
  [`db.entities.search({ collectionName, data: [1, 2] });`, `Type 'number' is not assignable to type 'QueryVector'.`],
  [
    `db.entities.insert({ collectionName, data: 5 });`,
    `Type 'number' is not assignable to type 'object | readonly object[] | undefined'.`,
  ],
  [`db.entities.upsert({ collectionName });`, `Property 'data' is missing`],
];

/** What the compiler does not know, and so leaves to the engine. */
const DYNAMIC = `${OPENED}
const dataType: string = "Int64";
const fields = [{ fieldName: "id", dataType: "Int64", isPrimary: true }, { fieldName: "v", dataType: "FloatVector" }];
await db.collections.create({ collectionName, schema: { fields } });
await db.collections.create({ collectionName, schema: { fields: [{ fieldName: "id", dataType }] } });
const made = { collectionName, dimension: 4, metricType: "L2", params: { consistencyLevel: "Strong" } };
await db.collections.create(made);
const params: Record<string, unknown> = { ef: 4 };
await db.entities.search({ collectionName, data: [[1, 2]], searchParams: params });
await db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", metricType: dataType, params }] });
await db.indexes.create({ collectionName, indexParams: [{ fieldName: "v", metricType: "cosine", params }] });
const unknown: any = JSON.parse("{}");
await db.collections.create(unknown);
await db.entities.search({ collectionName, data: unknown });
await db.entities.insert({ collectionName, data: unknown });
await db.entities.search({ collectionName, data: [new Float32Array(4), { 1: 0.5 }, "a text"] });
await db.entities.search({ collectionName, ids: [1, 2n, "c"] });
`;

describe("the compiler", () => {
  let told: readonly string[] = [];
  beforeAll(async () => {
    const programs = Object.fromEntries(MISTAKES.map(([code], i) => [`m${i}.mts`, `${OPENED}await ${code}`]));
    told = (await compiled({ ...programs, "dynamic.mts": DYNAMIC })).split(/\n(?=\S)/);
  }, 120_000);

  it.each(MISTAKES.map(([code, message], i) => [code, message, i] as const))("refuses %s", (_, message, i) => {
    const own = told.filter((line) => line.includes(`m${i}.mts`));
    expect(own.join("\n")).toContain(message);
  });

  it("lets pass what it cannot know", () => {
    expect(told.filter((line) => line.includes("dynamic.mts"))).toEqual([]);
  });
});
