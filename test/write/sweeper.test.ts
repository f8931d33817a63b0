import { expect, it, vi } from "vitest";
import { createEngine } from "../../src/engine/create-engine.js";
import { ReadMoments } from "../../src/engine/entities/read-moments.js";
import { openDatabase } from "../../src/engine/storage/open-database.js";
import { Sweeper } from "../../src/engine/write/sweeper.js";

const c = { collectionName: "c" };

it("rows that have expired stay while an iterator shows them", async () => {
  let time = Date.parse("2026-01-01T00:00:00Z");
  const moments = new ReadMoments(() => time);
  expect(moments.earliest()).toBe(time);
  const began = time;
  moments.note(began);
  time += 9 * 60_000;
  moments.note(time - 1);
  expect(moments.earliest()).toBe(began);
  moments.note(began);
  time += 9 * 60_000;
  expect(moments.earliest()).toBe(began);
  time += 2 * 60_000;
  expect(moments.earliest()).toBe(time);
  // Nobody keeps rows for ever.
  moments.note(0);
  expect(moments.earliest()).toBe(time - 24 * 3600_000);
  for (let i = 0; i < 5000; i++) moments.note(time - i);
  expect(moments.earliest()).toBe(time - 4999);
});

it("rows that have expired are taken away while nobody wants anything", async () => {
  const { ctx, calls, shutDown } = createEngine(openDatabase(":memory:", { readonly: false, durability: "off" }), {});
  const run = (path: string, request: object) => calls.execute(path, request);
  await run("collections/create", {
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "until", dataType: "Timestamptz", nullable: true },
      ],
    },
    indexParams: [{ fieldName: "v", metricType: "L2" }],
    properties: { ttl_field: "until" },
  });
  const times = ["2020-01-01T00:00:00Z", "2999-01-01T00:00:00Z", null];
  const data = Array.from({ length: 6000 }, (_, id) => ({ id, v: [id, 0], until: times[id % 3] }));
  await run("entities/insert", { ...c, data });
  const [collection] = ctx.catalog.allCollections();
  const stored = () => ctx.sql.prepare(`SELECT count(*) FROM e_${collection?.id}`).pluck().get();
  let asked = 0;
  const sweeper = new Sweeper({
    scope: ctx,
    collections: () => ctx.catalog.allCollections(),
    isIdle: () => ++asked % 2 === 0,
  });
  expect(stored()).toBe(6000);
  const asOf = Date.parse("2019-06-01T00:00:00Z");
  vi.spyOn(ctx.entities.moments, "earliest").mockReturnValueOnce(asOf);
  await sweeper.sweep();
  expect(stored()).toBe(6000);
  await sweeper.sweep();
  expect(stored()).toBe(4000);
  expect(asked).toBeGreaterThan(5);
  await sweeper.close();
  await sweeper.sweep();
  await shutDown();
});
