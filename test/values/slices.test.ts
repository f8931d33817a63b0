import { afterEach, expect, it, vi } from "vitest";
import { after, nextTurn, soon } from "../../src/values/clock.js";
import { mapInSlices, Slices } from "../../src/values/slices.js";

afterEach(() => {
  vi.useRealTimers();
});

it("lets timers run between slices and asks after each pause whether to go on", async () => {
  let ticks = 0;
  let pauses = 0;
  const timer = setInterval(() => ticks++, 1);
  const busy = (value: number): number => {
    const end = performance.now() + 3;
    while (performance.now() < end);
    return value * 2;
  };
  const items = Array.from({ length: 40 }, (_, i) => i);
  const results = await mapInSlices(items, busy, () => pauses++);
  clearInterval(timer);
  expect(results).toEqual(items.map((i) => i * 2));
  expect(pauses).toBeGreaterThanOrEqual(5);
  expect(ticks).toBeGreaterThan(0);
});

it("stops when it may not go on", async () => {
  const slow = async (): Promise<unknown> =>
    mapInSlices(
      [1, 2, 3],
      () => {
        const end = performance.now() + 10;
        while (performance.now() < end);
      },
      () => {
        throw new Error("gone");
      },
    );
  await expect(slow()).rejects.toThrow("gone");
});

it("goes on under mocked timers", async () => {
  vi.useFakeTimers({ toFake: ["setImmediate", "setTimeout", "clearTimeout", "performance", "Date"] });
  const slices = new Slices(0);
  expect(slices.over).toBe(true);
  await slices.next();
  await nextTurn();
  await new Promise<void>((resolve) => soon(resolve));
  await new Promise<void>((resolve) => after(1, resolve));
});
