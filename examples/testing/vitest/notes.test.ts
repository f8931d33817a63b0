// npx vitest run --root examples/testing/vitest
import { describe, expect } from "vitest";
import { test } from "./fixture.js";

describe("notes", () => {
  test("are found by what they are about", async ({ notes }) => {
    await notes.add("sailing", [1, 0, 0]);
    await notes.add("cooking", [0, 1, 0]);
    expect(await notes.find([0.9, 0.1, 0], 1)).toEqual(["sailing"]);
  });

  test("are none at the beginning of a test", async ({ notes }) => {
    expect(await notes.find([1, 0, 0])).toEqual([]);
  });

  test("are added again where the server is busy", async ({ milvus, notes }) => {
    const busy = milvus.fail("entities/insert", { code: 8, times: 2 });
    const calls = milvus.record();
    await notes.add("sailing", [1, 0, 0]);
    expect(busy.hits).toBe(2);
    expect(calls.filter(({ operation }) => operation === "entities/insert").map(({ code }) => code)).toEqual([8, 8, 0]);
  });
});
