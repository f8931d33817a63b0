import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { operationPaths } from "../../src/engine/contract/table.js";

interface Row {
  readonly paths: readonly string[];
  readonly status: string;
}

/** The compatibility table: "`collections/` `list` `has`" names collections/list and collections/has. */
function compatibilityTable(): Row[] {
  const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8");
  const start = readme.indexOf("| endpoint (");
  const lines = readme.slice(start, readme.indexOf("\n\n", start)).split("\n").slice(2);
  return lines.map((line) => {
    const [, endpoints = "", status = ""] = line.split("|").map((cell) => cell.trim());
    let prefix = "";
    const paths: string[] = [];
    for (const [, name = ""] of endpoints.matchAll(/`([^`]+)`/g)) {
      if (name.endsWith("/")) prefix = name;
      else paths.push(prefix + name);
    }
    return { paths, status };
  });
}

describe("the compatibility table of the README", () => {
  const table = compatibilityTable();
  const served: readonly string[] = [...operationPaths].sort();

  it("says yes, partly or no of every endpoint", () => {
    expect(table.length).toBeGreaterThan(10);
    expect(table.filter((row) => !["yes", "partly", "no"].includes(row.status))).toEqual([]);
  });

  it("names every operation that is served, once, and no other", () => {
    const claimed = table.filter((row) => row.status !== "no").flatMap((row) => row.paths);
    expect([...claimed].sort()).toEqual(served);
  });

  it("names as missing only what is refused", () => {
    const missing = table.filter((row) => row.status === "no").flatMap((row) => row.paths);
    const wrong = missing.filter((path) =>
      path.endsWith("/*") ? served.some((operation) => operation.startsWith(path.slice(0, -1))) : served.includes(path),
    );
    expect(wrong).toEqual([]);
  });
});
