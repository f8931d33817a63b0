import { dirname } from "node:path";
import { format } from "node:util";
import { transform } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as elanus from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { type Page, pages, parseRequest, programs, SERVED } from "./samples.js";

/** Runs a program of a page. @returns what it prints */
async function printed(code: string): Promise<string> {
  const { code: js } = await transform(code, { loader: "ts", format: "esm", target: "es2023" });
  const body = js
    .replace(/import (\{[^}]*\}) from "elanus";/g, "const $1 = elanus;")
    .replace(/import (\w+) from "(node:\w+)";/g, 'const $1 = process.getBuiltinModule("$2");');
  const lines: string[] = [];
  const console = { log: (...values: unknown[]) => lines.push(format(...values)) };
  const run = new Function("elanus", "console", `return (async () => {${body}})();`);
  await run(elanus, console);
  return lines.map((line) => `${line}\n`).join("");
}

async function answers(page: Page): Promise<void> {
  const db = await elanus.Elanus.open(":memory:", SERVED);
  try {
    for (const sample of page.http) {
      const { path, headers, body } = parseRequest(sample);
      const response = await db.fetch(`http://localhost${path}`, { method: "POST", headers, body });
      expect(JSON.parse(await response.text()), body).toEqual(JSON.parse(sample.expected));
    }
  } finally {
    await db.close();
  }
}

describe.each(pages())("docs/milvus-3/$name", (page) => {
  it("has samples in every language", () => {
    for (const samples of [page.ts, page.http, page.python]) {
      expect(samples.length).toBeGreaterThan(0);
      for (const { code, expected } of samples) expect(expected, code).not.toBe("");
    }
  });

  it.each(page.ts)("prints what it says: TypeScript %#", async ({ code, expected }) => {
    expect(await printed(code)).toBe(expected);
  });

  it("answers what it says: REST", () => answers(page));
});

describe.each(programs())("docs/$name", ({ ts }) => {
  // What the programs call `app.db` lies in a folder of its own.
  const home = process.cwd();
  beforeEach(() => process.chdir(dirname(temporaryPath())));
  afterEach(() => process.chdir(home));

  it.each(ts)("prints what it says: TypeScript %#", async ({ code, expected }) => {
    expect(await printed(code)).toBe(expected);
  });
});
