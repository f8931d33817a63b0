import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const c = { collectionName: "c" };
const PAST = "2020-01-01T00:00:00Z";
const FUTURE = "2999-01-01T00:00:00Z";
let db: Elanus;

function schema(more: object = {}): object {
  return {
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
        { fieldName: "x", dataType: "Timestamptz", nullable: true },
        { fieldName: "n", dataType: "Int64", nullable: true },
      ],
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
    ...more,
  };
}

const row = (id: number, x: string | null) => ({ id, v: [id, 0], x, n: id });

beforeEach(async () => {
  db = await Elanus.open(":memory:");
});
afterEach(() => db.close());

async function shown(): Promise<unknown> {
  const ids = async (rows: Promise<Iterable<object>>) => [...(await rows)].map((each) => (each as { id: number }).id);
  const { rowCount } = await db.collections.getStats(c);
  const [counted] = await db.entities.query({ ...c, filter: "", outputFields: ["count(*)", "sum(n)"] });
  return {
    queried: await ids(db.entities.query({ ...c, filter: "", limit: 10 })),
    filtered: await ids(db.entities.query({ ...c, filter: "n >= 0", limit: 10, orderByFields: ["n:desc"] })),
    got: await ids(db.entities.get({ ...c, id: [1, 2, 3, 4] })),
    found: await ids(db.entities.search({ ...c, data: [[0, 0]], limit: 10 })),
    foundByFilter: await ids(db.entities.search({ ...c, data: [[0, 0]], limit: 10, filter: "n >= 0" })),
    rowCount,
    counted,
  };
}

function only(...ids: number[]): object {
  return {
    queried: ids,
    filtered: [...ids].reverse(),
    got: ids,
    found: ids,
    foundByFilter: ids,
    rowCount: ids.length,
    counted: { "count(*)": ids.length, "sum(n)": ids.length === 0 ? null : ids.reduce((sum, id) => sum + id, 0) },
  };
}

describe("a field that says until when a row lives", () => {
  it.each([{ properties: { ttl_field: "x" } }, { params: { ttlField: "x" } }])(
    "%j hides what has expired",
    async (how) => {
      await db.collections.create(schema(how) as never);
      await db.entities.insert({ ...c, data: [row(1, PAST), row(2, null), row(3, FUTURE)] });
      expect(await shown()).toEqual(only(2, 3));
      // A later time, or none, brings a row back; other fields are as they were.
      await db.entities.upsert({ ...c, partialUpdate: true, data: [{ id: 1, x: FUTURE }] });
      expect(await shown()).toEqual(only(1, 2, 3));
      await db.entities.upsert({ ...c, partialUpdate: true, data: [{ id: 3, x: PAST }] });
      expect(await shown()).toEqual(only(1, 2));
    },
  );

  it("can be set, and dropped, later; compaction removes what has expired for good", async () => {
    await db.collections.create(schema() as never);
    await db.entities.insert({ ...c, data: [row(1, PAST), row(2, null), row(3, FUTURE)] });
    expect(await shown()).toEqual(only(1, 2, 3));
    await db.collections.alterProperties({ ...c, properties: { ttl_field: "x" } });
    expect(await shown()).toEqual(only(2, 3));
    await db.collections.dropProperties({ ...c, propertyKeys: ["ttl_field"] });
    expect(await shown()).toEqual(only(1, 2, 3));
    await db.collections.alterProperties({ ...c, properties: { ttl_field: "x" } });
    await db.collections.compact(c);
    await db.collections.dropProperties({ ...c, propertyKeys: ["ttl_field"] });
    expect(await shown()).toEqual(only(2, 3));
  });

  it("lets a row go when its time comes", async () => {
    await db.collections.create(schema({ properties: { ttl_field: "x" } }) as never);
    const soon = new Date(Date.now() + 1500).toISOString();
    await db.entities.insert({ ...c, data: [row(1, soon), row(2, null)] });
    expect(await shown()).toEqual(only(1, 2));
    await new Promise((done) => setTimeout(done, 1600));
    expect(await shown()).toEqual(only(2));
    // A delete removes what it names, expired or not.
    expect(await db.entities.delete({ ...c, filter: "id in [1, 2]" })).toEqual({ deleteCount: 2 });
  });

  it.each<[object, string]>([
    [{ properties: { ttl_field: "n" } }, "ttl field must be timestamptz, field name = n"],
    [{ properties: { ttl_field: "none" } }, "ttl field name none not found in schema"],
    [
      { properties: { ttl_field: "x", "collection.ttl.seconds": "5" } },
      "collection TTL and ttl field cannot be set at the same time",
    ],
    [{ params: { ttlSeconds: 5, ttlField: "x" } }, "collection TTL and ttl field cannot be set at the same time"],
  ])("%j is refused", async (how, text) => {
    await expect(db.collections.create(schema(how) as never)).rejects.toMatchObject({
      code: 1100,
      message: `${text}: invalid parameter`,
    });
    expect(await db.collections.list()).toEqual([]);
  });

  it("stands alone", async () => {
    await db.collections.create(schema({ properties: { ttl_field: "x" } }) as never);
    const alter = (properties: Record<string, string>) => db.collections.alterProperties({ ...c, properties });
    await expect(alter({ "collection.ttl.seconds": "5" })).rejects.toThrow(
      "ttl field is already exists, cannot be set collection TTL",
    );
    await expect(db.collections.fields.drop({ ...c, fieldName: "x" })).rejects.toThrow(
      "cannot drop field x because it is referenced by collection property ttl_field, drop the property first",
    );
    await db.collections.dropProperties({ ...c, propertyKeys: ["ttl_field"] });
    await alter({ "collection.ttl.seconds": "5" });
    await expect(alter({ ttl_field: "x" })).rejects.toThrow("collection TTL is already set, cannot be set ttl field");
    await expect(alter({ ttl_field: "n" })).rejects.toThrow();
    await db.collections.dropProperties({ ...c, propertyKeys: ["collection.ttl.seconds"] });
    await expect(alter({ ttl_field: "v" })).rejects.toThrow("ttl field must be timestamptz, field name = v");
    await db.collections.fields.drop({ ...c, fieldName: "x" });
  });
});
