import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const opened: Elanus[] = [];
afterEach(async () => {
  for (const db of opened.splice(0)) await db.close();
});

async function open(worker: boolean): Promise<Elanus> {
  const db = await Elanus.open(":memory:", { worker });
  opened.push(db);
  return db;
}

const book = { collectionName: "book" };
const own = (key: string, value: unknown): object => Object.fromEntries([[key, value]]);

/** Requests whose values are hard to hand over, and refusals of every layer. */
const script: readonly (readonly [path: string, body?: object])[] = [
  ["collections/create", { ...book, dimension: 2, metricType: "L2" }],
  [
    "entities/insert",
    {
      ...book,
      data: [
        { id: 1, vector: [1, 2], price: 1.5, tags: ["a", null], deep: { a: [1n, { b: null }] } },
        { id: 2n ** 63n - 1n, vector: new Float32Array([3, 4]), big: 2n ** 60n },
        { id: "9007199254740993", vector: new Float32Array([8, 5, 6, 8]).subarray(1, 3) },
        { id: 4, vector: new Float32Array([7, 8]), ...own("__proto__", { polluted: true }), constructor: "c" },
      ],
    },
  ],
  ["entities/query", { ...book, filter: "", outputFields: ["*"] }],
  ["entities/query", { ...book, filter: "", outputFields: ["__proto__", "constructor", "toString"] }],
  ["entities/search", { ...book, data: [new Float32Array([1, 2]), [5, 6]], limit: 2, outputFields: ["*"] }],
  ["entities/get", { ...book, id: [2n ** 63n - 1n] }],
  ["entities/upsert", { ...book, partialUpdate: true, data: [{ id: 1, color: undefined, size: 3 }] }],
  ["entities/get", { ...book, id: 1 }],
  ["entities/delete", { ...book, filter: "id == {key}", exprParams: { key: 2n ** 63n - 1n } }],
  ["entities/insert", { ...book, data: [{ id: 1.5, vector: [1, 2] }] }],
  ["entities/insert", { ...book, data: [{ id: 5, vector: [Number.NaN, 2] }] }],
  ["entities/query", { ...book, filter: "id >" }],
  ["entities/search", { ...book, data: [[1, 2, 3]] }],
  ["partitions/release", { ...book, partitionNames: [] }],
  ["partitions/load", { ...book, partitionNames: ["none"] }],
  ["collections/release", book],
  ["entities/search", { ...book, data: [[1, 2]] }],
  ["collections/describe", book],
  ["users/list", {}],
  ["no/such", {}],
];

describe("an engine in a worker thread", () => {
  it("keeps calls in the order of the program, small and large ones, and leaves no call without an answer", async () => {
    const db = await open(true);
    await db.collections.create({ ...book, dimension: 4 });
    const large = Array.from({ length: 3000 }, (_, i) => ({ id: 1000 + i, vector: [1, 2, 3, i] }));
    for (let round = 0; round < 20; round++) {
      const vector = [0, 0, 0, round];
      const calls = [
        db.entities.insert({ ...book, data: large }),
        db.entities.insert({ ...book, data: [{ id: round, vector }] }),
        db.entities.get({ ...book, id: [round] }),
        db.entities.delete({ ...book, filter: "id >= 1000" }),
        db.entities.query({ ...book, filter: "", outputFields: ["count(*)"] }),
        db.entities.search({ ...book, data: [vector], limit: 3, outputFields: ["*"] }),
        db.entities.search({ ...book, data: [[1]] }).catch((error: unknown) => error),
      ];
      const [, , got, , counted, found, refused] = (await Promise.all(calls)) as object[];
      expect(got).toMatchObject([{ id: round }]);
      expect(counted).toEqual([{ "count(*)": round + 1 }]);
      expect(Array.from(found as object[]).length).toBe(Math.min(3, round + 1));
      expect(refused).toMatchObject({ name: "ElanusError" });
      if (round % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it("answers 1 to all that wait when it is closed", async () => {
    const db = await open(true);
    await db.collections.create({ ...book, dimension: 4 });
    const calls = Array.from({ length: 20 }, () => db.entities.get({ ...book, id: [1] }));
    const closed = db.close();
    expect(await Promise.all(calls)).toEqual(calls.map(() => []));
    await closed;
    await expect(db.entities.get({ ...book, id: [1] })).rejects.toMatchObject({ code: 1 });
  });

  it("gives the same answers as one in this thread", async () => {
    const [here, there] = [await open(false), await open(true)];
    for (const [path, body] of script) {
      const ask = (db: Elanus) => db.request(`/v2/vectordb/${path}`, body);
      const expected = await ask(here);
      const answer = await ask(there);
      expect(answer, path).toEqual(expected);
      // `toEqual` looks past a key named `__proto__`.
      expect(keysOf(answer.data), path).toEqual(keysOf(expected.data));
    }
  });

  it("leaves the caller's typed arrays usable", async () => {
    const db = await open(true);
    await db.collections.create({ ...book, dimension: 2 });
    const vector = new Float32Array([1, 2]);
    await db.entities.insert({ ...book, data: [{ id: 1, vector }] });
    await db.entities.search({ ...book, data: [vector] });
    expect([...vector]).toEqual([1, 2]);
  });

  it("rejects with the same error class, code, kind and details", async () => {
    const errors = [];
    for (const db of [await open(false), await open(true)]) {
      errors.push(await db.entities.query({ collectionName: "none" }).catch((error: unknown) => error));
    }
    expect(errors[1]).toMatchObject({ name: "ElanusError", kind: "CollectionNotFound", code: 100 });
    expect({ ...(errors[1] as object) }).toEqual({ ...(errors[0] as object) });
  });

  it("lets a program go on after close when nothing else keeps it alive", async () => {
    const said = await run(`
      const db = await Elanus.open(":memory:", { worker: true });
      await db.collections.create({ collectionName: "book", dimension: 2 });
      await db.close();
      await db.close();
      await db.collections.list().catch((error) => console.log(error.code));
      console.log("closed");
    `);
    expect(said).toBe("1\nclosed\n");
  });

  // In a process of its own: the tests of other files may share this one's.
  it("takes no processor time while nobody calls", async () => {
    const said = await run(`
      const db = await Elanus.open(":memory:", { worker: true });
      await db.collections.create({ collectionName: "book", dimension: 4 });
      await db.entities.insert({ collectionName: "book", data: [{ id: 1, vector: [1, 2, 3, 4] }] });
      for (let i = 0; i < 200; i++) await db.entities.get({ collectionName: "book", id: [1] });
      // A runtime has work of its own at first; two threads that look without end would take a second of every half.
      let least = Number.POSITIVE_INFINITY;
      for (let i = 0; i < 20 && least >= 150; i++) {
        const before = process.cpuUsage();
        await new Promise((resolve) => setTimeout(resolve, 500));
        const { user, system } = process.cpuUsage(before);
        least = Math.min(least, (user + system) / 1000);
      }
      await db.close();
      console.log(least);
    `);
    expect(Number(said)).toBeLessThan(150);
  });
});

/** What a program prints that has `Elanus`. */
async function run(program: string): Promise<string> {
  const file = temporaryPath("program.mjs");
  const built = JSON.stringify(String(pathToFileURL("dist/esm/index.js")));
  writeFileSync(file, `import { Elanus } from ${built};\n${program}`);
  return (await promisify(execFile)(process.execPath, [file])).stdout;
}

function keysOf(data: unknown): unknown {
  return Array.isArray(data) ? data.map((row) => Object.keys(row as object)) : Object.keys(Object(data));
}
