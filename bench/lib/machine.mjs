import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { dirname } from "node:path";

/** What the figures were measured on. `packages` are resolved from `from` (a file URL). */
export function machine(from, packages) {
  const require = createRequire(from);
  const versions = {};
  for (const name of packages) versions[name] = versionOf(require, name);
  return {
    cpu: cpus()[0]?.model ?? "",
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    node: process.versions.node,
    compiler: firstLine("g++", ["--version"]),
    commit: firstLine("git", [
      "-C",
      dirname(process.env.ELANUS ?? import.meta.filename),
      "rev-parse",
      "--short",
      "HEAD",
    ]),
    versions,
  };
}

function versionOf(require, name) {
  for (const folder of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${folder}/${name}/package.json`, "utf8")).version;
    } catch {
      // the next folder
    }
  }
  return undefined;
}

function firstLine(command, args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).split("\n")[0];
  } catch {
    return undefined;
  }
}
