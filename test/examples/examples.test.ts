import { execFile } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryPath } from "../support/temporary.js";

/** The examples as their readers run them, on the built package: each prints what its README says. */

const root = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLES = ["questions", "hybrid", "edge", "move"];
/** Run elsewhere: test:electron, test/clients/examples.test.ts. */
const OTHERS = ["electron", "testing"];

function block(readme: string, language: string): string {
  return new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "m").exec(readme)?.[1] ?? "";
}

describe("the examples", () => {
  it.each(EXAMPLES)("%s prints what it says", async (name) => {
    const folder = join(dirname(temporaryPath()), name);
    cpSync(join(root, "examples", name), folder, { recursive: true });
    mkdirSync(join(folder, "node_modules"));
    symlinkSync(root, join(folder, "node_modules/elanus"), "junction");
    const readme = readFileSync(join(folder, "README.md"), "utf8");
    const [command, ...given] = [
      ...block(readme, "sh")
        .trim()
        .matchAll(/"([^"]*)"|(\S+)/g),
    ].map(([, quoted, bare]) => quoted ?? bare ?? "");
    expect(command).toBe("node");
    const { stdout } = await promisify(execFile)(process.execPath, given, { cwd: folder });
    expect(stdout).toBe(block(readme, "text"));
  });

  it("quickstart goes through the whole life of a collection", async () => {
    const quickstart = join(root, "examples/quickstart/quickstart.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, ["--expose-gc", quickstart]);
    expect(stdout).toMatch(/^Done in [\d.]+ s\.$/m);
  });

  it("are all run, and all in the list", () => {
    const folders = readdirSync(join(root, "examples"), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
    expect(folders.sort()).toEqual([...EXAMPLES, ...OTHERS, "quickstart"].sort());
    const list = readFileSync(join(root, "examples/README.md"), "utf8");
    expect(folders.filter((name) => !list.includes(`| [${name}](${name}) |`))).toEqual([]);
  });
});
