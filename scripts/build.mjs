// Builds dist/: ES modules and declarations by tsc, CommonJS bundles by tsup, the command line entry.
//
// Files are overwritten in place and what this build did not write is removed at the end, so that
// a process that runs from dist/ meanwhile never finds it empty.
import { spawn } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const written = new Set();

/** Runs a package's own command with this Node; resolves to its exit code. */
function run(script, args) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "node_modules", script), ...args], {
      cwd: root,
      stdio: "inherit",
    });
    child.on("close", (code) => resolve(code ?? 1));
  });
}

function files(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function write(path, text, mode) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  if (mode !== undefined) chmodSync(path, mode);
  written.add(path);
}

/** What tsc writes for the sources: the rest of dist/esm is left over from an earlier build. */
function expectedEsm() {
  for (const source of files(join(root, "src"))) {
    if (!source.endsWith(".ts") || source.endsWith(".d.ts")) continue;
    const base = join(dist, "esm", relative(join(root, "src"), source).slice(0, -".ts".length));
    written.add(`${base}.js`).add(`${base}.d.ts`);
  }
}

/**
 * Declarations of internals that a type check of the public ones passes through must not ask users to install the
 * types of better-sqlite3: nothing public shows them, so they become unknown.
 */
function hideAddonTypes() {
  for (const file of written) {
    if (!file.endsWith(".d.ts") || !existsSync(file)) continue;
    const text = readFileSync(file, "utf8");
    const hidden = text.replace(/^import type \{ ([^}]*) \} from "better-sqlite3";$/gm, (_, names) =>
      names
        .split(",")
        .map((name) => `type ${name.trim()} = unknown;`)
        .join("\n"),
    );
    if (hidden !== text) writeFileSync(file, hidden);
  }
}

/** CommonJS sees the same declarations: copied below a package.json that says "commonjs", with one .d.cts per entry. */
function writeCjsDeclarations() {
  const esm = join(dist, "esm");
  const types = join(dist, "cjs", "types");
  for (const source of files(esm)) {
    if (!source.endsWith(".d.ts") || !written.has(source)) continue;
    const target = join(types, relative(esm, source));
    mkdirSync(dirname(target), { recursive: true });
    cpSync(source, target);
    written.add(target);
  }
  for (const [entry, module] of [
    ["index", "./types/index.js"],
    ["expr", "./types/expr/index.js"],
  ]) {
    if (existsSync(join(types, `${module.slice("./types/".length, -".js".length)}.d.ts`))) {
      write(join(dist, "cjs", `${entry}.d.cts`), `export * from "${module}";\n`);
    }
  }
}

write(join(dist, "cjs", "package.json"), '{"type":"commonjs"}\n');
const codes = await Promise.all([
  run("typescript/bin/tsc", ["-p", "tsconfig.build.json"]),
  run("tsup/dist/cli-default.js", []),
]);
expectedEsm();
hideAddonTypes();
writeCjsDeclarations();
for (const source of [
  ...files(join(root, "src")).filter((file) => file.endsWith("-worker.ts")),
  "index.ts",
  "expr.ts",
]) {
  written.add(join(dist, "cjs", `${basename(source, ".ts")}.cjs`));
}
write(join(dist, "cli.js"), '#!/usr/bin/env node\nimport "./esm/cli/main.js";\n', 0o755);
for (const file of files(dist)) if (!written.has(file)) rmSync(file);

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
if (codes.some((code) => code !== 0)) {
  console.error(`elanus ${version}: the build has errors`);
  process.exitCode = 1;
} else {
  console.log(`elanus ${version} built`);
}
