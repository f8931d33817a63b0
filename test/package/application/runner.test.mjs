import { expect, test } from "vitest";
import { use } from "./store.mjs";

test("a store lives", { timeout: 300_000 }, async () => {
  const said = await use(process.env.STORE);
  console.log(`said: ${said}`);
  expect(said).not.toBe("");
});
