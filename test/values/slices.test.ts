import { afterEach, expect, it, vi } from "vitest";
import { after, nextTurn, soon } from "../../src/values/clock.js";
import { Slices } from "../../src/values/slices.js";

afterEach(() => {
  vi.useRealTimers();
});

it("are over after their time, and begin anew", async () => {
  let time = 100;
  const slices = new Slices(8, () => time);
  for (let pauses = 0; pauses < 3; pauses++) {
    time += 7;
    expect(slices.over).toBe(false);
    time += 1;
    expect(slices.over).toBe(true);
    time += 50;
    await slices.next();
  }
});

it("let timers run between them", async () => {
  let ticks = 0;
  const timer = setInterval(() => ticks++, 1);
  const slices = new Slices();
  for (let pauses = 0; pauses < 5; pauses++) {
    while (!slices.over);
    await slices.next();
  }
  clearInterval(timer);
  expect(ticks).toBeGreaterThan(0);
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
