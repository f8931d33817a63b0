import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { jsonText } from "../../src/values/json-text.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

describe("the text of JSON", () => {
  it("of millions of small values takes no more room than its characters", () => {
    const used = (): number => {
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const list = Array.from({ length: 1_000_000 }, (_, i) => i % 10);
    const object = Object.fromEntries(list.map((item, i) => [`k${i}`, item]));
    for (const given of [list, object]) {
      const before = used();
      const text = jsonText(given);
      expect(used() - before).toBeLessThan(2 * text.length + 1_000_000);
      expect(text).toBe(JSON.stringify(given));
    }
  });
});
