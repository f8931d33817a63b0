import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { python, pythonWith, whySkipped } from "./harness/languages.js";

const file = (name: string) => fileURLToPath(new URL(`./python/${name}`, import.meta.url));
const reason = whySkipped(python, "Python 3.10 or newer");
const C = { collectionName: "book" };
const ROWS = 1500;

/** Up to 2.5 the core of Milvus in a process of its own, behind a socket; from 3 on an engine in Python, behind a port. */
describe.skipIf(reason !== "").each(["2.5.1", "3.2.2"])(`moving to Milvus Lite %s${reason}`, (version) => {
  const isOld = version.startsWith("2");
  let program = "";
  beforeAll(() => {
    program = pythonWith(file(`requirements-lite-${version}.txt`));
  }, 600_000);

  async function withServer(use: (address: string) => Promise<void>): Promise<void> {
    const server = spawn(program, [file("milvus_lite_server.py"), temporaryPath("lite.db")], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const ended = once(server, "exit");
    try {
      const [address] = await Promise.race([once(server.stdout, "data"), ended.then(() => [""])]);
      await use(String(address).trim());
    } finally {
      server.stdin.end();
      await ended;
    }
  }

  it("pushes, compares, and pulls the same rows back", async () => {
    const db = await Elanus.open(temporaryPath());
    const back = await Elanus.open(temporaryPath());
    try {
      // The old one has one partition, and cannot delete a key with an apostrophe, or replace its row.
      await (isOld ? fill(db, ["_default"], "i") : fill(db, ["_default", "novel"], "i'"));
      await withServer(async (address) => {
        const { plan, rows, comparisons } = await db.push({ to: address });
        expect([plan.server, rows]).toEqual([expect.stringMatching(/^Milvus Lite/), ROWS]);
        expect(comparisons.map(({ same, remarks }) => [same, remarks])).toEqual([[true, []]]);
        // What is there already is not doubled.
        expect((await db.push({ to: address })).comparisons[0]?.same).toBe(true);
        expect((await db.diff({ with: address })).same).toBe(true);
        expect((await back.pull({ from: address })).rows).toBe(ROWS);
        // Filters that name hundreds of keys.
        const part = await back.pull({ from: address, collections: ["book"], into: "part", sample: 1000 });
        expect([part.rows, part.comparisons[0]?.same]).toEqual([1000, true]);
      });
      const all = { ...C, limit: 16384 };
      expect(await back.entities.query(all)).toEqual(await db.entities.query(all));
    } finally {
      await db.close();
      await back.close();
    }
  });

  it("refuses what it cannot hold before anything is moved", async () => {
    const db = await Elanus.open(":memory:");
    try {
      await db.collections.create({
        ...C,
        schema: {
          fields: [
            { fieldName: "id", dataType: "Int64", isPrimary: true },
            { fieldName: "vector", dataType: "Int8Vector", elementTypeParams: { dim: 8 } },
          ],
        },
      });
      await withServer(async (address) => {
        await expect(db.push({ to: address })).rejects.toMatchObject({
          kind: "MoveRefused",
          message: expect.stringContaining("field vector is of type Int8Vector: Milvus Lite"),
        });
        expect(await db.diff({ with: address })).toMatchObject({ onlyHere: ["default.book"], onlyThere: [] });
      });
    } finally {
      await db.close();
    }
  });
});

/** Dynamic keys, and types that both have. */
async function fill(db: Elanus, partitions: readonly string[], prefix: string): Promise<void> {
  await db.collections.create({
    ...C,
    schema: {
      enableDynamicField: true,
      fields: [
        { fieldName: "isbn", dataType: "VarChar", isPrimary: true, elementTypeParams: { max_length: 64 } },
        { fieldName: "pages", dataType: "Int64" },
        { fieldName: "price", dataType: "Double" },
        { fieldName: "meta", dataType: "JSON" },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 8 } },
      ],
    },
    indexParams: [{ fieldName: "vector", indexType: "FLAT", metricType: "L2" }],
  });
  for (const partitionName of partitions.slice(1)) await db.partitions.create({ ...C, partitionName });
  const count = ROWS / partitions.length;
  for (const [at, partitionName] of partitions.entries()) {
    const data = Array.from({ length: count }, (_, i) => {
      const id = at * count + i;
      return {
        isbn: `${prefix}${id}é`,
        pages: id,
        price: id / 7,
        meta: { n: id, list: [1, "x", null] },
        vector: Array.from({ length: 8 }, (_, axis) => (id * (axis + 3)) % 17),
        color: `c${id % 5}`,
      };
    });
    await db.entities.insert({ ...C, partitionName, data });
  }
}
