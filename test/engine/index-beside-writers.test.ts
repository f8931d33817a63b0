import { expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

const c = { collectionName: "c" };

it.each(["delete", "truncate", "drop the field"])("a vector index that is made beside a writer: %s", async (what) => {
  const db = await Elanus.open(":memory:");
  await db.collections.create({ ...c, dimension: 2 });
  await db.collections.fields.add({
    ...c,
    schema: { fieldName: "late", dataType: "FloatVector", nullable: true, elementTypeParams: { dim: 64 } },
  });
  const late = Array.from({ length: 64 }, () => 1);
  const row = (id: number) => ({ id, vector: [id, 1], late });
  for (let first = 0; first < 20_000; first += 5000) {
    await db.entities.insert({ ...c, data: Array.from({ length: 5000 }, (_, i) => row(first + i)) });
  }
  const made = db.indexes.create({ ...c, indexParams: [{ fieldName: "late", metricType: "L2", indexType: "FLAT" }] });
  // Some of the vectors are in the segment, others are not.
  for (let turn = 0; turn < 4; turn++) await new Promise((resolve) => setImmediate(resolve));
  if (what === "delete") await db.entities.delete({ ...c, filter: "id % 2 == 0" });
  else if (what === "truncate") await db.collections.truncate(c);
  else await db.collections.fields.drop({ ...c, fieldName: "late" });
  if (what !== "drop the field") await db.entities.insert({ ...c, data: [row(30_000)] });
  await made;
  expect((await db.check()).problems).toEqual([]);
  await db.close();
});
