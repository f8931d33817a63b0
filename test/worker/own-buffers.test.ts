import { expect, it } from "vitest";
import type { SearchHits } from "../../src/engine/contract/column.js";
import { ownBuffers } from "../../src/worker/own-buffers.js";

it("hands over the vectors of a result where nothing else lies in their buffer", () => {
  const own = new Uint8Array(16);
  const shared = new Uint8Array(32).subarray(0, 16);
  const head = { type: "FloatVector", dimension: 2, fieldId: 101, primaryKey: false } as const;
  const columns = [
    { ...head, name: "a", values: own },
    { ...head, name: "b", values: shared },
    { ...head, name: "c", values: new Uint8Array(0) },
    { ...head, name: "d", values: [own, null] },
  ];
  const fields = { rowCount: 2, outputFields: ["a", "b"], columns };
  const primaryKey = { name: "id", type: "Int64" } as const;
  const hits: SearchHits = { topks: [2], ids: [1, 2], scores: [0, 1], fields, primaryKey };
  expect(ownBuffers(fields)).toEqual([own.buffer]);
  expect(ownBuffers(hits)).toEqual([own.buffer]);
  for (const data of [undefined, {}, [], { insertIds: [1] }, { fields: [{ name: "x" }] }]) {
    expect(ownBuffers(data)).toEqual([]);
  }
});
