import { buildRoaringBitmap } from "milvus2-sdk-node-3";
import { expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

it("sets of members are asked beside filters of elements, not inside of them", async () => {
  const db = await Elanus.open(":memory:", { serverVersion: "3.0" });
  const c = { collectionName: "c" };
  await db.collections.create({
    ...c,
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
      ],
      structFields: [
        {
          fieldName: "parts",
          typeParams: { max_capacity: 4 },
          fields: [{ fieldName: "n", dataType: "Array", elementDataType: "Int64" }],
        },
      ],
    },
    indexParams: [{ fieldName: "v", indexName: "v", metricType: "L2" }],
  });
  const row = (id: number) => ({ id, v: [id, 0], parts: [{ n: id }, { n: id * 10 }] });
  await db.entities.insert({ ...c, data: [1, 2, 3].map(row) });
  const exprParams = { set: buildRoaringBitmap([1, 2]) };
  const query = (filter: string) => db.entities.query({ ...c, filter, exprParams, outputFields: ["id"] });
  const ids = [...(await query("membership_match(id, {set}) and match_any(parts, $[n] >= 20)"))].map(({ id }) => id);
  expect(ids).toEqual([2]);
  for (const filter of [
    "match_any(parts, membership_match(id, {set}))",
    "element_filter(parts, not membership_match(id, {set}) and $[n] > 0)",
  ]) {
    await expect(query(filter)).rejects.toMatchObject({
      code: 1100,
      message: expect.stringContaining("membership_match filters are not supported inside element_filter"),
    });
  }
  await db.close();
});
