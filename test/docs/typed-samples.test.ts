import { expect, it } from "vitest";
import { compiled } from "../support/compiled.js";
import { pages, programs } from "./samples.js";

it("the TypeScript samples are typed", async () => {
  const samples = [...pages(), ...programs()].flatMap(({ name, ts }) =>
    ts.map(({ code }, i) => [`${name}-${i}.mts`, code] as const),
  );
  expect(await compiled(Object.fromEntries(samples))).toBe("");
});
