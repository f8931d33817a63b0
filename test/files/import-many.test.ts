import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const C = { collectionName: "book" };
/** More than are taken over in a transaction of the engine's own. */
const ROWS = 25_000;

let db: Elanus;
let path: string;
beforeEach(async () => {
  path = temporaryPath();
  db = await Elanus.open(path);
  await db.collections.create({
    ...C,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "n", dataType: "Int32" },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
    },
    indexParams: [
      { fieldName: "v", indexName: "v", metricType: "L2", indexType: "FLAT" },
      { fieldName: "n", indexName: "n", indexType: "INVERTED" },
    ],
  });
});
afterEach(() => db.close());

const vectorOf = (id: number): [number, number] => [id, -1];

function file(name: string, from: number, to: number, n: number): string {
  const written = join(dirname(path), name);
  const line = (id: number) => `{"id":${id},"n":${n},"v":[${vectorOf(id)}]}\n`;
  writeFileSync(written, Array.from({ length: to - from }, (_, i) => line(from + i)).join(""));
  return written;
}

async function count(filter = "", of = db): Promise<number> {
  const [row] = await of.entities.query({ ...C, filter, outputFields: ["count(*)"] });
  return row?.["count(*)"] as number;
}

async function nearest(id: number, of = db): Promise<unknown> {
  const [hit] = await of.entities.search({ ...C, data: [vectorOf(id)], limit: 1 });
  return hit;
}

it("many rows become visible in one moment, to filters and searches alike, while calls are answered", async () => {
  await db.entities.insert({ ...C, data: [{ id: -1, n: 0, v: vectorOf(-1) }] });
  const reader = await Elanus.open(path, { readonly: true });
  expect(await nearest(ROWS - 1, reader)).toMatchObject({ id: -1 });
  let ended = false;
  const imported = db.import({ ...C, from: file("rows.ndjson", 0, ROWS, 1) }).finally(() => {
    ended = true;
  });
  const seen = new Set<number>();
  while (!ended) {
    // On a busy machine the moment may come between two calls.
    const before = await count();
    const hit = await nearest(ROWS - 1);
    const after = await count();
    seen.add(before).add(after);
    if (after === 1) expect(hit).toMatchObject({ id: -1 });
    else if (before !== 1) expect(hit).toMatchObject({ id: ROWS - 1, distance: 0 });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await imported).toEqual({ rowCount: ROWS });
  for (const rows of seen) expect([1, ROWS + 1]).toContain(rows);
  expect(await count("n == 1")).toBe(ROWS);
  expect(await nearest(1234)).toMatchObject({ id: 1234, distance: 0 });
  expect([await count("", reader), await nearest(77, reader)]).toEqual([ROWS + 1, { id: 77, distance: 0 }]);
  await reader.close();
  expect(await db.check()).toEqual({ ok: true, problems: [] });
  await db.close();
  db = await Elanus.open(path);
  expect([await count(), await nearest(9)]).toEqual([ROWS + 1, { id: 9, distance: 0 }]);
});

it("what is written meanwhile comes before or after, never into it", async () => {
  const imported = db.import({ ...C, from: file("rows.ndjson", 0, ROWS, 1) });
  let ended = false;
  void imported.finally(() => {
    ended = true;
  });
  let written = 0;
  for (; !ended; written++) {
    await db.entities.insert({ ...C, data: [{ id: ROWS + written, n: 2, v: vectorOf(ROWS + written) }] });
    await db.entities.delete({ ...C, filter: `id == ${ROWS + written - 1} and n == 2` });
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await imported).toEqual({ rowCount: ROWS });
  expect(await count("n == 1")).toBe(ROWS);
  expect(await count("n == 2")).toBe(Math.min(1, written));
  expect(await nearest(ROWS + written - 1)).toMatchObject({ id: ROWS + written - 1, distance: 0 });
  expect(await db.check()).toEqual({ ok: true, problems: [] });
});

it("rows of the same keys give way", async () => {
  await db.import({ ...C, from: file("first.ndjson", 0, ROWS, 1) });
  await db.import({ ...C, from: file("second.ndjson", ROWS / 2, ROWS + ROWS / 2, 2) });
  expect([await count("n == 1"), await count("n == 2")]).toEqual([ROWS / 2, ROWS]);
  expect(await nearest(ROWS - 1)).toMatchObject({ id: ROWS - 1, distance: 0 });
  expect(await db.check()).toEqual({ ok: true, problems: [] });
});

it("two imports at a time bring the rows of both", async () => {
  await Promise.all([
    db.import({ ...C, from: file("first.ndjson", 0, ROWS, 1) }),
    db.import({ ...C, from: file("second.ndjson", ROWS, 2 * ROWS, 2) }),
  ]);
  expect([await count("n == 1"), await count("n == 2")]).toEqual([ROWS, ROWS]);
  expect(await db.check()).toEqual({ ok: true, problems: [] });
});
