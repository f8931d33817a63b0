// Elanus, Milvus 2.3.5 and Milvus Lite as one client sees them: the same pymilvus asks all, in turn, one call after another.
//
//   node bench/peers/milvus.mjs            also the last part of npm run bench:peers
//   ROWS=100000 ROUNDS=1 node bench/peers/milvus.mjs
//
// BENCH_PYTHON names a Python that has the packages of requirements.txt; without it one is made in bench/peers/.python. What cannot
// be had is left out, with a line that says why. The server takes its usual ports, 19530 and 9091.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dataset } from "../lib/datasets.mjs";
import { machine } from "../lib/machine.mjs";
import { median, round, sleep } from "../lib/measure.mjs";

const here = import.meta.dirname;
const SERVER_PORTS = [19530, 9091];
const HEALTHY_AFTER_S = 90;

/** A Python with the packages; throws with one line where there is none. */
function python() {
  if (process.env.BENCH_PYTHON !== undefined) return process.env.BENCH_PYTHON;
  const folder = join(here, ".python");
  const found = join(folder, process.platform === "win32" ? "Scripts/python.exe" : "bin/python");
  const ready = join(folder, "ready");
  if (existsSync(ready)) return found;
  const quietly = { stdio: ["ignore", "ignore", "pipe"] };
  execFileSync("python3", ["-m", "venv", folder], quietly);
  execFileSync(found, ["-m", "pip", "install", "-q", "-r", join(here, "requirements.txt")], quietly);
  writeFileSync(ready, "");
  return found;
}

function has(program, module) {
  try {
    execFileSync(program, ["-c", `import ${module}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** `elanus serve` on a file, in a process of its own. */
async function startElanus(folder) {
  const command = join(here, "../../dist/cli.js");
  const server = spawn(process.execPath, [command, "serve", "--path", join(folder, "elanus.db"), "--port", "0"]);
  for await (const chunk of server.stdout) {
    const port = /listening on http:\/\/[^:]+:(\d+)/.exec(String(chunk))?.[1];
    if (port !== undefined) return { uri: `http://127.0.0.1:${port}`, stop: () => server.kill() };
  }
  throw new Error("elanus serve ended");
}

async function isFree(port) {
  const server = createServer();
  const free = await new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => resolve(true));
  });
  server.close();
  return free;
}

async function startServer(program, folder) {
  for (const port of SERVER_PORTS) if (!(await isFree(port))) throw new Error(`port ${port} is taken`);
  const script = fileURLToPath(new URL("../../test/oracle/serve.py", import.meta.url));
  const server = spawn(program, [script, join(folder, "milvus")], { stdio: ["pipe", "pipe", "ignore"] });
  const ended = once(server, "exit");
  const stop = async () => {
    server.stdin.end();
    await ended;
  };
  for (let second = 0; second < HEALTHY_AFTER_S && server.exitCode === null; second++) {
    await sleep(1000);
    const answer = await fetch(`http://127.0.0.1:${SERVER_PORTS[1]}/healthz`).then(
      (response) => response.text(),
      () => "",
    );
    if (answer.includes("OK")) return { uri: `http://127.0.0.1:${SERVER_PORTS[0]}`, stop };
  }
  await stop();
  throw new Error("it did not start");
}

/** What one client gets out of each, by name; undefined where no Python can be had. */
export async function measureMilvus(
  rows = Number(process.env.ROWS ?? 20_000),
  rounds = Number(process.env.ROUNDS ?? 3),
) {
  let program;
  try {
    program = python();
  } catch (error) {
    console.log(
      `Milvus: skipped: ${String(error.stderr ?? error.message)
        .trim()
        .split("\n")
        .at(-1)}`,
    );
    return undefined;
  }
  const set = dataset("clus100k", rows);
  set.truth(0);
  const folder = mkdtempSync(join(process.env.BENCH_DIR ?? tmpdir(), "elanus-milvus-"));
  const { base, queries, truth } = set.files;
  for (const [path, name] of [
    [base, "base.f32"],
    [queries, "queries.f32"],
    [truth, "truth.i32"],
  ]) {
    symlinkSync(path, join(folder, name));
  }
  const servers = [];
  const found = {};
  try {
    servers.push({ name: "elanus", ...(await startElanus(folder)) });
    if (has(program, "milvus")) {
      try {
        servers.push({ name: "Milvus 2.3.5", ...(await startServer(program, folder)) });
      } catch (error) {
        console.log(`Milvus 2.3.5: skipped: ${error.message}`);
      }
    } else console.log("Milvus 2.3.5: skipped: this Python has no package milvus");
    if (has(program, "milvus_lite")) servers.push({ name: "Milvus Lite", uri: join(folder, "lite.db"), stop() {} });
    else console.log("Milvus Lite: skipped: this Python has no package milvus_lite");
    const client = fileURLToPath(new URL("../grpc/pymilvus_client.py", import.meta.url));
    for (let turn = 0; turn < rounds; turn++) {
      for (const { name, uri } of servers) {
        const said = execFileSync(program, [client, uri, folder, String(set.dimension)], {
          encoding: "utf8",
          stdio: ["ignore", "pipe", "ignore"],
          timeout: 900_000,
        });
        found[name] = [...(found[name] ?? []), JSON.parse(said)];
      }
    }
  } finally {
    for (const { stop } of servers) await stop();
    rmSync(folder, { recursive: true, force: true });
  }
  const middle = (turns, key) => median(turns.map((turn) => turn[key]));
  const figures = {};
  for (const [name, turns] of Object.entries(found)) {
    const queriesPerSecond = middle(turns, "queriesPerSecond");
    figures[name] = {
      rowsPerSecond: middle(turns, "rowsPerSecond"),
      queriesPerSecond,
      queryMs: middle(turns, "queryMs"),
      ef: turns[0].ef,
      recall: turns[0].recall,
      elanusIs: round(middle(found.elanus, "queriesPerSecond") / queriesPerSecond, 2),
    };
    console.log(name.padEnd(13), JSON.stringify(figures[name]));
  }
  return { rows, dimension: set.dimension, figures };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const result = await measureMilvus();
  if (result !== undefined) {
    const target = join(here, "../results");
    mkdirSync(target, { recursive: true });
    const text = JSON.stringify({ machine: machine(import.meta.url, ["elanus"]), ...result }, null, 1);
    writeFileSync(join(target, "peers-milvus.json"), `${text}\n`);
  }
}
