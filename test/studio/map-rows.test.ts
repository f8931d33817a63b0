import { describe, expect, it } from "vitest";
import type { Field } from "../../src/inspect/schema.js";
import type { Client, Row } from "../../src/studio/client.js";
import { readMapRows } from "../../src/studio/map-rows.js";

const field = (name: string, type: string, dim?: number): Field => ({
  name,
  type,
  primaryKey: name === "id",
  partitionKey: false,
  clusteringKey: false,
  autoId: false,
  nullable: false,
  description: "",
  ...(dim !== undefined && { params: [{ key: "dim", value: String(dim) }] }),
});

interface Query {
  readonly filter?: string;
  readonly id?: readonly unknown[];
  readonly outputFields: readonly string[];
  readonly offset?: number;
  readonly limit?: number;
}

/** A collection of so many rows, and what is asked of it. */
function collectionOf(count: number) {
  const asked: Query[] = [];
  const rows = async (_path: string, query: Query): Promise<readonly Row[]> => {
    asked.push(query);
    if (query.outputFields.includes("count(*)")) return [{ "count(*)": count }];
    const { offset = 0, limit = count, id } = query;
    const length = Math.max(0, Math.min(limit, count - offset));
    return (id ?? Array.from({ length }, (_, i) => String(offset + i))).map((key) => ({
      id: key,
      v: [Number(key), 1],
    }));
  };
  return { asked, client: { rows } as unknown as Client };
}

const read = (client: Client, dim: number) =>
  readMapRows(
    client,
    {
      at: { dbName: "default", collectionName: "c" },
      key: field("id", "Int64"),
      field: field("v", "FloatVector", dim),
      colourBy: undefined,
    },
    () => {},
    new AbortController().signal,
  );

describe("the rows of a map", () => {
  it("are all of a few, and not more at a time than the page can take", async () => {
    const { asked, client } = collectionOf(1_200);
    const { keys, drawn } = await read(client, 2);
    expect([keys.length, drawn]).toEqual([1_200, false]);
    expect(asked.slice(1).map(({ filter, offset, limit }) => [filter, offset, limit])).toEqual([
      ["", 0, 500],
      ["", 500, 500],
      ["", 1_000, 500],
    ]);
  });

  it("are fewer where their vectors are long, drawn from all", async () => {
    const { asked, client } = collectionOf(2_000);
    const { keys, drawn } = await read(client, 32_768);
    const [, sample, ...batches] = asked;
    expect(sample?.filter).toMatch(/^random_sample\(0\.\d+\)$/);
    expect([sample?.limit, drawn]).toEqual([763, true]);
    const drawnKeys = Array.from({ length: 763 }, (_, i) => i);
    expect(keys).toEqual(drawnKeys);
    // By their keys alone: those of all rows would make a longer filter than there may be.
    expect(batches.flatMap(({ id }) => id)).toEqual(drawnKeys);
    for (const { filter, id } of batches) expect([filter, (id?.length ?? 0) <= 31]).toEqual([undefined, true]);
  });
});
