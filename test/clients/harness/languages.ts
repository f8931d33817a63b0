import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where programs in other languages are built: with the packages of this checkout, so that what another one has left is not trusted. */
const cache =
  process.env["ELANUS_CLIENTS_CACHE"] ??
  fileURLToPath(new URL("../../../node_modules/.cache/clients", import.meta.url));

/** Why the clients of a language are not run, for the name of their tests; empty when they are. */
export function whySkipped(found: string | undefined, wanted: string): string {
  if (process.env["ELANUS_CLIENTS"] === undefined) return " (skipped: ELANUS_CLIENTS is not set)";
  return found === undefined ? ` (skipped: there is no ${wanted})` : "";
}

/** What a command says; undefined where there is no such command. */
export function answerOf(command: string, ...parameters: readonly string[]): string | undefined {
  try {
    return execFileSync(command, parameters, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trim();
  } catch {
    return undefined;
  }
}

/** A folder of the cache that depends on what is in some files; `make` fills it when it is not there. */
export function built(name: string, files: readonly string[], make: (folder: string) => void): string {
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  const folder = join(cache, `${name}-${hash.digest("hex").slice(0, 12)}`);
  const ready = join(folder, "ready");
  if (existsSync(ready)) return folder;
  mkdirSync(cache, { recursive: true });
  // Files of tests run beside each other: one makes it, the others wait.
  alone(`${folder}.lock`, () => {
    if (existsSync(ready)) return;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    make(folder);
    writeFileSync(ready, "");
  });
  return folder;
}

/** Does something while no other process does it under the same name. */
function alone(lock: string, work: () => void): void {
  while (!isTaken(lock)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  try {
    work();
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Takes a lock; also from a process that has ended. */
function isTaken(lock: string): boolean {
  try {
    writeFileSync(lock, String(process.pid), { flag: "wx" });
    return true;
  } catch {
    if (isLeft(lock)) rmSync(lock, { force: true });
    return false;
  }
}

function isLeft(lock: string): boolean {
  try {
    const owner = Number(readFileSync(lock, "utf8"));
    // Nothing is in it yet, or it has gone.
    if (owner > 0) process.kill(owner, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

/** Python 3.10 or newer, which the clients want; undefined where there is none. */
export const python: string | undefined = ["python3", "python"].find((command) => {
  const version = /^Python 3\.(\d+)/.exec(answerOf(command, "--version") ?? "")?.[1];
  return version !== undefined && Number(version) >= 10;
});

/** A virtual environment with exactly the packages of a requirements file. @returns its Python */
export function pythonWith(requirements: string): string {
  const folder = built("python", [requirements], (target) => {
    if (python === undefined) throw new Error("there is no Python");
    execFileSync(python, ["-m", "venv", join(target, "venv")], { stdio: "pipe" });
    const pip = join(target, "venv", "bin", "pip");
    execFileSync(pip, ["install", "--quiet", "--no-deps", "--requirement", requirements], { stdio: "pipe" });
  });
  return join(folder, "venv", "bin", "python");
}

/** The packages of a lock file, without the native ones that want to be compiled. @returns the folder they are in */
export function packagesOf(folder: string): string {
  const files = ["package.json", "package-lock.json"].map((name) => join(folder, name));
  return built(basename(folder), files, (target) => {
    for (const file of files) cpSync(file, join(target, basename(file)));
    // Applications ask for many peers, of which none is used here.
    const options = ["--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", "--silent"];
    execFileSync("npm", ["ci", ...options], { cwd: target, stdio: "pipe", shell: process.platform === "win32" });
  });
}
