import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BoundedMap } from "../../src/values/bounded-map.js";

describe("a bounded map", () => {
  it("forgets what was used longest ago", () => {
    const map = new BoundedMap<string, number>({ entries: 2 });
    map.set("a", 1);
    map.set("b", 2);
    map.get("a");
    map.set("c", 3);
    expect([...map.keys()]).toEqual(["a", "c"]);
  });

  it("keeps values that are undefined", () => {
    const map = new BoundedMap<string, undefined>({ entries: 2 });
    let made = 0;
    const make = () => {
      made += 1;
      return undefined;
    };
    map.getOrMake("a", make);
    map.getOrMake("a", make);
    expect([made, map.has("a")]).toEqual([1, true]);
  });

  it("does not keep what alone is too heavy, and forgets the older value of its key", () => {
    const map = new BoundedMap<string, string>({ entries: 9, weight: 3, weigh: (value) => value.length });
    map.set("a", "xx");
    map.set("a", "xxxx");
    expect([map.size, map.weight, map.get("a")]).toEqual([0, 0, undefined]);
  });

  /** The model: a list of entries, longest unused first. */
  it("is a list with the two bounds", () => {
    const command = fc.record({
      kind: fc.constantFrom("set", "get", "delete", "make"),
      key: fc.nat(12),
      weight: fc.nat(12),
    });
    fc.assert(
      fc.property(fc.nat(6), fc.nat(20), fc.array(command, { maxLength: 60 }), (entries, weight, commands) => {
        const map = new BoundedMap<number, number>({ entries, weight, weigh: (value) => value });
        let model: [number, number][] = [];
        const total = (): number => model.reduce((sum, [, value]) => sum + value, 0);
        const set = (key: number, value: number): void => {
          model = model.filter(([k]) => k !== key);
          if (value > weight || entries < 1) return;
          model.push([key, value]);
          while (model.length > entries || total() > weight) model.shift();
        };
        for (const { kind, key, weight: value } of commands) {
          const known = model.find(([k]) => k === key);
          if (kind === "set") {
            map.set(key, value);
            set(key, value);
          } else if (kind === "delete") {
            expect(map.delete(key)).toBe(known !== undefined);
            model = model.filter(([k]) => k !== key);
          } else {
            const found = kind === "get" ? map.get(key) : map.getOrMake(key, () => value);
            if (known !== undefined) model = [...model.filter(([k]) => k !== key), known];
            else if (kind === "make") set(key, value);
            expect(found).toBe(known?.[1] ?? (kind === "make" ? value : undefined));
          }
          expect([...map.keys()]).toEqual(model.map(([k]) => k));
          expect([map.size, map.weight]).toEqual([model.length, total()]);
        }
      }),
    );
  });
});
