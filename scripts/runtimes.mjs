// Runs tests on the other runtimes that the README names, in the versions that tools/runtimes locks.
//
//   node scripts/runtimes.mjs [old | node-22 | node-26 | bun | deno ...]      default: all
//
// On Node the whole suite, on Bun and Deno its core folders; runtimes that are too old must say so. Prints one line per
// runtime, and what failed. When RUNTIMES_SECONDS is given, with SUITE_REPORT and SUITE_SECONDS for what the whole suite
// takes here, what does not fit into that time is left out, and a line says so.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { planRuntimes } from "./runtimes/plan.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const tools = join(root, "tools/runtimes");
const reports = mkdtempSync(join(tmpdir(), "elanus-runtimes-"));

/** What does not depend on how a runtime starts programs or serves sockets. */
const CORE = [
  "values",
  "expr",
  "model",
  "catalog",
  "vector",
  "text",
  "query",
  "engine",
  "operations",
  "access",
  "write",
  "snapshots",
  "shared",
].map((folder) => `test/${folder}`);
/** Of the core what is about Node itself: its flags, and when its garbage collector returns memory; and what takes long by itself. */
const NODE_ONLY = [
  "test/shared/killed-owners.test.ts",
  "test/values/json-memory.test.ts",
  "test/engine/memory.test.ts",
  "test/vector/release.test.ts",
  "test/vector/main-thread.test.ts",
];
const core = [...CORE.filter((folder) => existsSync(join(root, folder))), ...excluding(NODE_ONLY)];

/** Names the tests that passed at the second try only. */
const UNSTABLE = join(root, "scripts/ci/unstable.mjs");

const TIMEOUT_MS = 15 * 60_000;

const RUNTIMES = {
  "node-22": { command: ["node-22/bin/node"], tests: [] },
  "node-26": { command: ["node-26/bin/node"], tests: [] },
  // Vitest's forks and its isolation need parts of Node that Bun lacks: one process per folder instead.
  bun: { command: ["@oven/bun-linux-x64/bin/bun"], tests: [...core, "--pool=threads", "--no-isolate"], apart: true },
  deno: { command: ["@deno/linux-x64-glibc/deno", "run", "-A"], tests: core },
};

/** Installs the runtimes. False where there are none for this platform. */
function install() {
  if (process.platform !== "linux" || process.arch !== "x64") return false;
  const installed = join(tools, "node_modules/.package-lock.json");
  const current = existsSync(installed) && versions(installed) === versions(join(tools, "package-lock.json"));
  if (!current) {
    const { status } = spawnSync("npm", ["ci", "--no-audit", "--no-fund"], {
      cwd: tools,
      stdio: ["ignore", "ignore", "inherit"],
    });
    if (status !== 0) throw new Error("the runtimes of tools/runtimes cannot be installed");
  }
  return true;
}

function versions(lock) {
  const { packages } = JSON.parse(readFileSync(lock, "utf8"));
  return Object.entries(packages)
    .filter(([path]) => path !== "")
    .map(([path, { version }]) => `${path} ${version}`)
    .sort()
    .join("\n");
}

/** Runtimes whose Node-API is too old: the addon of SQLite would end the process with a segmentation fault. */
const OLD = ["node-20", "node-22-13"];

/** @returns true when the built package refuses an old runtime in words, by import, by require and as a command */
function refuses(name) {
  const program = join(tools, "node_modules", name, "bin/node");
  const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.trim();
  const words = `Elanus needs Node 22.14 or newer, this is Node ${version.slice(1)}`;
  const tell = 'Elanus.open(":memory:").catch((error) => console.log(error.kind, error.message))';
  const ways = {
    import: [
      "--input-type=module",
      "-e",
      `import { Elanus } from ${JSON.stringify(join(root, "dist/esm/index.js"))}; ${tell}`,
    ],
    require: ["-e", `const { Elanus } = require(${JSON.stringify(join(root, "dist/cjs/index.js"))}); ${tell}`],
    command: [join(root, "dist/cli.js"), "databases", "create", "--db-name", "any", "--path", join(reports, "old.db")],
  };
  const wrong = Object.entries(ways).filter(([way, args]) => {
    const { status, signal, stdout } = spawnSync(program, args, { encoding: "utf8" });
    return signal !== null || status !== (way === "command" ? 1 : 0) || !stdout.includes(words);
  });
  const said =
    wrong.length === 0 ? "refused in words" : `not refused in words by ${wrong.map(([way]) => way).join(", ")}`;
  console.log(`${wrong.length === 0 ? "ok" : "FAILED"}  ${name} (${version}): ${said}`);
  return wrong.length === 0;
}

function plan(names) {
  const { SUITE_REPORT, SUITE_SECONDS, RUNTIMES_SECONDS } = process.env;
  return planRuntimes({
    runtimes: names.map((name) => ({ name, whole: RUNTIMES[name].tests.length === 0, isCore })),
    root,
    report: SUITE_REPORT,
    suiteSeconds: Number(SUITE_SECONDS),
    seconds: Number(RUNTIMES_SECONDS),
  });
}

function isCore(path) {
  return CORE.some((folder) => path.startsWith(`${folder}/`)) && !NODE_ONLY.includes(path);
}

/** @returns true when all tests passed */
async function run(name, part, leftOut) {
  const { command, tests, apart } = RUNTIMES[name];
  const [program, ...flags] = [join(tools, "node_modules", command[0]), ...command.slice(1)];
  const start = performance.now();
  const selected = part === "whole" ? [] : [...(tests.length > 0 ? tests : core), ...excluding(leftOut)];
  const lists = apart ? apartOf(selected) : [selected];
  const runs = await mapAtOnce(lists, apart ? availableParallelism() : 1, (list, i) =>
    vitest(
      program,
      [...flags, join(root, "node_modules/vitest/vitest.mjs"), "run", ...list],
      join(reports, `${name}-${i}.json`),
    ),
  );
  const seconds = Math.round((performance.now() - start) / 1000);
  const version = spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.split("\n")[0];
  const passed = runs.every((each) => each.status === 0 && each.passed > 0);
  const sum = (key) => runs.reduce((total, each) => total + each[key], 0);
  const counts = `${sum("passed")} passed, ${sum("failed")} failed, ${seconds} s`;
  console.log(`${passed ? "ok" : "FAILED"}  ${name} (${version}), ${part} suite: ${counts}`);
  for (const each of runs) if (each.status !== 0 || each.passed === 0) console.log(failures(each.output, each.errors));
  return passed;
}

function excluding(files) {
  return files.flatMap((file) => ["--exclude", file]);
}

/** One list of arguments per folder of tests. */
function apartOf(selected) {
  const folders = selected.filter((each) => each.startsWith("test/") && !each.endsWith(".ts"));
  const rest = selected.filter((each) => !folders.includes(each));
  return folders.map((folder) => [folder, ...rest]);
}

/** Runs vitest once. Never rejects. */
function vitest(program, args, report) {
  return new Promise((resolve) => {
    const reporters = [
      "--reporter=default",
      `--reporter=${UNSTABLE}`,
      "--reporter=json",
      `--outputFile.json=${report}`,
    ];
    const child = spawn(program, [...args, ...reporters], {
      cwd: root,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, NO_COLOR: "1" },
    });
    let [output, errors] = ["", ""];
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (errors += chunk));
    const cut = setTimeout(() => child.kill("SIGKILL"), TIMEOUT_MS);
    child.on("close", (status) => {
      clearTimeout(cut);
      const read = existsSync(report) ? JSON.parse(readFileSync(report, "utf8")) : {};
      resolve({ status, output, errors, passed: read.numPassedTests ?? 0, failed: read.numFailedTests ?? 0 });
    });
  });
}

/** As Promise.all over the list, `limit` at a time. */
async function mapAtOnce(list, limit, work) {
  const results = [];
  let next = 0;
  const lane = async () => {
    while (next < list.length) {
      const i = next++;
      results[i] = await work(list[i], i);
    }
  };
  await Promise.all(Array.from({ length: limit }, lane));
  return results;
}

/** The failures in vitest's output, or its end when it names none. */
function failures(stdout, stderr) {
  const from = stderr.indexOf(" Failed Tests ");
  return from >= 0 ? stderr.slice(from, from + 20_000) : `${stdout.slice(-2000)}\n${stderr.slice(-4000)}`;
}

const wanted = process.argv.length > 2 ? process.argv.slice(2) : ["old", ...Object.keys(RUNTIMES)];
try {
  if (!install()) console.log("skipped: the other runtimes are there for Linux on x64 only");
  else {
    const results = wanted.includes("old") ? OLD.map(refuses) : [];
    const runtimes = wanted.filter((name) => name !== "old");
    const { parts, leftOut } = plan(runtimes);
    if (leftOut.length > 0) console.log(`skipped for lack of time, the slowest files: ${leftOut.join(", ")}`);
    for (const [name, part] of parts) results.push(await run(name, part, leftOut));
    if (results.includes(false)) process.exitCode = 1;
  }
} finally {
  rmSync(reports, { recursive: true, force: true });
}
