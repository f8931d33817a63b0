import { execFile } from "node:child_process";
import { cpSync, mkdirSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryPath } from "../support/temporary.js";
import { answerOf, packagesOf, python, pythonWith, whySkipped } from "./harness/languages.js";

// The examples of elanus/testing as their reader would run them, on the built package. That of jest is run by test:layouts.

const root = fileURLToPath(new URL("../..", import.meta.url));
const example = (name: string) => join(root, "examples/testing", name);
const run = promisify(execFile);

async function printed(command: string, args: readonly string[], cwd = root): Promise<string> {
  const env = { ...process.env, NO_COLOR: "1", ELANUS: `${process.execPath} ${join(root, "dist/cli.js")}` };
  for (const name of Object.keys(env)) if (/^(?:VITEST|NODE_TEST)/.test(name)) Reflect.deleteProperty(env, name);
  try {
    const { stdout } = await run(command, [...args], { cwd, env });
    return stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`${args.join(" ")} failed:\n${stdout}${stderr}`, { cause: error });
  }
}

describe("the examples of elanus/testing", () => {
  it("run under node:test, and end by themselves", async () => {
    expect(await printed(process.execPath, ["--test", example("node-test/notes.test.mjs")])).toMatch(
      /pass 3\n.*fail 0/,
    );
  });

  it("run under vitest", async () => {
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    expect(
      await printed(process.execPath, [vitest, "run", "--testTimeout=300000", "--root", example("vitest")]),
    ).toContain("3 passed");
  });
});

const noNpm = whySkipped(answerOf("npm", "--version"), "npm");

describe.skipIf(noNpm !== "")(`the example with LangChain${noNpm}`, () => {
  it("runs under node:test", { timeout: 600_000 }, async () => {
    const packages = packagesOf(fileURLToPath(new URL("./applications/langchain-js", import.meta.url)));
    const folder = dirname(temporaryPath());
    const modules = join(folder, "node_modules");
    cpSync(example("langchain"), folder, { recursive: true });
    mkdirSync(modules, { recursive: true });
    for (const name of ["@langchain", "@zilliz"])
      symlinkSync(join(packages, "node_modules", name), join(modules, name));
    symlinkSync(root, join(modules, "elanus"), "junction");
    try {
      expect(await printed(process.execPath, ["--test", "store.test.mjs"], folder)).toMatch(/pass 1\n.*fail 0/);
    } finally {
      rmSync(modules, { recursive: true });
    }
  });
});

const noPython = whySkipped(python, "Python");

describe.skipIf(noPython !== "")(`the example of pytest${noPython}`, () => {
  it("runs with pymilvus", { timeout: 600_000 }, async () => {
    const interpreter = pythonWith(fileURLToPath(new URL("./python/requirements-pytest.txt", import.meta.url)));
    const args = ["-m", "pytest", "-q", "-p", "no:cacheprovider", example("pytest")];
    expect(await printed(interpreter, args)).toContain("2 passed");
  });
});
