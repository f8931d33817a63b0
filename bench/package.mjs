// What a user of the packed package waits for: the installation, the first import, a command.
//
//   node bench/package.mjs [tarball...]
//
// Each tarball (default: `npm pack` of this repository) is installed into an empty project, with npm's cache filled
// first: the network is not what is measured. Then the package is imported, required and run, each in processes of its
// own, the tarballs in turn. Prints medians as JSON.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";

const INSTALLS = Number(process.env.INSTALLS ?? 3);
const STARTS = Number(process.env.STARTS ?? 15);
const root = join(import.meta.dirname, "..");
const work = mkdtempSync(join(tmpdir(), "elanus-package-"));
const npm = process.platform === "win32" ? "npm.cmd" : "npm";

function median(list) {
  return [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

function timed(command, args, cwd) {
  const start = performance.now();
  const { status, stderr } = spawnSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return performance.now() - start;
}

/** Milliseconds that a program prints as its last line: without the start of Node itself. */
function printed(args, cwd) {
  return Number(execFileSync(process.execPath, args, { cwd, encoding: "utf8" }).trim().split("\n").at(-1));
}

function project(name) {
  const folder = join(work, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  // Packages that must be compiled are: npm would leave them without a binary.
  const allowScripts = { "better-sqlite3": true, "hnswlib-node": true };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "user", private: true, allowScripts }));
  return folder;
}

function packed() {
  const [{ filename }] = JSON.parse(
    execFileSync(npm, ["pack", "--json", "--ignore-scripts", "--pack-destination", work], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }),
  );
  return join(work, filename);
}

const IMPORT = "const t = performance.now(); await import('elanus'); console.log(performance.now() - t);";
const REQUIRE = "const t = performance.now(); require('elanus'); console.log(performance.now() - t);";

try {
  const tarballs = process.argv.length > 2 ? process.argv.slice(2).map((file) => resolve(file)) : [packed()];
  const rows = tarballs.map((tarball, i) => ({
    tarball,
    i,
    install: [],
    import: [],
    require: [],
    command: [],
    node: [],
  }));
  const install = (row) => {
    const folder = project(`${row.i}`);
    const ms = timed(npm, ["install", "--no-audit", "--no-fund", "--prefer-offline", row.tarball], folder);
    row.folder = folder;
    return ms;
  };
  const commandOf = ({ folder }) => join(folder, "node_modules/elanus/dist/cli.js");
  for (const row of rows) install(row);
  for (let n = 0; n < INSTALLS; n++) for (const row of rows) row.install.push(install(row));
  for (const row of rows) {
    writeFileSync(join(row.folder, "import.mjs"), IMPORT);
    writeFileSync(join(row.folder, "require.cjs"), REQUIRE);
    // A file that is not there is made by `create` alone.
    const made = ["collections", "create", "--collection-name", "book", "--dimension", "4", "--path", "app.db"];
    timed(process.execPath, [commandOf(row), ...made], row.folder);
    row.packages = Object.keys(
      JSON.parse(readFileSync(join(row.folder, "node_modules/.package-lock.json"), "utf8")).packages,
    ).length;
  }
  for (let n = 0; n < STARTS; n++) {
    for (const row of rows) {
      row.import.push(printed(["import.mjs"], row.folder));
      row.require.push(printed(["require.cjs"], row.folder));
      row.command.push(
        timed(process.execPath, [commandOf(row), "collections", "list", "--path", "app.db"], row.folder),
      );
      row.node.push(timed(process.execPath, ["-e", "0"], row.folder));
    }
  }
  for (const row of rows) {
    const ms = (list) => Math.round(median(list));
    console.log(
      JSON.stringify({
        tarball: basename(row.tarball),
        node: process.version,
        cores: cpus().length,
        installSeconds: Number((median(row.install) / 1000).toFixed(2)),
        packages: row.packages,
        importMs: ms(row.import),
        requireMs: ms(row.require),
        commandMs: ms(row.command),
        nodeItselfMs: ms(row.node),
      }),
    );
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
