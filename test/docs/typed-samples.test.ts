import { expect, it } from "vitest";
import { compiled } from "../support/compiled.js";
import { pages } from "./samples.js";

it("the TypeScript samples of docs/milvus-3 are typed", { timeout: 120_000 }, async () => {
  const programs = pages().flatMap(({ name, ts }) => ts.map(({ code }, i) => [`${name}-${i}.mts`, code] as const));
  expect(await compiled(Object.fromEntries(programs))).toBe("");
});
