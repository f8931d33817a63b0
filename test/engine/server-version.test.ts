import { MilvusClient } from "milvus2-sdk-node-3";
import { describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const fields = (count: number) => [
  { fieldName: "id", dataType: "Int64", isPrimary: true },
  { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
  ...Array.from({ length: count - 2 }, (_, i) => ({ fieldName: `f${i}`, dataType: "Int64", nullable: true })),
];

describe("the version of Milvus that is announced", () => {
  it.each([
    [undefined, "v2.6.22-elanus", 64],
    ["2.6", "v2.6.22-elanus", 64],
    ["3.0", "v3.0.2-elanus", 256],
  ] as const)("%s: clients are told %s, and %d fields fit", async (serverVersion, told, limit) => {
    const db = await Elanus.open(":memory:", serverVersion === undefined ? {} : { serverVersion });
    const collectionName = "c";
    await expect(db.collections.create({ collectionName, schema: { fields: fields(limit + 1) } })).rejects.toThrow(
      `maximum field's number should be limited to ${limit}`,
    );
    await db.collections.create({ collectionName, schema: { fields: fields(limit) } });
    const more = { fieldName: "more", dataType: "Int64", nullable: true };
    await expect(db.collections.fields.add({ collectionName, schema: more })).rejects.toThrow(
      `maximum field's number should be limited to ${limit}`,
    );
    const server = await db.listen({ port: 0 });
    const client = new MilvusClient({ address: new URL(server.url).host });
    expect((await client.getVersion()).version).toBe(told);
    await client.closeConnection();
    await db.close();
  });

  it("is one of two", async () => {
    await expect(Elanus.open(":memory:", { serverVersion: "3" as never })).rejects.toThrow(
      '"serverVersion" of Elanus.open must be "2.6" or "3.0", not "3"',
    );
  });
});
