import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import Database from "better-sqlite3";
import { describe, expect, it, onTestFinished } from "vitest";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

/** How many owners are killed. */
const KILLS = process.env["ELANUS_LONG"] === undefined ? 4 : 100;
const PROCESSES = 4;
const ROWS = 10_000;
const DIMENSION = 128;

const entry = new URL("../../dist/esm/index.js", import.meta.url).href;
const program = fileURLToPath(new URL("writer.mjs", import.meta.url));

/** What one process has said. */
interface Writer {
  readonly name: string;
  readonly process: ChildProcess;
  /** Ids of acknowledged rows, by their numbers. */
  readonly inserted: Map<number, string>;
  readonly deleted: Map<string, number>;
  /** The last things that were asked for; they may have been done or not where no answer came. */
  asked: string;
  /** Milliseconds of each call, and when it had ended. */
  readonly calls: { readonly took: number; readonly at: number }[];
  readonly opened: Promise<void>;
  readonly ended: Promise<number | null>;
}

function start(path: string, name: string): Writer {
  const child = spawn(process.execPath, [program, entry, path, name, String(DIMENSION)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  let open = (): void => {};
  const writer: Writer = {
    name,
    process: child,
    inserted: new Map(),
    deleted: new Map(),
    asked: "",
    calls: [],
    opened: new Promise((resolve) => {
      open = resolve;
    }),
    ended: new Promise((resolve) => child.on("close", resolve)),
  };
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
    const [word, first, second] = line.split(" ") as [string, string, string];
    if (word === "open") open();
    else if (word === "inserted") writer.inserted.set(Number(first), second);
    else if (word === "deleted") writer.deleted.set(first, Number(second));
    else if (word === "took") writer.calls.push({ took: Number(first), at: Number(second) });
    else writer.asked = line;
  });
  return writer;
}

/** Who owns the file, as it says itself: who looks into its lock may keep an owner from writing his name there. */
function ownerOf(path: string): number | undefined {
  try {
    const file = new Database(path, { readonly: true, fileMustExist: true });
    try {
      return (file.prepare("SELECT pid FROM writer").get() as { pid: number } | undefined)?.pid;
    } finally {
      file.close();
    }
  } catch {
    return undefined;
  }
}

async function createRows(path: string): Promise<void> {
  const db = await Elanus.open(path);
  await db.collections.create({
    collectionName: "rows",
    schema: {
      autoID: true,
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: DIMENSION } },
        { fieldName: "who", dataType: "VarChar", elementTypeParams: { max_length: 32 } },
        { fieldName: "number", dataType: "Int64" },
      ],
    },
    indexParams: [{ fieldName: "vector", metricType: "L2", indexType: "AUTOINDEX" }],
  });
  for (let from = 0; from < ROWS; from += 1000) {
    const data = Array.from({ length: 1000 }, (_, i) => ({
      vector: Float32Array.from({ length: DIMENSION }, (_, j) => Math.sin((from + i) * (j + 1))),
      who: "nobody",
      number: from + i,
    }));
    await db.entities.insert({ collectionName: "rows", data });
  }
  await db.close();
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("a shared file whose owners are killed while others write", () => {
  it(`has every acknowledged write once, after ${KILLS} kills`, { timeout: 900_000 }, async () => {
    const path = temporaryPath();
    await createRows(path);
    const writers: Writer[] = [];
    const pauses: number[] = [];
    let running: Writer[] = [];
    const add = (): void => {
      const writer = start(path, `w${writers.length}`);
      writers.push(writer);
      running.push(writer);
    };
    onTestFinished(() => {
      for (const { process } of running) process.kill("SIGKILL");
    });
    for (let i = 0; i < PROCESSES; i++) add();
    await Promise.all(running.map(({ opened }) => opened));
    for (let kills = 0; kills < KILLS; ) {
      await pause(100 + Math.random() * 300);
      const pid = ownerOf(path);
      const owner = running.find(({ process }) => process.pid === pid);
      if (owner === undefined) continue;
      const others = running.filter((writer) => writer !== owner);
      const before = Date.now();
      owner.process.kill("SIGKILL");
      await owner.ended;
      kills++;
      running = others;
      add();
      // Each of the others has had some answers since.
      while (!others.every(({ calls }) => calls.filter(({ at }) => at > before + 1).length > 2)) {
        await pause(5);
        if (Date.now() - before > 120_000) throw new Error(`kill ${kills}: no answer within 120 s`);
      }
      // Between two answers to any of them: before and after it one owner each gives them.
      const ends = others.flatMap(({ calls }) => calls.map(({ at }) => at).filter((at) => at > before - 20));
      ends.sort((x, y) => x - y);
      const longest = Math.max(...ends.map((at, i) => at - (ends[i - 1] ?? before)));
      pauses.push(longest);
    }
    for (const { process } of running) process.stdin?.end();
    expect(await Promise.all(running.map(({ ended }) => ended))).toEqual(running.map(() => 0));

    const db = await Elanus.open(path);
    const found = new Map<string, string[]>();
    const rows = { collectionName: "rows", filter: 'who != "nobody"', outputFields: ["id", "who", "number"] };
    for await (const page of db.entities.queryIterator(rows)) {
      for (const { id, who, number } of page) {
        const key = `${who} ${number}`;
        found.set(key, [...(found.get(key) ?? []), String(id)]);
      }
    }
    const problems: string[] = [];
    for (const [key, ids] of found) if (ids.length > 1) problems.push(`${key} is there ${ids.length} times: ${ids}`);
    let acknowledged = 0;
    for (const { name, inserted, deleted, asked } of writers) {
      for (const [id, count] of deleted)
        if (count !== 1) problems.push(`${name} was told that ${count} rows of id ${id} were deleted`);
      for (const [number, id] of inserted) {
        acknowledged++;
        const there = found.get(`${name} ${number}`)?.includes(id) === true;
        if (deleted.has(id) && there) problems.push(`${name} ${number} was deleted and is there`);
        if (!deleted.has(id) && !there && asked !== `delete ${id}`)
          problems.push(`${name} ${number} was acknowledged and is lost`);
      }
    }
    await db.close();
    expect(problems).toEqual([]);
    const sorted = pauses.sort((a, b) => a - b);
    const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
    console.log(
      `${KILLS} kills, ${acknowledged} rows acknowledged, 0 lost, 0 doubled; until the first write: median ${at(0.5)} ms, 95 % ${at(0.95)} ms, longest ${at(1)} ms`,
    );
  });
});
