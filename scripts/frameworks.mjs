// Installs the frameworks that Elanus has adapters for, below tools/frameworks, and tries the adapters with them: against their
// declarations, from the built package by import and by require, in the programs of docs/frameworks.md, and in the tests of test/adapters.
//
//   node scripts/frameworks.mjs        after npm run build
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { root } from "./build/sources.mjs";

const tools = join(root, "tools/frameworks");
const page = readFileSync(join(root, "docs/frameworks.md"), "utf8");
const windows = process.platform === "win32";
const run = (command, args, cwd = root, shell = false) => execFileSync(command, args, { cwd, shell, stdio: "inherit" });
const link = (from, to) => symlinkSync(from, to, "junction");
const tool = (path, cwd, ...args) => run(process.execPath, [join(root, "node_modules", path), ...args], cwd);

if (!existsSync(join(tools, "node_modules"))) {
  // They ask for many peers, of which none is used here.
  run("npm", ["ci", "--ignore-scripts", "--legacy-peer-deps"], tools, windows);
}

tool("typescript/bin/tsc", root, "--noEmit", "-p", "tools/frameworks");
console.log("adapters, against the declarations of the frameworks: ok");

const work = mkdtempSync(join(tmpdir(), "elanus-frameworks-"));
try {
  cpSync(join(root, "test/adapters/consumer"), work, { recursive: true });
  writeFileSync(join(work, "package.json"), '{"name":"consumer","private":true}\n');
  const modules = join(work, "node_modules");
  // The package itself is copied: it looks for frameworks where it lies.
  for (const part of ["package.json", "dist"]) {
    cpSync(join(root, part), join(modules, "elanus", part), { recursive: true });
  }
  for (const name of ["@langchain", "@mastra", "ai"]) link(join(tools, "node_modules", name), join(modules, name));
  for (const name of ["@types", "better-sqlite3"]) link(join(root, "node_modules", name), join(modules, name));
  for (const file of ["use.mjs", "use.cjs"]) run(process.execPath, [file], work);
  for (const [, program, printed] of page.matchAll(/^```js\n([\s\S]*?)^```\n\n```text\n([\s\S]*?)^```/gm)) {
    writeFileSync(join(work, "page.mjs"), program);
    const told = execFileSync(process.execPath, ["page.mjs"], { cwd: work, encoding: "utf8" });
    if (told !== printed) throw new Error(`docs/frameworks.md: a program printed\n${told}`);
  }
  console.log("docs/frameworks.md: ok");
  const options = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2023", "--lib", "es2023,dom"];
  tool("typescript/bin/tsc", work, ...options, "--module", "nodenext", "--types", "node", "types.mts");
  console.log("types: ok");
} finally {
  rmSync(work, { recursive: true, force: true });
}

tool("vitest/vitest.mjs", root, "run", "--project", "slow", "test/adapters");
