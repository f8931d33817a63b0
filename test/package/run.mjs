// Packs the package as `npm publish` would and uses the tarball from outside the repository:
// by import, by require, without the optional addon, by its command, and by the type checker.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const MAX_PACKED_BYTES = 2_400_000;
const root = fileURLToPath(new URL("../..", import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "elanus-pack-"));

function run(command, args, cwd) {
  return execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
}

function pack() {
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const [packed] = JSON.parse(run(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", work], root));
  const unexpected = packed.files
    .map((file) => file.path)
    .filter((path) => !/^(dist\/.*|package\.json|README\.md|CHANGELOG\.md|LICENSE)$/.test(path));
  if (unexpected.length > 0) throw new Error(`packed by mistake: ${unexpected.join(", ")}`);
  if (packed.size > MAX_PACKED_BYTES) throw new Error(`the tarball has ${packed.size} bytes`);
  console.log(`packed ${packed.files.length} files, ${packed.size} bytes`);
  return join(work, packed.filename);
}

/** A project with the unpacked package; its dependencies are links to those of the repository. */
function project(name, tarball, without = []) {
  const folder = join(work, name);
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "elanus"), { recursive: true });
  run("tar", ["-xzf", tarball, "-C", join(modules, "elanus"), "--strip-components=1"], folder);
  for (const dependency of [
    ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
    "@types/node",
  ]) {
    const source = join(root, "node_modules", dependency);
    if (without.includes(dependency) || !existsSync(source)) continue;
    mkdirSync(dirname(join(modules, dependency)), { recursive: true });
    symlinkSync(source, join(modules, dependency), "junction");
  }
  cpSync(join(root, "test/package/consumer"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"name":"consumer","private":true}\n');
  return folder;
}

/** The first example of the README, as a user would paste it. */
function readmeExample() {
  const example = /```js\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"));
  if (example === null) throw new Error("the README has no example");
  return example[1];
}

try {
  const tarball = pack();
  const full = project("full", tarball);
  process.stdout.write(run(process.execPath, ["use.mjs"], full));
  process.stdout.write(run(process.execPath, ["use.cjs"], full));

  writeFileSync(join(full, "readme.mjs"), readmeExample());
  const printed = run(process.execPath, ["readme.mjs"], full);
  if (!printed.includes("id: 1, distance: 0.9939")) {
    throw new Error(`the README's example printed ${printed}`);
  }
  console.log("README example: ok");

  const bare = project("without-addon", tarball, ["hnswlib-node"]);
  process.stdout.write(`without hnswlib-node, ${run(process.execPath, ["use.mjs"], bare)}`);
  process.stdout.write(`without hnswlib-node, ${run(process.execPath, ["use.cjs"], bare)}`);

  const version = run(process.execPath, [join("node_modules/elanus", manifest.bin.elanus), "--version"], full).trim();
  if (!version.includes(manifest.version)) throw new Error(`elanus --version printed ${version}`);
  console.log(`command: ${version}`);

  const compiler = join(root, "node_modules/typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--exactOptionalPropertyTypes", "--target", "es2023", "--lib", "es2023"];
  options.push("--module", "nodenext", "--types", "node", "types.mts", "types.cts");
  run(process.execPath, [compiler, ...options], full);
  console.log("types: ok");
} finally {
  rmSync(work, { recursive: true, force: true });
}
