import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { InputColumn } from "../../src/engine/contract/column.js";
import { vectorAt } from "../../src/engine/entities/batch.js";
import type { FieldSchema } from "../../src/engine/model/schema.js";
import { readField } from "../../src/engine/model/validate-fields.js";
import { type VectorSlot, vectorSlot } from "../../src/engine/write/vector-slots.js";

function slotOf(count: number, dim = "2"): VectorSlot {
  const field: FieldSchema = {
    ...readField({ fieldName: "v", dataType: "Int8", nullable: true }),
    type: "FloatVector",
    params: { dim },
    id: 101,
  };
  return vectorSlot(field, { field, timeZone: undefined, late: (error) => expect.unreachable(String(error)) }, count);
}

/** The first component of each row, or null. */
function shown(slot: VectorSlot, count: number): (number | null)[] {
  const vectors = slot.finish();
  return Array.from({ length: count }, (_, row) => {
    const bytes = vectorAt(vectors, row);
    return bytes === null ? null : new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  });
}
const stored = (first: number) => new Uint8Array(Float32Array.of(first, 0).buffer);

describe("the vectors of a batch", () => {
  it("are where they were put, in whatever order, and rows that were given none have none", () => {
    const rows = fc.array(fc.constantFrom("put", "keep", "nothing"), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(rows, fc.nat(), (how, seed) => {
        const slot = slotOf(how.length);
        const order = how.map((_, row) => row);
        // Functions come behind all rows that have a vector of their own.
        if (seed % 2 === 1) order.sort((a, b) => Number(how[a] === "keep") - Number(how[b] === "keep"));
        for (const row of order) {
          if (how[row] === "put") slot.put([row, 1], row);
          if (how[row] === "keep") slot.keep(stored(row), row);
        }
        const expected = how.map((each, row) => (each === "put" || each === "keep" ? row : null));
        expect(shown(slot, how.length)).toEqual(expected);
      }),
    );
  });

  it("are those of a column, with or without room for nulls", () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }), (present) => {
        const expected = present.map((is, row) => (is ? row : null));
        const valid = Uint8Array.from(present, Number);
        const cells = (rows: (number | null)[]) =>
          new Uint8Array(Float32Array.from(rows.flatMap((r) => [r ?? 0, 0])).buffer);
        for (const values of [cells(expected), cells(expected.filter((row) => row !== null))]) {
          const slot = slotOf(present.length);
          slot.take({ name: "v", type: "FloatVector", values, valid } satisfies InputColumn);
          expect(shown(slot, present.length)).toEqual(expected);
        }
      }),
    );
  });

  it("take memory for what there is", () => {
    const count = 10_000_000;
    const slot = slotOf(count, "32768");
    const vector = new Float32Array(32_768).fill(1);
    const wanted = [0, 5, 600, count - 1];
    for (const row of wanted) slot.put(vector, row);
    const vectors = slot.finish();
    const sizes = wanted.map((row) => vectorAt(vectors, row)?.length);
    expect([sizes, vectorAt(vectors, 1)]).toEqual([[131_072, 131_072, 131_072, 131_072], null]);
  });

  it("go beyond the room that is made at first", () => {
    const count = 1200;
    const slot = slotOf(count, "32768");
    for (let row = 0; row < count; row += 2) slot.put(new Float32Array(32_768).fill(row), row);
    expect(shown(slot, count)).toEqual(Array.from({ length: count }, (_, row) => (row % 2 === 0 ? row : null)));
  });
});
