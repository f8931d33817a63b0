/**
 * Takeovers of a shared file: its owner is killed while others write, again and again; a new process joins each time. Prints how long the
 * first write of each of the others takes from the kill to its answer, how much of that was processor time of the process that asked (the
 * rest is waiting), and which part the one that became the owner needed.
 *
 *   node bench/takeover.mjs [rows=10000] [dimension=128] [others=3] [kills=20]
 */
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { Elanus } from "../dist/esm/index.js";

const collectionName = "rows";

if (process.argv[2] === "write") await write(process.argv[3], Number(process.argv[4]));
else await measure(process.argv.slice(2).map(Number));

/** One of the processes that write. */
async function write(path, dimension) {
  const db = await Elanus.open(path, { shared: true, buildWorkers: 0 });
  writeSync(1, "open\n");
  process.stdin.on("end", () => process.exit());
  process.stdin.resume();
  const data = [{ vector: new Float32Array(dimension).fill(1) }];
  for (;;) {
    const began = Date.now();
    const cpu = process.cpuUsage();
    await db.entities.insert({ collectionName, data });
    const { user, system } = process.cpuUsage(cpu);
    writeSync(1, `${began} ${Date.now()} ${((user + system) / 1000).toFixed(1)}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function measure([rows = 10_000, dimension = 128, others = 3, kills = 20]) {
  const folder = mkdtempSync(join(tmpdir(), "elanus-takeover-"));
  const path = join(folder, "shared.db");
  await fill(path, rows, dimension);
  console.log(
    `${cpus()[0].model}, ${cpus().length} cores, Node ${process.versions.node}; ${rows} x ${dimension}, ${others} others`,
  );
  let running = [];
  const first = [];
  const last = [];
  const owners = [];
  try {
    for (let i = 0; i <= others; i++) running.push(await started(path, dimension));
    for (let kill = 0; kill < kills; kill++) {
      for (const { calls } of running) calls.length = 0;
      await until(() => running.every(({ calls }) => calls.length > 5));
      const owner = running.find(({ child }) => child.pid === ownerOf(path));
      if (owner === undefined) continue;
      const killed = Date.now();
      owner.child.kill("SIGKILL");
      running = running.filter((one) => one !== owner);
      // Of the calls that ended since: the dead one has answered some, whose answers came through; the longest is the one that waited.
      const slow = (one) =>
        one.calls.filter(({ ended }) => ended > killed).sort((a, b) => b.ended - b.began - (a.ended - a.began))[0];
      await until(() => running.every(({ calls }) => calls.filter(({ began }) => began > killed).length > 3));
      const of = running.map((one) => ({ ...slow(one), owns: one.child.pid === ownerOf(path) }));
      const after = of.map(({ ended }) => ended - killed).sort((a, b) => a - b);
      first.push(after[0]);
      last.push(after.at(-1));
      const mine = of.find(({ owns }) => owns);
      if (mine !== undefined) owners.push({ wall: mine.ended - killed, cpu: mine.cpu });
      running.push(await started(path, dimension));
    }
  } finally {
    for (const { child } of running) child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
  const line = (name, values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    console.log(`${name.padEnd(52)} median ${at(0.5)} ms, largest ${sorted.at(-1)} ms`);
  };
  line("first write of anybody after the kill", first);
  line("first write of the last of them", last);
  line(
    "first write of the new owner",
    owners.map(({ wall }) => wall),
  );
  line(
    "  of it processor time of that process",
    owners.map(({ cpu }) => cpu),
  );
}

async function fill(path, rows, dimension) {
  const db = await Elanus.open(path);
  await db.collections.create({ collectionName, dimension, metricType: "L2", autoID: true, idType: "Int64" });
  for (let from = 0; from < rows; from += 1000) {
    const data = Array.from({ length: Math.min(1000, rows - from) }, (_, i) => ({
      vector: Float32Array.from({ length: dimension }, (_, j) => Math.sin((from + i) * (j + 1))),
    }));
    await db.entities.insert({ collectionName, data });
  }
  await db.close();
}

function started(path, dimension) {
  const child = spawn(process.execPath, [process.argv[1], "write", path, String(dimension)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const calls = [];
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on("line", (said) => {
      if (said === "open") return resolve({ child, calls });
      const [began, ended, cpu] = said.split(" ").map(Number);
      calls.push({ began, ended, cpu });
    });
  });
}

/** As the file says itself. */
function ownerOf(path) {
  const file = new Database(path, { readonly: true, fileMustExist: true });
  try {
    return file.prepare("SELECT pid FROM writer").get()?.pid;
  } finally {
    file.close();
  }
}

async function until(condition) {
  const began = Date.now();
  while (!condition()) {
    if (Date.now() - began > 60_000) throw new Error("nothing happens any more");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
