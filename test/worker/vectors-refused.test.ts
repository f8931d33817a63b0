import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";

let db: Elanus;
afterEach(() => db.close());

it.each([false, true])(
  "what is no vector is refused as such, also a list that says it is endless (worker: %s)",
  async (worker) => {
    db = await Elanus.open(":memory:", { worker });
    await db.collections.create({
      collectionName: "c",
      schema: {
        fields: [
          { fieldName: "id", dataType: "Int64", isPrimary: true },
          { fieldName: "x", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
          { fieldName: "b", dataType: "BinaryVector", elementTypeParams: { dim: 16 } },
          { fieldName: "s", dataType: "SparseFloatVector" },
        ],
      },
      indexParams: [
        { fieldName: "x", metricType: "L2", indexType: "FLAT" },
        { fieldName: "b", metricType: "HAMMING", indexType: "BIN_FLAT" },
        { fieldName: "s", metricType: "IP", indexType: "SPARSE_INVERTED_INDEX" },
      ],
    });
    const endless = () => Object.assign([1, 2], { length: 2 ** 31 });
    const row = { id: 1, x: [1, 2], b: [1, 2], s: {} };
    for (const bad of [{ x: endless() }, { b: endless() }]) {
      await expect(db.entities.insert({ collectionName: "c", data: [{ ...row, ...bad }] })).rejects.toMatchObject({
        code: 1804,
      });
    }
    for (const annsField of ["x", "b"]) {
      const search = { collectionName: "c", annsField, data: [endless()], limit: 3 };
      await expect(db.entities.search(search as never)).rejects.toMatchObject({
        code: 1801,
        message: expect.stringMatching(
          /a list of 2147483648 values is too long|cannot unmarshal value into Go value of type (float32|uint8): .*\[actual=\[1,2,null/,
        ),
      });
    }
    for (const foreign of [new Map(), new Set([1]), () => 1, Symbol("s"), new ArrayBuffer(2)]) {
      for (const annsField of ["x", "b", "s"]) {
        const search = { collectionName: "c", annsField, data: [foreign], limit: 3 };
        await expect(db.entities.search(search as never)).rejects.toMatchObject({
          code: 1801,
          message: expect.stringMatching(/(Map|Set|[Ff]unction|[Ss]ymbol|ArrayBuffer)\b/),
        });
      }
    }
    expect(await db.entities.query({ collectionName: "c", filter: "", outputFields: ["count(*)"] })).toEqual([
      { "count(*)": 0 },
    ]);
  },
);
