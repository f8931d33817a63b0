import { readdirSync, readFileSync } from "node:fs";
import { get } from "node:http";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Elanus } from "../../src/index.js";
import { runProgram } from "../faults/process.js";
import { temporaryPath } from "../support/temporary.js";

const collectionName = "c";
const rows = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({ id: from + i, vector: [Math.sin(from + i), Math.cos(from + i), 1, 1] }));

/** Whatever waits for a timer somewhere: paced calls, slices, graphs, deadlines, servers, copies. */
async function useEverything(worker: boolean): Promise<void> {
  const db = await Elanus.open(temporaryPath(), { durability: "off", exactBelow: 500, worker });
  await db.collections.create({ collectionName, dimension: 4 });
  for (let from = 0; from < 6000; from += 200) await db.entities.insert({ collectionName, data: rows(from, 200) });
  await db.collections.release({ collectionName });
  await db.collections.load({ collectionName });
  const many = rows(0, 300).map((row) => row.vector);
  expect(await db.entities.search({ collectionName, data: many, limit: 2 })).toHaveLength(600);
  while ((await db.stats()).pendingRows > 0) await db.collections.list();
  const server = await db.listen({ port: 0 });
  const body = await new Promise<string>((resolve, reject) => {
    get(`${server.url}/api/v1/health`, { agent: false }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on("end", () => resolve(text));
    }).on("error", reject);
  });
  expect(body).not.toBe("");
  await db.backup(temporaryPath());
  const copied = await Elanus.open(":memory:", { worker });
  await copied.collections.create({ collectionName, dimension: 4 });
  await copied.entities.insert({ collectionName, data: rows(0, 200) });
  const exported = await copied.export({ collectionName, to: `${temporaryPath()}.jsonl` });
  expect(exported).toMatchObject({ rowCount: 200 });
  await copied.close();
  await db.close();
}

describe("mocked timers and clocks", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([false, true])("of this runner stop nothing (worker: %s)", async (worker) => {
    vi.useFakeTimers({
      toFake: [
        "setTimeout",
        "clearTimeout",
        "setInterval",
        "clearInterval",
        "setImmediate",
        "clearImmediate",
        "Date",
        "performance",
        "queueMicrotask",
      ],
      now: 0,
    });
    await useEverything(worker);
  });

  it("do not turn the clock of what is written", async () => {
    const db = await Elanus.open(":memory:");
    vi.useFakeTimers({ toFake: ["Date"], now: new Date("1999-01-01") });
    await db.collections.create({ collectionName, dimension: 2, autoID: true });
    const { insertIds } = await db.entities.insert({ collectionName, data: [{ vector: [1, 2] }] });
    vi.useRealTimers();
    const age = Date.now() - Number(BigInt(insertIds[0] as number | bigint) >> 18n);
    expect(Math.abs(age)).toBeLessThan(60_000);
    await db.close();
  });

  it("have no way in: the sources take time from one file", () => {
    const source = fileURLToPath(new URL("../../src", import.meta.url));
    const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter(
      (file) => file.endsWith(".ts") && !file.endsWith("values/clock.ts"),
    );
    // The linter knows the timers; that \`Date\` may be told from a moment, and not asked for one, it does not.
    const asking = files.filter((file) => {
      const text = readFileSync(`${source}/${file}`, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
      return /\bDate\.now\b|\bnew Date\(\)|[^.\w]Date\(\)|process\.hrtime|node:timers/.test(text);
    });
    expect(asking).toEqual([]);
  });
});

describe("a clock that is set wrong", () => {
  it.each([
    ["in the year 250000", 7_826_000_000_000_000],
    ["in the year 3000", 32_503_680_000_000],
    ["before 1970", -86_400_000],
    ["in 1970", 0],
  ])("%s: everything works, and generated keys go on", async (_, clock) => {
    const path = temporaryPath();
    const run = (at: number | undefined) =>
      runProgram(
        path,
        `const db = await Elanus.open(path);
         const collectionName = "c";
         if (!(await db.collections.has({ collectionName })).has) {
           await db.collections.create({ collectionName, dimension: 2, autoID: true, params: { ttlSeconds: 100 } });
         }
         const { insertIds } = await db.entities.insert({ collectionName, data: [{ vector: [1, 2] }, { vector: [2, 1] }] });
         const found = await db.entities.search({ collectionName, data: [[1, 2]], limit: 1 });
         await db.collections.describe({ collectionName });
         await db.databases.create({ dbName: "d" + process.pid });
         await db.close();
         console.log(insertIds.join(" "), found.length, new Date(Date.now()).getUTCFullYear());`,
        at === undefined ? {} : { before: `Date.now = () => ${at}` },
      );
    const first = await run(clock);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out.trim().split(" ").at(-1)).toBe(String(new Date(clock).getUTCFullYear()));
    const second = await run(undefined);
    expect(second).toMatchObject({ code: 0, err: "" });
    const keys = [first, second].flatMap(({ out }) => out.trim().split(" ").slice(0, 2).map(BigInt));
    expect(keys).toEqual([...keys].sort((a, b) => (a < b ? -1 : 1)));
    expect(new Set(keys).size).toBe(4);
  });
});
