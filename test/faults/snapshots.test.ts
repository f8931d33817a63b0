import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { Elanus } from "../../src/index.js";
import { createRequest, Model } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeRows } from "../crash/script.js";
import { compareSearches, type Recall } from "../crash/verify.js";
import { temporaryPath } from "../support/temporary.js";

const LONG = process.env["ELANUS_LONG"] !== undefined;
const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);
const OPTIONS = { exactBelow: 40, buildWorkers: 1, durability: "off" } as const;
const ROWS = 400;

afterEach(() => {
  delete process.env["ELANUS_FAILPOINTS"];
});

/** Two collections with a graph each. */
async function fill(db: Elanus, random: Random): Promise<Model> {
  const model = new Model();
  for (const collectionName of ["graph", "graph_other"]) {
    await db.collections.create(createRequest(collectionName) as never);
    const data = makeRows(random, ROWS).map((row, i) => ({ ...row, id: i + 1 }));
    await db.entities.insert({ collectionName, data });
    model.apply({ call: "collections.create", request: { collectionName } });
    model.apply({ call: "entities.insert", request: { collectionName, data } });
  }
  return model;
}

async function built(db: Elanus): Promise<void> {
  for (;;) {
    const { segments } = await db.stats();
    if (
      segments.length === 2 &&
      segments.every((s) => s.graphRows === s.rows && s.snapshot !== "writing" && s.pending === 0)
    ) {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

interface Saved {
  readonly path: string;
  readonly model: Model;
  readonly files: readonly string[];
}

async function saved(random: Random): Promise<Saved> {
  const path = temporaryPath();
  const db = await Elanus.open(path, OPTIONS);
  const model = await fill(db, random);
  await built(db);
  await db.close();
  const folder = `${path}-segments`;
  const files = readdirSync(folder).sort();
  expect(files).toHaveLength(2);
  return { path, model, files: files.map((file) => join(folder, file)) };
}

/** Opens and searches; what is wrong with the answers. */
async function searched(
  path: string,
  model: Model,
  recall: Recall,
): Promise<{ wrong: string[]; check: readonly string[] }> {
  const db = await Elanus.open(path, OPTIONS);
  try {
    const before = await db.check();
    const wrong = await compareSearches(db, model, new Random(1), recall);
    return { wrong, check: before.problems };
  } finally {
    await db.close();
  }
}

describe(`snapshot files that are not what they were (ELANUS_SEED=${SEED})`, () => {
  it("are used when they are whole", async () => {
    const { path, model } = await saved(new Random(SEED));
    const db = await Elanus.open(path, OPTIONS);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    const recall = { found: 0, wanted: 0 };
    expect(await compareSearches(db, model, new Random(1), recall)).toEqual([]);
    // The graph is there at once: nobody has built it.
    for (const segment of (await db.stats()).segments)
      expect(segment).toMatchObject({ graphRows: ROWS, snapshot: "current" });
    await db.close();
    expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
  });

  it("are detected and made anew, without a wrong answer", { timeout: 600_000 }, async () => {
    const random = new Random(SEED);
    const { path, model, files } = await saved(random);
    const [first, second] = files as [string, string];
    const good = new Map(files.map((file) => [file, readFileSync(file)]));
    const whole = good.get(first) as Buffer;
    const database = readFileSync(path);
    const flip = (at: number, bit = random.int(0, 7)) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
      return bytes;
    };
    const newer = Buffer.from(whole);
    newer.writeUInt32LE(99, 8);
    const damages: [string, () => void][] = [
      ["missing", () => rmSync(first)],
      ["empty", () => writeFileSync(first, "")],
      ["foreign", () => writeFileSync(first, "not a snapshot ".repeat(9999))],
      ["of a newer version", () => writeFileSync(first, newer)],
      ["longer than it should be", () => writeFileSync(first, Buffer.concat([whole, Buffer.alloc(512)]))],
      [
        "swapped",
        () => {
          writeFileSync(first, good.get(second) as Buffer);
          writeFileSync(second, whole);
        },
      ],
      ["a folder", () => replaceByFolder(first)],
      ...[1, 100, 4095, 4096, 5000, whole.length - 512, whole.length - 1].map((length): [string, () => void] => [
        `cut to ${length} bytes`,
        () => writeFileSync(first, whole.subarray(0, length)),
      ]),
      ...[0, 9, 20, 200, 4090, 4096, whole.length - 1].map((at): [string, () => void] => [
        `with a bit flipped at ${at}`,
        () => writeFileSync(first, flip(at)),
      ]),
      ...Array.from({ length: LONG ? 500 : 12 }, (): [string, () => void] => {
        const at = random.int(0, whole.length - 1);
        return [`with a bit flipped at ${at}`, () => writeFileSync(first, flip(at))];
      }),
    ];
    const recall = { found: 0, wanted: 0 };
    for (const [name, damage] of damages) {
      writeFileSync(path, database);
      for (const file of [`${path}-wal`, `${path}-shm`, first, second]) rmSync(file, { force: true, recursive: true });
      mkdirSync(join(first, ".."), { recursive: true });
      for (const [file, bytes] of good) writeFileSync(file, bytes);
      damage();
      const { wrong, check } = await searched(path, model, recall);
      expect(wrong, name).toEqual([]);
      // Only a file that is not there is no damage.
      if (name !== "missing") expect(check.join("\n"), name).toMatch(/^snapshot .*will not be used/);
      // What could not be trusted is gone or replaced.
      const again = await searched(path, model, recall);
      expect(again, name).toEqual({ wrong: [], check: [] });
    }
    expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
  });

  it("are not taken from another database, or from another time of this one", async () => {
    const random = new Random(SEED);
    const one = await saved(random);
    const other = await saved(random);
    const recall = { found: 0, wanted: 0 };
    // The other database's files, under the names that this one knows.
    for (const [i, file] of one.files.entries()) copyFileSync(other.files[i] as string, file);
    expect((await searched(one.path, one.model, recall)).wrong).toEqual([]);
    // An old copy of the database with files of a later time.
    const old = readFileSync(other.path);
    const db = await Elanus.open(other.path, OPTIONS);
    const later = other.model.clone();
    const data = makeRows(random, 600).map((row, i) => ({ ...row, id: i + 1 }));
    await db.entities.insert({ collectionName: "graph", data });
    later.apply({ call: "entities.insert", request: { collectionName: "graph", data } });
    await compareSearches(db, later, new Random(2), recall);
    await built(db);
    await db.close();
    writeFileSync(other.path, old);
    expect((await searched(other.path, other.model, recall)).wrong).toEqual([]);
    expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
  });
});

describe("snapshots that cannot be written", () => {
  it.each(["mid-snapshot-write", "before-snapshot-rename"])(
    "leave the graph in use and nothing behind: an error at %s",
    async (point) => {
      process.env["ELANUS_FAILPOINTS"] = `${point}=throw`;
      const path = temporaryPath();
      const db = await Elanus.open(path, OPTIONS);
      const model = await fill(db, new Random(SEED));
      await built(db);
      const { segments } = await db.stats();
      for (const segment of segments) {
        expect(segment).toMatchObject({
          graphRows: ROWS,
          snapshot: "none",
          failReason: expect.stringContaining(point),
        });
      }
      const recall = { found: 0, wanted: 0 };
      expect(await compareSearches(db, model, new Random(1), recall)).toEqual([]);
      expect(recall.found / recall.wanted).toBeGreaterThan(0.97);
      expect(await db.check()).toEqual({ ok: true, problems: [] });
      expect(readdirSync(`${path}-segments`)).toEqual([]);
      await db.close();
    },
  );

  it("leave the graph in use where the folder cannot be made", async () => {
    const path = temporaryPath();
    writeFileSync(`${path}-segments`, "in the way");
    const db = await Elanus.open(path, OPTIONS);
    const model = await fill(db, new Random(SEED));
    await built(db);
    for (const segment of (await db.stats()).segments) {
      expect(segment).toMatchObject({
        graphRows: ROWS,
        failReason: expect.stringMatching(/snapshot: .*E(EXIST|NOTDIR)/),
      });
    }
    expect(await compareSearches(db, model, new Random(1), { found: 0, wanted: 0 })).toEqual([]);
    await db.collections.drop({ collectionName: "graph" });
    await db.close();
    expect(existsSync(path)).toBe(true);
  });
});

function replaceByFolder(file: string): void {
  rmSync(file);
  mkdirSync(file);
}
