import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { hybridTime } from "../../src/values/hybrid-time.js";
import { pairs, serve } from "../api/grpc/served.js";

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

/** Has rows that live for a moment, the longer the busier the machine is. @param show writes them and tells what is seen */
async function untilSeen(show: (soon: string) => Promise<unknown>, expected: unknown): Promise<void> {
  for (let milliseconds = 500; ; milliseconds *= 2) {
    const end = Date.now() + milliseconds;
    const seen = await show(new Date(end).toISOString());
    if (Date.now() >= end) continue;
    expect(seen).toEqual(expected);
    return;
  }
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
    await untilSeen(
      async (soon) => {
        await db.entities.upsert({ ...c, data: [row(1, soon), row(2, null)] });
        return await shown();
      },
      only(1, 2),
    );
    await expect.poll(shown).toEqual(only(2));
    // A delete removes what it names, expired or not.
    expect(await db.entities.delete({ ...c, filter: "id in [1, 2]" })).toEqual({ deleteCount: 2 });
  });

  it("shows all pages of an iterator the rows that lived when it began", async () => {
    await db.collections.create(schema({ properties: { ttl_field: "x" } }) as never);
    const paging = { ...c, batchSize: 1 };
    let iterators: AsyncGenerator<readonly object[]>[] = [];
    let given: object[][] = [];
    await untilSeen(
      async (soon) => {
        await db.entities.upsert({ ...c, data: [row(1, null), row(2, soon), row(3, null)] });
        iterators = [
          db.entities.queryIterator({ ...paging, filter: "" }),
          db.entities.searchIterator({ ...paging, data: [[0, 0]] }),
        ];
        given = await Promise.all(iterators.map(async (iterator) => [...((await iterator.next()).value ?? [])]));
        return await shown();
      },
      only(1, 2, 3),
    );
    await expect.poll(shown).toEqual(only(1, 3));
    for (const [i, iterator] of iterators.entries()) for await (const page of iterator) given[i]?.push(...page);
    expect(given.map((rows) => rows.map((each) => (each as { id: number }).id))).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it("shows a client's iterator the rows that lived when its first page was given", async () => {
    const hour = 3_600_000;
    const { db: served, ok } = await serve();
    await served.collections.create(schema({ properties: { ttl_field: "x" } }) as never);
    await served.entities.insert({ ...c, data: [row(1, new Date(Date.now() - hour).toISOString()), row(2, null)] });
    const session = hybridTime(Date.now() - 2 * hour);
    const params = pairs({ iterator: "True", limit: "5" });
    const query = (guarantee_timestamp: bigint) =>
      ok<"QueryResults">("Query", { collection_name: "c", expr: "n > 0", query_params: params, guarantee_timestamp });
    const search = (guarantee_timestamp: bigint) =>
      ok<"SearchResults">("Search", {
        collection_name: "c",
        ids: { int_id: { data: [2] } },
        nq: 1,
        search_params: pairs({ anns_field: "v", topk: "5", iterator: "True" }),
        guarantee_timestamp,
      });
    const queried = await query(session);
    expect(queried.fields_data[0]?.scalars?.long_data?.data).toEqual([1, 2]);
    expect(queried.session_ts).toBe(session);
    expect((await query(1n)).fields_data[0]?.scalars?.long_data?.data).toEqual([2]);
    const found = await search(session);
    expect([found.results?.ids?.int_id?.data, found.session_ts]).toEqual([[2, 1], session]);
    const later = await search(hybridTime(Date.now() + hour));
    expect(later.results?.ids?.int_id?.data).toEqual([2]);
    expect(later.session_ts).toBeLessThanOrEqual(hybridTime(Date.now() + 1));
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
