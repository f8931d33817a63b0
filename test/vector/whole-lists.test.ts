import fc from "fast-check";
import { expect, it } from "vitest";
import { elementId } from "../../src/engine/vector/lists/element-ids.js";
import { WholeLists } from "../../src/engine/vector/lists/whole-lists.js";
import type { Part } from "../../src/engine/vector/part.js";

/** Lists come with so many vectors, or some of those that are there go. */
const step = fc.oneof(
  fc.record({ come: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 6 }) }),
  fc.record({ go: fc.array(fc.nat(), { minLength: 1, maxLength: 4 }) }),
);

it("lists of a part are those whose vectors are there, whatever comes and goes between two looks", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const ids: number[] = [];
      const removed = new Set<number>();
      let lists: { readonly rowId: number; readonly ordinals: readonly number[] }[] = [];
      const part = {
        get ids() {
          return Float64Array.from(ids);
        },
        get rows() {
          return ids.length;
        },
        get tombstones() {
          return removed.size;
        },
        isRemoved: (ordinal: number) => removed.has(ordinal),
      } as unknown as Part;
      const whole = new WholeLists();
      for (const [at, one] of steps.entries()) {
        if ("come" in one) {
          for (const [i, length] of one.come.entries()) {
            const rowId = at * 10 + i + 1;
            const first = ids.length;
            for (let position = 0; position < length; position++) ids.push(elementId(rowId, position));
            lists.push({ rowId, ordinals: Array.from({ length }, (_, position) => first + position) });
          }
        } else {
          const gone = new Set(one.go.flatMap((n) => lists[n % Math.max(1, lists.length)] ?? []));
          for (const { ordinals } of gone) for (const ordinal of ordinals) removed.add(ordinal);
          lists = lists.filter((each) => !gone.has(each));
        }
        const { rowIds, ordinals, starts } = whole.of(part);
        const found = rowIds.map((rowId, i) => ({ rowId, ordinals: [...ordinals.subarray(starts[i], starts[i + 1])] }));
        expect(found).toEqual(lists);
        expect(starts.at(-1)).toBe(ordinals.length);
      }
    }),
  );
});
