// Adds to package-lock.json the packages of other platforms that npm left out, and takes from it what `npm ci` does not read.
//
//   node scripts/complete-lock.mjs [package-lock.json...]     default: all that the repository has
//
// Behind a registry mirror that serves only its own platform, `npm install` writes a lock file without the optional
// packages it cannot see (@rollup/rollup-darwin-arm64 and its like), and `npm ci` then refuses that file everywhere.
// Name and version stand in the parent's optionalDependencies, the platform in the name. Run this after `npm install`.
// Licences, funding and engines are said by the packages themselves; with the spaces of npm's indent they were two fifths of all
// bytes of the lock files. So each package has one line.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const NOT_READ = ["engines", "funding", "license"];

const root = fileURLToPath(new URL("..", import.meta.url));
if (process.argv.length > 2) for (const path of process.argv.slice(2)) complete(path);
else {
  process.chdir(root);
  const own = execFileSync("git", ["ls-files", "*package-lock.json"], { encoding: "utf8" });
  for (const path of own.trim().split("\n")) complete(path);
}

/** True when Node, started in the package at `parent`, would find `name`. */
function resolves(packages, parent, name) {
  for (let base = parent; ; ) {
    if (packages[`${base === "" ? "" : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === "") return false;
    const cut = base.lastIndexOf("/node_modules/");
    base = cut < 0 ? "" : base.slice(0, cut);
  }
}

/** `@rollup/rollup-linux-arm-musleabihf` -> linux, arm, musl; undefined when the name tells no platform. */
function platformOf(name) {
  const match =
    /-(?<os>android|darwin|freebsd|linux|netbsd|openbsd|openharmony|win32|win|aix|sunos)-(?<cpu>[a-z0-9]+)(?:-(?<abi>[a-z]+))?$/.exec(
      name,
    );
  if (match === null) return undefined;
  const { os, cpu, abi = "" } = match.groups;
  const libc =
    os !== "linux" ? undefined : abi.startsWith("musl") ? "musl" : abi.startsWith("gnu") ? "glibc" : undefined;
  return { os: [os === "win" ? "win32" : os], cpu: [cpu], libc: libc === undefined ? undefined : [libc] };
}

function complete(path) {
  const lock = JSON.parse(readFileSync(path, "utf8"));
  const packages = lock.packages;
  const added = [];
  for (const [parent, entry] of Object.entries(packages)) {
    for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
      const platform = platformOf(name);
      // Parents of platform packages name one exact version.
      if (platform === undefined || !/^\d+\.\d+\.\d+$/.test(range) || resolves(packages, parent, name)) continue;
      // The order of keys is npm's.
      packages[`node_modules/${name}`] = {
        version: range,
        cpu: platform.cpu,
        dev: entry.dev,
        libc: platform.libc,
        optional: true,
        os: platform.os,
      };
      added.push(`${name}@${range}`);
    }
  }
  const sorted = Object.entries(packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(sorted);
  for (const entry of Object.values(lock.packages)) for (const key of NOT_READ) delete entry[key];
  writeFileSync(path, textOf(lock));
  console.log(`${path}: ${added.length} packages of other platforms added`);
}

/** JSON with a line for each package. */
function textOf({ packages, ...head }) {
  const lines = Object.entries(packages).map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  return `${JSON.stringify(head).slice(0, -1)},"packages":{\n${lines.join(",\n")}\n}}\n`;
}
