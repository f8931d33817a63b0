import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { contentsOf } from "../move/stores.js";
import { temporaryPath } from "../support/temporary.js";
import { Random } from "./random.js";

const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);
/** Few in CI, as many as are asked for in the long tier (`npm run test:long`). */
const KILLS = process.env["ELANUS_LONG"] === undefined ? 4 : 20;
/** Of one push: what is left to be moved grows less each time. */
const KILLS_OF_ONE = 5;
const ROWS = 5000;

// The built command: `npm test` builds before it tests.
const cli = fileURLToPath(new URL("../../dist/cli.js", import.meta.url));
const children = new Set<ChildProcess>();
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
});

interface Command {
  readonly child: ChildProcess;
  /** How, and with all that it has printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null; readonly text: string }>;
  /** Resolves when it has printed this, to the whole match. */
  said(pattern: RegExp): Promise<string>;
}

function start(...argv: string[]): Command {
  const child = spawn(process.execPath, [cli, ...argv], { stdio: ["ignore", "pipe", "pipe"] });
  children.add(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      child.emit("said");
    });
  }
  const ended = once(child, "close").then(([code, signal]) => {
    children.delete(child);
    return { code, signal, text };
  });
  return {
    child,
    ended,
    async said(pattern) {
      for (;;) {
        const match = pattern.exec(text);
        if (match !== null) return match[0];
        const over = await Promise.race([once(child, "said").then(() => false), ended.then(() => true)]);
        if (over) throw new Error(`ended without ${pattern}: ${text}`);
      }
    },
  };
}

/** Keys that are given and keys that are drawn: rows of the one replace themselves, those of the other do not. */
async function fill(path: string): Promise<unknown> {
  const db = await Elanus.open(path, { durability: "off" });
  const vector = { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 8 } };
  const text = { dataType: "VarChar", elementTypeParams: { max_length: 40 } };
  const keys = {
    given: { fieldName: "key", isPrimary: true, ...text },
    drawn: { fieldName: "key", isPrimary: true, dataType: "Int64", autoID: true },
  };
  for (const [collectionName, key] of Object.entries(keys)) {
    await db.collections.create({
      collectionName,
      schema: { enableDynamicField: true, fields: [key, { fieldName: "title", ...text }, vector] },
      indexParams: [{ fieldName: "vector", indexType: "FLAT", metricType: "L2" }],
    });
    await db.partitions.create({ collectionName, partitionName: "more" });
    for (const partitionName of ["_default", "more"]) {
      const data = Array.from({ length: ROWS }, (_, i) => ({
        ...(collectionName === "given" && { key: `${partitionName}'${i}` }),
        title: `t${i}`,
        vector: Array.from({ length: 8 }, (_, at) => (i * (at + 3)) % 17),
        extra: i,
      }));
      await db.entities.insert({ collectionName, partitionName, data });
    }
    await db.aliases.create({ collectionName, aliasName: `${collectionName}_alias` });
  }
  const contents = await contentsOf(db);
  await db.close();
  return contents;
}

/** Serves a new file. @returns its address, and what ends it and tells what it has then */
async function startServer(): Promise<{ readonly url: string; contents(): Promise<unknown> }> {
  const path = temporaryPath();
  const server = start("serve", "--path", path, "--port", "0");
  const url = await server.said(/http:\/\/[\w.:]+/);
  return {
    url,
    async contents() {
      server.child.kill("SIGTERM");
      expect(await server.ended).toMatchObject({ code: 0 });
      const db = await Elanus.open(path);
      expect((await db.check()).problems).toEqual([]);
      const contents = await contentsOf(db);
      await db.close();
      return contents;
    },
  };
}

/** Resolves at some moment of a push: of its start, or when its journal has some more lines. */
async function someMoment(random: Random, database: string, ended: Promise<unknown>): Promise<void> {
  let over = false;
  void ended.then(() => {
    over = true;
  });
  if (random.chance(0.3)) {
    await Promise.race([ended, pause(random.int(0, 600))]);
    return;
  }
  const lines = linesOfJournal(database) + random.int(1, 8);
  while (!over && linesOfJournal(database) < lines) await pause(1);
  await Promise.race([ended, pause(random.int(0, 20))]);
}

function linesOfJournal(database: string): number {
  const folder = dirname(database);
  const name = readdirSync(folder).find((file) => file.endsWith(".journal"));
  if (name === undefined) return 0;
  try {
    return readFileSync(join(folder, name), "utf8").split("\n").length - 1;
  } catch {
    // The push is over, and so is its journal.
    return Number.POSITIVE_INFINITY;
  }
}

it(`a push that is killed again and again moves every row once (ELANUS_SEED=${SEED})`, {
  timeout: 1_200_000,
}, async () => {
  const random = new Random(SEED);
  for (let kills = 0; kills < KILLS; ) {
    const path = temporaryPath();
    const wanted = await fill(path);
    const server = await startServer();
    for (let tries = 0; ; tries++) {
      const push = start("push", path, "--to", server.url);
      if (tries < KILLS_OF_ONE && kills < KILLS) {
        await someMoment(random, path, push.ended);
        push.child.kill("SIGKILL");
      }
      const { code, signal, text } = await push.ended;
      if (signal !== "SIGKILL") {
        expect([code, text]).toEqual([0, expect.stringContaining("rows written")]);
        break;
      }
      kills++;
    }
    expect(await server.contents()).toEqual(wanted);
    expect(readdirSync(dirname(path))).toEqual(["test.db"]);
  }
});
