// Builds the application, starts it in Electron twice, with the database in a worker thread and in a utility process, and ends with 0 if
// two windows could use it. In a checkout of Elanus the package is built and packed first.
//
//   npm run smoke                  the built files
//   npm run smoke -- --packaged    the application as electron-builder packs it, with its archive
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL(".", import.meta.url));
const checkout = join(folder, "../..");
const require = createRequire(import.meta.url);
const windows = process.platform === "win32";
const run = (command, args, cwd = folder) => execFileSync(command, args, { cwd, stdio: "inherit", shell: windows });
const inPackage = (name, path) => join(folder, "node_modules", name, path);

function isCheckout() {
  const manifest = join(checkout, "package.json");
  return existsSync(manifest) && JSON.parse(readFileSync(manifest, "utf8")).name === "elanus";
}

function install() {
  if (!isCheckout()) return run("npm", ["install"]);
  run("npm", ["ci"], checkout);
  run("npm", ["run", "build"], checkout);
  const packed = mkdtempSync(join(tmpdir(), "elanus-packed-"));
  run("npm", ["pack", "--ignore-scripts", "--pack-destination", packed], checkout);
  run("npm", ["install", "--no-save", join(packed, readdirSync(packed)[0])]);
  rmSync(packed, { recursive: true });
}

/** The program that is started, and what comes before its options. */
function built() {
  run(process.execPath, [inPackage("electron-vite", "bin/electron-vite.js"), "build"]);
  if (!process.argv.includes("--packaged")) return [require("electron"), folder];
  run(process.execPath, [inPackage("electron-builder", "cli.js"), "--dir"]);
  const release = join(folder, "dist");
  const [name] = readdirSync(release).filter((each) => /unpacked$|^mac/.test(each));
  if (name.startsWith("mac")) return [join(release, name, "elanus-notes.app/Contents/MacOS/elanus-notes")];
  return [join(release, name, windows ? "elanus-notes.exe" : "elanus-notes")];
}

install();
const [program, ...before] = built();
for (const where of [[], ["--utility"]]) {
  const data = mkdtempSync(join(tmpdir(), "elanus-smoke-"));
  const args = [...before, "--smoke", ...where, `--user-data-dir=${data}`];
  // A container has neither a screen nor the rights for the sandbox.
  const headless = process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY;
  const [command, ...rest] = headless ? ["xvfb-run", "-a", program, "--no-sandbox", ...args] : [program, ...args];
  const { status, error } = spawnSync(command, rest, { stdio: "inherit", timeout: 180_000 });
  rmSync(data, { recursive: true, force: true });
  if (status !== 0) throw new Error(`the application ended with ${status ?? error}`);
}
console.log("smoke: ok in a worker thread and in a utility process");
