import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { type Program, startCommand } from "../faults/process.js";
import { contentsOf } from "../move/stores.js";
import { temporaryPath } from "../support/temporary.js";
import { Random } from "./random.js";

const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);
/** Few in CI, as many as are asked for in the long tier (`npm run test:long`). */
const KILLS = process.env["ELANUS_LONG"] === undefined ? 4 : 20;
/** Of one push: what is left to be moved grows less each time. */
const KILLS_OF_ONE = 5;
const ROWS = 5000;

const programs = new Set<Program>();
afterEach(() => {
  for (const { child } of programs) child.kill("SIGKILL");
  programs.clear();
});

function start(...argv: readonly string[]): Program {
  const program = startCommand(...argv);
  programs.add(program);
  return program;
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
  const [url = ""] = (await server.said("http://")).split(" ");
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
      const { code, signal, out, err } = await push.ended;
      if (signal !== "SIGKILL") {
        expect([code, err, out]).toEqual([0, "", expect.stringContaining("rows written")]);
        break;
      }
      kills++;
    }
    expect(await server.contents()).toEqual(wanted);
    expect(readdirSync(dirname(path))).toEqual(["test.db"]);
  }
});
