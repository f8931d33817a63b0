import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { documentation, errorsPage, errorsPath } from "../../scripts/docs/errors.mjs";
import { ErrorCatalogue } from "../../src/errors.js";

describe("the page of errors", () => {
  it("has a line of documentation for every kind: a sentence above its entry in src/error-catalogue", () => {
    const documented = documentation();
    expect(Object.keys(documented).sort()).toEqual(Object.keys(ErrorCatalogue).sort());
    expect(Object.keys(documented).filter((kind) => !/^\S.*[.)]$/.test(documented[kind] ?? ""))).toEqual([]);
  });

  it("is what `npm run docs:errors` makes of the catalogue", async () => {
    expect(readFileSync(errorsPath, "utf8")).toBe(await errorsPage());
  });
});
