import { MilvusClient } from "@zilliz/milvus2-sdk-node";
import { describe, expect, it, type TestContext } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { type RealServer, startRealServer } from "./real-server.js";

// Long tier: `npm run test:long`. Rows go onto a real Milvus and come back.
const wanted = process.env["ELANUS_ORACLE"] === "1";

const collectionName = "book";
const PARTITIONS = ["_default", "novel"];

describe.skipIf(!wanted)(`moving to Milvus 2.3.5${wanted ? "" : ": skipped, ELANUS_ORACLE=1 runs it"}`, () => {
  it("pushes, compares, and pulls the same rows back", { timeout: 600_000 }, async (context) => {
    const real = await realServer(context);
    const db = await Elanus.open(temporaryPath());
    const back = await Elanus.open(temporaryPath());
    try {
      await fill(db);
      const address = `http://127.0.0.1:${real.port}`;
      const { comparisons } = await db.push({ to: address });
      expect(comparisons.map(({ collection, same, remarks }) => [collection, same, remarks])).toEqual([
        ["book", true, []],
      ]);
      expect((await db.diff({ with: address })).same).toBe(true);
      expect((await back.pull({ from: address })).rows).toBe(1500);
      const rows = { collectionName, filter: "id >= 0", limit: 16384 };
      expect(await back.entities.query(rows)).toEqual(await db.entities.query(rows));
    } finally {
      await db.close();
      await back.close();
      await real.stop();
    }
  });

  it.for(["json", "parquet"] as const)(
    "has it import what was exported: %s",
    { timeout: 600_000 },
    async (format, context) => {
      const real = await realServer(context);
      const address = `127.0.0.1:${real.port}`;
      const client = new MilvusClient({ address });
      const db = await Elanus.open(":memory:");
      const empty = await Elanus.open(":memory:");
      try {
        await fill(db);
        await create(empty);
        await empty.push({ to: `http://${address}` });
        for (const partitionName of PARTITIONS) {
          const to = temporaryPath(`${partitionName}.${format}`);
          await db.export({ collectionName, partitionNames: [partitionName], to });
          const { tasks } = await client.bulkInsert({
            collection_name: collectionName,
            partition_name: partitionName,
            files: [to],
          });
          const stateOf = async () => (await client.getImportState({ task: tasks[0] as number })).state;
          await expect.poll(stateOf, { timeout: 300_000, interval: 500 }).toMatch(/Persisted|Completed/);
        }
        const sameRows = async () => (await db.diff({ with: `http://${address}` })).same;
        await expect.poll(sameRows, { timeout: 300_000, interval: 500 }).toBe(true);
      } finally {
        await client.closeConnection();
        await db.close();
        await empty.close();
        await real.stop();
      }
    },
  );
});

async function realServer(context: TestContext): Promise<RealServer> {
  try {
    return await startRealServer();
  } catch (error) {
    return context.skip((error as Error).message);
  }
}

/** Types, dynamic keys and partitions that the old server has. */
async function create(db: Elanus): Promise<void> {
  await db.collections.create({
    collectionName,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "title", dataType: "VarChar", elementTypeParams: { max_length: 64 } },
        { fieldName: "price", dataType: "Double" },
        { fieldName: "meta", dataType: "JSON" },
        {
          fieldName: "tags",
          dataType: "Array",
          elementDataType: "VarChar",
          elementTypeParams: { max_length: 16, max_capacity: 4 },
        },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 8 } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexType: "HNSW", metricType: "L2", params: { M: 8, efConstruction: 64 } }],
  });
  await db.partitions.create({ collectionName, partitionName: "novel" });
}

async function fill(db: Elanus): Promise<void> {
  await create(db);
  for (const partitionName of PARTITIONS) {
    const from = partitionName === "novel" ? 750 : 0;
    const data = Array.from({ length: 750 }, (_, i) => {
      const id = from + i;
      return {
        id,
        title: `t'${id}"é`,
        price: id / 7,
        meta: { n: id, list: [1, "x", null] },
        tags: ["a", `b${id % 5}`],
        vector: Array.from({ length: 8 }, (_, at) => (id * (at + 3)) % 17),
        color: `c${id % 5}`,
      };
    });
    await db.entities.insert({ collectionName, partitionName, data });
  }
}
