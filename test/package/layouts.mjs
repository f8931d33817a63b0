// Packs the package as `npm publish` would and runs an application that uses it in every layout an application can
// have: plain, bundled, in an archive, under a test runner, from TypeScript. Everywhere graphs must be built in a
// worker thread, and `worker: true` must work.
//
//   node test/package/layouts.mjs [part of a layout's name...]
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const tools = join(root, "tools/layouts");
const IN_WORKERS = "worker, worker";
/** A run from the sources has no code for threads: it says so and goes on, and refuses what it cannot do. */
const WITHOUT_WORKERS = "main thread, NoWorker; warned: ELANUS_NO_BUILD_WORKER";

const npm = process.platform === "win32" ? "npm.cmd" : "npm";
const work = mkdtempSync(join(tmpdir(), "elanus-layouts-"));
const tool = (name) => import(pathToFileURL(createRequire(join(tools, "package.json")).resolve(name)).href);
const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

if (!existsSync(join(tools, "node_modules"))) run(npm, ["ci"], tools);

function unpacked() {
  const [{ filename }] = JSON.parse(run(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", work], root));
  const folder = join(work, "package");
  run("tar", ["-xzf", join(work, filename), "-C", work], work);
  return folder;
}
const packageFolder = unpacked();

/** A folder with the application in it and the packages it has installed. */
function application(name, packages = ["elanus", "better-sqlite3"]) {
  const folder = join(work, name.replace(/\W+/g, "-"));
  mkdirSync(join(folder, "node_modules"), { recursive: true });
  cpSync(join(root, "test/package/application"), folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), '{"name":"application","private":true}\n');
  for (const each of packages) {
    const source = each === "elanus" ? packageFolder : join(root, "node_modules", each);
    cpSync(source, join(folder, "node_modules", each), { recursive: true });
  }
  return folder;
}

/** Where a bundle is run: elsewhere, with nothing but what an installation of the bundle brings. */
function deployed(name, from, files, packages) {
  const folder = application(`${name} deployed`, packages);
  for (const file of ["store.mjs", "main.mjs", "main-cjs.mjs"]) rmSync(join(folder, file));
  for (const file of files) cpSync(join(from, file), join(folder, file), { recursive: true });
  return folder;
}

/** Runs a program to its end. @returns the last line it printed */
function start(folder, args, env = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, STORE: join(folder, "app.db"), NODE_NO_WARNINGS: "1", ...env },
  });
  if (status !== 0) throw new Error(`${args.join(" ")} ended with ${status}:\n${stdout}${stderr}`);
  return /said: (.*)/.exec(stdout + stderr)?.[1] ?? stdout.trim().split("\n").at(-1);
}

const NATIVE = ["better-sqlite3"];
const BOTH = ["elanus", "better-sqlite3"];

/** Bundles with esbuild; `packages` is what stays outside. */
async function withEsbuild(name, format, outside) {
  const esbuild = await tool("esbuild");
  const folder = application(name);
  const file = format === "esm" ? "bundle.mjs" : "bundle.cjs";
  await esbuild.build({
    absWorkingDir: folder,
    entryPoints: [format === "esm" ? "main.mjs" : "main-cjs.mjs"],
    bundle: true,
    platform: "node",
    format,
    external: outside,
    outfile: file,
    logLevel: "error",
  });
  return start(deployed(name, folder, [file], [...new Set([...outside, ...NATIVE])]), [file]);
}

async function withRollup(name, format, outside) {
  const { rollup } = await tool("rollup");
  const { nodeResolve } = await tool("@rollup/plugin-node-resolve");
  const { default: commonjs } = await tool("@rollup/plugin-commonjs");
  const folder = application(name);
  const bundle = await rollup({
    input: join(folder, format === "es" ? "main.mjs" : "main-cjs.mjs"),
    external: (id) => id.startsWith("node:") || outside.includes(id),
    plugins: [nodeResolve({ preferBuiltins: true }), commonjs()],
    onwarn() {},
  });
  await bundle.write({
    dir: join(folder, "out"),
    format,
    entryFileNames: format === "es" ? "[name].mjs" : "[name].cjs",
    chunkFileNames: format === "es" ? "[name].mjs" : "[name].cjs",
  });
  const entry = format === "es" ? "out/main.mjs" : "out/main-cjs.cjs";
  return start(deployed(name, folder, ["out"], [...new Set([...outside, ...NATIVE])]), [entry]);
}

async function withVite(name, noExternal) {
  const { build } = await tool("vite");
  const folder = application(name);
  await build({
    root: folder,
    logLevel: "error",
    configFile: false,
    ssr: noExternal ? { noExternal: true, external: [] } : {},
    build: { ssr: "main.mjs", outDir: "out", rollupOptions: { output: { entryFileNames: "[name].mjs" } } },
  });
  return start(deployed(name, folder, ["out"], noExternal ? NATIVE : BOTH), ["out/main.mjs"]);
}

async function withWebpack(name, module, outside) {
  const { default: webpack } = await tool("webpack");
  const folder = application(name);
  const stats = await new Promise((resolve, reject) => {
    webpack(
      {
        context: folder,
        entry: module ? "./main.mjs" : "./main-cjs.mjs",
        mode: "production",
        target: "node22",
        externals: outside.map((each) => ({ [each]: `${module ? "module" : "commonjs"} ${each}` })),
        output: module
          ? {
              path: join(folder, "out"),
              filename: "main.mjs",
              chunkFilename: "[name].mjs",
              module: true,
              library: { type: "module" },
            }
          : {
              path: join(folder, "out"),
              filename: "main.cjs",
              chunkFilename: "[name].cjs",
              library: { type: "commonjs2" },
            },
        experiments: { outputModule: module },
      },
      (error, done) => (error === null ? resolve(done) : reject(error)),
    );
  });
  if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
  // import.meta.url has become the place on the machine that built the bundle, which users do not have.
  rmSync(join(folder, "node_modules"), { recursive: true });
  const entry = module ? "out/main.mjs" : "out/main.cjs";
  return start(deployed(name, folder, ["out"], [...new Set([...outside, ...NATIVE])]), [entry]);
}

/** An archive as Electron reads it, with the native package unpacked beside it; asar-node stands in for Electron. */
async function inArchive(name, format) {
  const asar = await tool("@electron/asar");
  const folder = application(name);
  await (await tool("esbuild")).build({
    absWorkingDir: folder,
    entryPoints: ["store.mjs"],
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["elanus"],
    outfile: "store.cjs",
  });
  writeFileSync(
    join(folder, "start.cjs"),
    format === "require"
      ? 'require("./store.cjs").use(process.env.STORE).then(console.log);\n'
      : 'import("./main.mjs");\n',
  );
  const out = join(work, `${name.replace(/\W+/g, "-")}-out`);
  mkdirSync(out);
  await asar.createPackageWithOptions(folder, join(out, "app.asar"), { unpackDir: "node_modules/better-sqlite3" });
  rmSync(folder, { recursive: true });
  const reader = createRequire(join(tools, "package.json")).resolve("asar-node");
  writeFileSync(
    join(out, "electron.cjs"),
    `require(${JSON.stringify(reader)}).register(); require("./app.asar/start.cjs");\n`,
  );
  return start(out, ["electron.cjs"]);
}

async function withJest(name) {
  const folder = application(name);
  await (await tool("esbuild")).build({
    absWorkingDir: folder,
    entryPoints: ["store.mjs"],
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["elanus"],
    outfile: "store.cjs",
  });
  writeFileSync(join(folder, "jest.config.cjs"), 'module.exports = { testMatch: ["**/runner.test.cjs"] };\n');
  return start(folder, [join(tools, "node_modules/jest/bin/jest.js"), "--silent=false"]);
}

async function withVitest(name, pool) {
  const folder = application(name);
  symlinkSync(join(tools, "node_modules/vitest"), join(folder, "node_modules/vitest"), "junction");
  const config = { test: { include: ["runner.test.mjs"], pool } };
  writeFileSync(join(folder, "vitest.config.mjs"), `export default ${JSON.stringify(config)};\n`);
  return start(folder, [join(tools, "node_modules/vitest/vitest.mjs"), "run"]);
}

/** An example of elanus/testing with the packages that its reader would install. */
function withExample(name, folder, runner) {
  const place = application(name, BOTH);
  const own = join(place, folder);
  cpSync(join(root, "examples/testing", folder), own, { recursive: true });
  cpSync(join(root, "examples/testing/notes.mjs"), join(place, "notes.mjs"));
  mkdirSync(join(place, "node_modules/@zilliz"), { recursive: true });
  for (const each of ["@zilliz/milvus2-sdk-node", "vitest"]) {
    const source = each === "vitest" ? join(tools, "node_modules/vitest") : join(root, "node_modules", each);
    symlinkSync(source, join(place, "node_modules", each), "junction");
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, runner(own), {
    cwd: own,
    encoding: "utf8",
    timeout: 600_000,
    env: { ...process.env, NO_COLOR: "1" },
  });
  // A runner that had to end what was left open says so, and fails no test.
  const left = /did not exit|open handle|force exited/i.exec(stdout + stderr);
  const passed = /^ *Tests:? .*$/m
    .exec(stdout + stderr)?.[0]
    .trim()
    .replace(/ +/g, " ");
  return status === 0 && left === null ? passed : `${stdout}${stderr}`;
}

function withTsx(name, extension, elanus) {
  const folder = application(name);
  const source = readFileSync(join(folder, "store.mjs"), "utf8");
  writeFileSync(join(folder, `store.${extension}`), source.replace('"elanus"', JSON.stringify(elanus)));
  writeFileSync(
    join(folder, `main.${extension}`),
    `import { use } from "./store.${extension.replace("ts", "js")}";\nuse(process.env["STORE"] as string).then(console.log);\n`,
  );
  return start(folder, [join(tools, "node_modules/tsx/dist/cli.mjs"), `main.${extension}`]);
}

const LAYOUTS = {
  "plain, import": (name) => start(application(name), ["main.mjs"]),
  "plain, require": async (name) => {
    const folder = application(name);
    const source = readFileSync(join(folder, "store.mjs"), "utf8");
    const commonJs = source
      .replace('import { Elanus } from "elanus";', 'const { Elanus } = require("elanus");')
      .replace("export async function use", "async function use");
    writeFileSync(join(folder, "main.cjs"), `${commonJs}\nuse(process.env.STORE).then(console.log);\n`);
    return start(folder, ["main.cjs"]);
  },
  "esbuild, inlined, ESM": (name) => withEsbuild(name, "esm", []),
  "esbuild, inlined, CommonJS": (name) => withEsbuild(name, "cjs", []),
  "esbuild, external, ESM": (name) => withEsbuild(name, "esm", BOTH),
  "esbuild, external, CommonJS": (name) => withEsbuild(name, "cjs", BOTH),
  "rollup, inlined, ESM": (name) => withRollup(name, "es", []),
  "rollup, inlined, CommonJS": (name) => withRollup(name, "cjs", []),
  "rollup, external, ESM": (name) => withRollup(name, "es", BOTH),
  "vite, inlined": (name) => withVite(name, true),
  "vite, external": (name) => withVite(name, false),
  "webpack, inlined, CommonJS": (name) => withWebpack(name, false, []),
  "webpack, inlined, ESM": (name) => withWebpack(name, true, []),
  "webpack, external, CommonJS": (name) => withWebpack(name, false, BOTH),
  "asar, addon unpacked, require": (name) => inArchive(name, "require"),
  jest: (name) => withJest(name),
  "vitest, forks": (name) => withVitest(name, "forks"),
  "vitest, threads": (name) => withVitest(name, "threads"),
  "vitest, vmForks": (name) => withVitest(name, "vmForks"),
  "vitest, vmThreads": (name) => withVitest(name, "vmThreads"),
  "elanus/testing, jest": (name) =>
    withExample(name, "jest", () => [
      "--experimental-vm-modules",
      join(tools, "node_modules/jest/bin/jest.js"),
      "--detectOpenHandles",
    ]),
  "elanus/testing, vitest": (name) =>
    withExample(name, "vitest", () => [join(tools, "node_modules/vitest/vitest.mjs"), "run"]),
  "tsx, ESM": (name) => withTsx(name, "mts", "elanus"),
  "tsx, CommonJS": (name) => withTsx(name, "cts", "elanus"),
  "tsx, from the sources": (name) => withTsx(name, "mts", join(root, "src/index.ts")),
};

/** What a runner says of its example. */
const EXAMPLES = {
  "elanus/testing, jest": "Tests: 4 passed, 4 total",
  "elanus/testing, vitest": "Tests 3 passed (3)",
};

const wanted = process.argv.slice(2);
let failed = 0;
try {
  for (const [name, layout] of Object.entries(LAYOUTS)) {
    if (wanted.length > 0 && !wanted.some((part) => name.includes(part))) continue;
    const expected = EXAMPLES[name] ?? (name.endsWith("from the sources") ? WITHOUT_WORKERS : IN_WORKERS);
    let said;
    try {
      said = await layout(name);
    } catch (error) {
      said = error.message;
    }
    const right = said === expected;
    if (!right) failed++;
    console.log(`${right ? "ok" : "FAILED"}  ${name}: ${said}`);
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
if (failed > 0) {
  console.error(`${failed} layouts failed`);
  process.exitCode = 1;
}
