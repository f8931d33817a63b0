// Checks the types of examples/electron, bundles it with each of the tools that Electron's applications are built with, packs it as
// that tool would, and starts what came of it. Electron itself is not there (npm fetches its types, not its program): a double takes its
// place on Node. `npm run smoke` in the example does the same in Electron.
//
//   node scripts/electron.mjs        after npm run build
import { execFileSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { root } from "./build/sources.mjs";

const tools = join(root, "tools/electron");
const requireTool = createRequire(join(tools, "package.json"));
const load = (path) => import(pathToFileURL(path).href);
const run = (args, cwd, env = {}) =>
  execFileSync(process.execPath, args, {
    cwd,
    encoding: "utf8",
    timeout: 600_000,
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ELECTRON_SKIP_BINARY_DOWNLOAD: "1", NODE_NO_WARNINGS: "1", ...env },
  });

if (!existsSync(join(tools, "node_modules"))) {
  const options = ["--ignore-scripts", "--legacy-peer-deps"];
  execFileSync("npm", ["ci", ...options], { cwd: tools, stdio: "inherit", shell: process.platform === "win32" });
}
const tool = (path) => join(tools, "node_modules", path);

const work = mkdtempSync(join(tmpdir(), "elanus-electron-"));
const app = join(work, "app");

/** The example with the packages that its reader would install: those of the tools are links, what is packed is copied. */
function checkout() {
  cpSync(join(root, "examples/electron"), app, { recursive: true });
  const modules = join(app, "node_modules");
  mkdirSync(join(modules, "@types"), { recursive: true });
  for (const name of ["@electron-forge", "electron", "electron-builder", "electron-vite", "vite", "webpack"]) {
    symlinkSync(tool(name), join(modules, name), "junction");
  }
  symlinkSync(join(root, "node_modules/@types/node"), join(modules, "@types/node"), "junction");
  for (const part of ["package.json", "dist"])
    cpSync(join(root, part), join(modules, "elanus", part), { recursive: true });
  cpSync(join(root, "node_modules/better-sqlite3"), join(modules, "better-sqlite3"), { recursive: true });
}

/** Bytes below a folder. */
function sizeOf(folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files.reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}

const inKilobytes = (bytes) => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;

/** Packs a folder as the tool does, starts it twice, and tells how large its parts are. */
async function packed(name, folder, unpack, bundles) {
  const asar = await load(requireTool.resolve("@electron/asar"));
  const archive = join(work, name, "app.asar");
  await asar.createPackageWithOptions(folder, archive, { unpack });
  const { main } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  rmSync(folder, { recursive: true });
  for (const options of [[], ["--utility"]]) {
    const data = mkdtempSync(join(work, "data-"));
    const start = [join(root, "test/electron/start.cjs"), join(archive, main), "--smoke", ...options];
    const env = { USER_DATA: data, ASAR_READER: requireTool.resolve("asar-node") };
    const said = run(["--experimental-vm-modules", ...start], work, env).trim();
    if (said !== "smoke: ok") throw new Error(`${name}: ${said}`);
  }
  const parts = Object.entries(bundles).map(([part, bytes]) => `${part} ${inKilobytes(bytes)}`);
  console.log(`${name}: ok; ${parts.join(", ")}, app.asar ${inKilobytes(statSync(archive).size)}`);
}

/** What electron-builder packs: what its configuration names, with the dependencies of package.json. */
async function withElectronVite() {
  run([tool("electron-vite/bin/electron-vite.js"), "build", "--logLevel", "warn"], app);
  const { validateConfiguration } = await load(tool("app-builder-lib/out/util/config/config.js"));
  const { load: readYaml } = await load(requireTool.resolve("js-yaml"));
  const config = readYaml(readFileSync(join(app, "electron-builder.yml"), "utf8"));
  await validateConfiguration(config, { isEnabled: false, add() {} });
  const folder = copyOf("electron-vite", ["package.json", "out", "node_modules/elanus", "node_modules/better-sqlite3"]);
  for (const name of config.files.filter((pattern) => pattern.startsWith("!"))) leaveOut(folder, name.slice(1));
  await packed("electron-vite, electron-builder", folder, `**/${config.asarUnpack[0]}`, {
    main: sizeOf(join(app, "out/main")),
    preload: sizeOf(join(app, "out/preload")),
    renderer: sizeOf(join(app, "out/renderer")),
    "elanus beside it": sizeOf(join(folder, "node_modules/elanus")),
  });
}

/** @param pattern `folder/{a,b}/**` */
function leaveOut(folder, pattern) {
  const [, place, names] = /^(.*)\/\{(.*)\}\/\*\*$/.exec(pattern);
  for (const name of names.split(",")) rmSync(join(folder, place, name), { recursive: true });
}

function copyOf(name, parts) {
  const folder = join(work, `${name}-packed`);
  for (const part of parts) cpSync(join(app, part), join(folder, part), { recursive: true });
  return folder;
}

/** What Electron Forge packs with its plugin for Vite: the bundles, and what its hook adds. */
async function withForge() {
  const { default: config } = await load(join(app, "with-forge/forge.config.mjs"));
  const [vite] = config.plugins;
  vite.setDirectories(app);
  vite.isProd = true;
  process.chdir(app);
  // Forge shows a list of tasks; they are done here without it.
  const list = { newListr: (tasks) => tasks };
  for (const { task } of [...(await vite.build(list)), ...(await vite.buildRenderer(list))]) await task({}, {});
  const folder = copyOf("forge", [".vite"]);
  await config.hooks.packageAfterCopy({}, folder);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ main: ".vite/main/main.js" }));
  await packed("forge", folder, config.packagerConfig.asar.unpack, {
    main: sizeOf(join(app, ".vite/main")),
    preload: sizeOf(join(app, ".vite/preload")),
    renderer: sizeOf(join(app, ".vite/renderer")),
  });
}

async function withWebpack() {
  process.chdir(app);
  const { default: webpack } = await load(requireTool.resolve("webpack"));
  const { default: config } = await load(join(app, "with-webpack/webpack.config.mjs"));
  const stats = await new Promise((resolve, reject) => {
    webpack(config, (error, done) => (error === null ? resolve(done) : reject(error)));
  });
  if (stats.hasErrors()) throw new Error(stats.toString("errors-only"));
  const folder = copyOf("webpack", ["dist", "node_modules/elanus", "node_modules/better-sqlite3"]);
  writeFileSync(join(folder, "package.json"), JSON.stringify({ main: "dist/main/main.js" }));
  await packed("webpack", folder, "**/node_modules/better-sqlite3/**", {
    main: sizeOf(join(app, "dist/main")),
    preload: sizeOf(join(app, "dist/preload")),
    renderer: sizeOf(join(app, "dist/renderer")),
  });
}

try {
  checkout();
  const compiler = join(root, "node_modules/typescript/bin/tsc");
  for (const project of ["tsconfig.json", "tsconfig.renderer.json"]) run([compiler, "-p", project], app);
  console.log("types of main, preload, utility and renderer: ok");
  for (const build of [withElectronVite, withForge, withWebpack]) await build();
} finally {
  process.chdir(root);
  rmSync(work, { recursive: true, force: true });
}
