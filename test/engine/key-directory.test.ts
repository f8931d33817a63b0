import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeyDirectory } from "../../src/engine/load/key-directory.js";

describe("the key directory", () => {
  it("agrees with a map through any sequence of changes", () => {
    const step = fc.oneof(
      { weight: 3, arbitrary: fc.record({ append: fc.integer({ min: 1, max: 900 }) }) },
      { weight: 3, arbitrary: fc.record({ removeEvery: fc.integer({ min: 1, max: 9 }), from: fc.nat({ max: 5000 }) }) },
      { weight: 1, arbitrary: fc.constant("clear" as const) },
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const directory = new KeyDirectory();
        const model = new Map<number, number>();
        let last = 0;
        for (const change of steps) {
          if (change === "clear") {
            directory.clear();
            model.clear();
          } else if ("append" in change) {
            for (let i = 0; i < change.append; i++) {
              last += 1 + (i % 3);
              directory.append(last, -last * 7);
              model.set(last, -last * 7);
            }
          } else {
            const gone = [...model.keys()].filter((id) => id >= change.from && id % change.removeEvery === 0);
            directory.remove([0, ...gone, last + 1, ...gone.slice(0, 3)]);
            for (const id of gone) model.delete(id);
          }
          for (let id = 0; id <= last + 1; id += 7) expect(directory.find(id)).toBe(model.get(id));
          for (const [id, key] of model) if (id % 5 === 0) expect(directory.find(id)).toBe(key);
          // 16 bytes a row, up to two of four places free or dead, and a least size.
          expect(directory.memoryBytes).toBeLessThanOrEqual(16 * Math.max(1024, model.size * 4 + 900 * 2));
        }
      }),
      { numRuns: 60 },
    );
  });

  it("does not grow with rows that are written again and again", () => {
    const directory = new KeyDirectory();
    const live: number[] = [];
    for (let rowId = 1; rowId <= 500_000; rowId++) {
      directory.append(rowId, rowId % 100);
      live.push(rowId);
      if (live.length > 100) directory.remove([live.shift() as number]);
    }
    expect(directory.memoryBytes).toBeLessThanOrEqual(16 * 1024);
    for (const rowId of live) expect(directory.find(rowId)).toBe(rowId % 100);
    expect(directory.find((live[0] as number) - 1)).toBeUndefined();
  });

  it("leaves out what is no safe number", () => {
    const directory = new KeyDirectory();
    directory.append(1, 10n);
    directory.append(2, "text");
    directory.append(3, 30);
    directory.remove([1, 2]);
    expect([1, 2, 3].map((id) => directory.find(id))).toEqual([undefined, undefined, 30]);
  });

  it("knows whether row ids and keys have one order", () => {
    const directory = new KeyDirectory();
    directory.append(1, 10);
    directory.append(3, 20);
    expect([directory.isAscending(2), directory.isAscending(3)]).toEqual([true, false]);
    directory.remove([1]);
    expect([directory.isAscending(1), directory.isAscending(2)]).toEqual([true, false]);
    directory.append(4, 15);
    expect(directory.isAscending(2)).toBe(false);
    directory.clear();
    directory.append(5, "text");
    expect(directory.isAscending(0)).toBe(false);
  });
});
