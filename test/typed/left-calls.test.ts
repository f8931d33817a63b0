import { afterEach, describe, expect, it } from "vitest";
import { Elanus, type OpenOptions } from "../../src/index.js";
import { refused } from "../support/served.js";

const collectionName = "c";
const DIM = 64;
const FEW_ROWS = 4000;

const open: Elanus[] = [];
afterEach(async () => {
  for (const db of open.splice(0)) await db.close();
});

async function filled(options: OpenOptions): Promise<Elanus> {
  const db = await Elanus.open(":memory:", options);
  open.push(db);
  await db.collections.create({ collectionName, dimension: DIM });
  return db;
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, id) => ({ id, vector: new Float32Array(DIM).fill(id) }));
const countOf = async (db: Elanus) => (await db.collections.getStats({ collectionName })).rowCount;

/** How a call has ended, and how many rows there are then and later. */
async function outcome(db: Elanus, call: Promise<{ readonly insertCount: number }>): Promise<"written" | "left"> {
  const ended = await call.then(
    ({ insertCount }) => insertCount,
    (error) => {
      expect(error).toMatchObject({ kind: "Canceled", code: 10000 });
      expect(error.cause).toBe("enough");
      return 0;
    },
  );
  const count = await countOf(db);
  expect(count).toBe(ended);
  await new Promise((resolve) => setTimeout(resolve, 30));
  expect(await countOf(db)).toBe(count);
  return ended === 0 ? "left" : "written";
}

describe.each([false, true])("a write that its caller leaves, worker: %s", (worker) => {
  it("has changed nothing, or answers its result, whenever the signal comes", async () => {
    const data = rows(FEW_ROWS);
    const seen = new Set<string>();
    // At last the signal comes when all is done.
    for (let delay = 0; !seen.has("written"); delay = 2 * delay + 1) {
      const db = await filled({ worker });
      const leave = new AbortController();
      setTimeout(() => leave.abort("enough"), delay);
      seen.add(await outcome(db, db.entities.insert({ collectionName, data }, { signal: leave.signal })));
    }
  });

  it("is not begun when the signal has come before", async () => {
    const db = await filled({ worker });
    const signal = AbortSignal.abort("enough");
    const call = { collectionName, data: rows(1) };
    expect(await refused(db.entities.insert(call, { signal }))).toMatchObject({ kind: "Canceled", cause: "enough" });
    expect(await refused(db.collections.drop({ collectionName }, { signal }))).toMatchObject({ kind: "Canceled" });
    expect(await db.request("/v2/vectordb/entities/insert", call, { signal })).toMatchObject({ code: 10000 });
    expect(await countOf(db)).toBe(0);
  });

  it("ends the call of a model that it waits for", async () => {
    let ended = 0;
    let leave = new AbortController();
    const db = await Elanus.open(":memory:", {
      worker,
      functions: {
        embed: (_, { signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener("abort", () => {
              ended++;
              reject(signal.reason);
            });
            leave.abort("enough");
            leave.abort("enough");
          }),
      },
    });
    open.push(db);
    await db.collections.create({
      collectionName,
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "text", dataType: "VarChar", elementTypeParams: { max_length: 50 } },
          { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        ],
        functions: [
          {
            name: "f",
            type: "TextEmbedding",
            inputFieldNames: ["text"],
            outputFieldNames: ["v"],
            params: { provider: "local" },
          },
        ],
      },
      indexParams: [{ fieldName: "v", metricType: "L2" }],
    });
    const inserted = db.entities.insert({ collectionName, data: { id: 1, text: "a" } }, { signal: leave.signal });
    expect(await refused(inserted)).toMatchObject({ kind: "Canceled", cause: "enough" });
    leave = new AbortController();
    const asked = db.request(
      "/v2/vectordb/entities/insert",
      { collectionName, data: { id: 1, text: "a" } },
      { signal: leave.signal },
    );
    expect(await asked).toMatchObject({ code: 10000 });
    await expect.poll(() => ended).toBe(2);
    expect(await countOf(db)).toBe(0);
  });

  it("of a delete keeps all rows or none", async () => {
    for (const delay of [0, 2, 100]) {
      const db = await filled({ worker });
      await db.entities.insert({ collectionName, data: rows(2000) });
      const leave = new AbortController();
      setTimeout(() => leave.abort("enough"), delay);
      const call = db.entities.delete({ collectionName, filter: "id % 2 == 0" }, { signal: leave.signal });
      const gone = await call.then(
        ({ deleteCount }) => deleteCount,
        () => 0,
      );
      expect([0, 1000]).toContain(gone);
      expect(await countOf(db)).toBe(2000 - gone);
    }
  });
});

describe("a read that its caller leaves", () => {
  it("is refused at once, also one of an iterator", async () => {
    const db = await filled({});
    await db.entities.insert({ collectionName, data: rows(50) });
    const leave = new AbortController();
    const signal = leave.signal;
    const seen: number[] = [];
    const walk = async () => {
      for await (const batch of db.entities.queryIterator(
        { collectionName, filter: "id >= 0", batchSize: 10 },
        { signal },
      )) {
        seen.push(batch.length);
        if (seen.length === 2) leave.abort("enough");
      }
    };
    expect(await refused(walk())).toMatchObject({ kind: "Canceled", cause: "enough" });
    expect(seen).toEqual([10, 10]);
  });
});
