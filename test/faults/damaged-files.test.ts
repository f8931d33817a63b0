import { copyFileSync, readdirSync, readFileSync, renameSync, truncateSync, unlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { describe, expect, it } from "vitest";
import { APPLICATION_ID, FORMAT_VERSION } from "../../src/engine/storage/format.js";
import { Elanus, isElanusError } from "../../src/index.js";
import { createRequest, type Row } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeRows } from "../crash/script.js";
import { temporaryPath } from "../support/temporary.js";

const LONG = process.env["ELANUS_LONG"] !== undefined;
const SEED = Number(process.env["ELANUS_SEED"] ?? Date.now() % 2 ** 31);
const collectionName = "exact";
const rows = makeRows(new Random(3), 300).map((row, i) => ({ ...row, id: i + 1 }));

async function filled(path: string): Promise<void> {
  const db = await Elanus.open(path, { durability: "off" });
  await db.collections.create(createRequest(collectionName) as never);
  await db.entities.insert({ collectionName, data: rows });
  await db.close();
}

async function refusalOf(path: string): Promise<{ code: number; message: string }> {
  try {
    const db = await Elanus.open(path);
    await db.close();
  } catch (error) {
    if (!isElanusError(error)) throw error;
    return { code: error.code, message: error.message };
  }
  throw new Error(`${path} was opened`);
}

/** Opens a file that may be damaged and uses it; what is wrong with it, in words. No error but ours may come. */
async function useDamaged(path: string): Promise<string[]> {
  const problems: string[] = [];
  let db: Elanus;
  try {
    db = await Elanus.open(path, { durability: "off" });
  } catch (error) {
    if (!isElanusError(error)) throw error;
    expect(error.message).toContain(path);
    return [error.message];
  }
  try {
    problems.push(...(await db.check()).problems);
    const found = await db.entities.query({ collectionName, limit: 1000, outputFields: ["id", "n", "tag", "vector"] });
    if (found.length !== rows.length) problems.push(`${found.length} rows`);
    await db.entities.search({ collectionName, data: [[1, 2, 3, 4]], limit: 5 });
    await db.entities.insert({ collectionName, data: [{ ...(rows[0] as Row) }] });
  } catch (error) {
    if (!isElanusError(error)) throw error;
    problems.push(error.message);
  } finally {
    await db.close();
  }
  return problems;
}

describe("a database file that is none, or not ours, or newer", () => {
  const bytesOf = (path: string) => readFileSync(path);

  it.each<[string, (path: string) => void, string]>([
    [
      "text",
      (path) => writeFileSync(path, "hello ".repeat(999)),
      "the file is not a database, or is encrypted and needs its key",
    ],
    [
      "a database of another application",
      (path) => new BetterSqlite3(path).exec("CREATE TABLE notes (text)").close(),
      "the file is an SQLite database of another application",
    ],
    [
      "a database of a newer version",
      (path) => {
        const db = new BetterSqlite3(path);
        db.exec("CREATE TABLE notes (text)");
        db.pragma(`application_id = ${APPLICATION_ID}`);
        db.pragma(`user_version = ${FORMAT_VERSION + 1}`);
        db.close();
      },
      `the database file has format ${FORMAT_VERSION + 1}, this version of elanus reads formats up to ${FORMAT_VERSION}`,
    ],
  ])("%s is refused with a clear error and left as it was", async (_name, make, reason) => {
    const path = temporaryPath();
    make(path);
    const before = bytesOf(path);
    const { code, message } = await refusalOf(path);
    expect(code).toBe(2);
    expect(message).toContain(reason);
    expect(message).toContain(path);
    expect(bytesOf(path).equals(before)).toBe(true);
  });

  it("a folder, and a path whose folder is missing, are refused with the path in the message", async () => {
    const folder = temporaryPath("");
    for (const path of [folder, `${folder}/missing/app.db`]) {
      const { code, message } = await refusalOf(path);
      expect(code).toBe(2);
      expect(message).toContain(path);
    }
  });
});

/** Behind the pages of a closed file lie zeros, whose damage is none. */
function sizeOfPages(path: string): number {
  const db = new BetterSqlite3(path, { readonly: true });
  const pages = db.pragma("page_count", { simple: true }) as number;
  db.close();
  return pages * 8192;
}

it("is left as it was when it is refused, the zeros behind its last page too", async () => {
  const path = temporaryPath();
  await filled(path);
  const bytes = readFileSync(path);
  // The catalogue's own pages.
  bytes.fill(0xff, 3 * 8192, 20 * 8192);
  writeFileSync(path, bytes);
  await expect(Elanus.open(path)).rejects.toMatchObject({ code: 2 });
  expect(readFileSync(path).subarray(8192).equals(bytes.subarray(8192))).toBe(true);
  expect(readdirSync(dirname(path)).filter((name) => name.includes("reserve"))).toEqual([]);
});

describe(`a damaged database file (ELANUS_SEED=${SEED})`, () => {
  it("that was cut short is refused or reported", async () => {
    const whole = temporaryPath();
    await filled(whole);
    const size = sizeOfPages(whole);
    const path = temporaryPath();
    for (let length = size - 8192; length > 0; length -= LONG ? 4096 : 24_576) {
      copyFileSync(whole, path);
      truncateSync(path, length);
      expect(await useDamaged(path), `cut to ${length} of ${size} bytes`).not.toEqual([]);
    }
  });

  it("with overwritten pages is refused or reported, and check says where", async () => {
    const whole = temporaryPath();
    await filled(whole);
    const bytes = readFileSync(whole).subarray(0, sizeOfPages(whole));
    const path = temporaryPath();
    const random = new Random(SEED);
    for (let page = 0; page < bytes.length / 8192; page++) {
      const damaged = Buffer.from(bytes);
      for (let i = 0; i < 8192; i++) damaged[page * 8192 + i] = random.int(0, 255);
      writeFileSync(path, damaged);
      const problems = await useDamaged(path);
      expect(problems.join("\n"), `page ${page + 1}`).toMatch(/\S{10}/);
    }
  });

  it("with flipped bits gives errors of ours or none, whatever is done with it", { timeout: 600_000 }, async () => {
    const whole = temporaryPath();
    await filled(whole);
    const bytes = readFileSync(whole).subarray(0, sizeOfPages(whole));
    const path = temporaryPath();
    const random = new Random(SEED);
    for (let run = 0; run < (LONG ? 1000 : 60); run++) {
      const damaged = Buffer.from(bytes);
      for (let i = 0; i < 4; i++) {
        const at = random.int(0, damaged.length - 1);
        damaged[at] = (damaged[at] as number) ^ (1 << random.int(0, 7));
      }
      writeFileSync(path, damaged);
      await useDamaged(path);
    }
  });

  it.each([
    ["UPDATE e_1 SET f_103 = '[1]' WHERE row_id = 2"],
    ["UPDATE e_1 SET f_103 = NULL WHERE row_id = 2"],
    ["UPDATE v_1_104 SET data = x'0000000000000000' WHERE row_id = 2"],
    ["DELETE FROM v_1_104 WHERE row_id = 2"],
  ])("check names the row of a struct array whose lists are unlike after %s", async (sql) => {
    const path = temporaryPath();
    await withStructs(path);
    const raw = new BetterSqlite3(path);
    raw.exec(sql);
    raw.close();
    const db = await Elanus.open(path);
    const { problems } = await db.check();
    await db.close();
    expect(problems).toContain("collection default.c (1): the fields of s have lists of unlike lengths in row 2");
  });

  it("that lacks a table of the catalogue is refused, for writing and for reading", async () => {
    const path = temporaryPath();
    await filled(path);
    const whole = readFileSync(path);
    const names = new BetterSqlite3(path, { readonly: true })
      .prepare(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '[ev]_[0-9]*'",
      )
      .pluck()
      .all() as string[];
    expect(names).toContain("grants");
    for (const name of names) {
      writeFileSync(path, whole);
      const damaged = new BetterSqlite3(path);
      damaged.exec(`PRAGMA foreign_keys = OFF; DROP TABLE ${name}`);
      damaged.close();
      for (const readonly of [true, false]) {
        const told = new RegExp(`no such table: (main\\.)?${name}|the database file is damaged`);
        await expect(Elanus.open(path, { readonly })).rejects.toThrow(told);
      }
    }
  });

  it("check names the collection whose tables, rows or vectors do not fit", async () => {
    const damages: readonly (readonly [string, RegExp])[] = [
      ["DELETE FROM v_1_103 WHERE row_id = 7", /collection default\.exact \(1\): 1 rows have no vector in vector/],
      ["DELETE FROM e_1 WHERE row_id = 7", /1 vectors of vector belong to no row/],
      ["UPDATE v_1_103 SET data = x'00' WHERE row_id = 7", /vector of row 7 in vector is 1 bytes long, not 16/],
      [
        "UPDATE v_1_103 SET data = x'0000807F000000000000000000000000' WHERE row_id = 7",
        /vector of row 7 in vector holds a value that is no finite number/,
      ],
      ["UPDATE e_1 SET partition_id = 99 WHERE row_id = 7", /1 rows are in no partition/],
      ["DROP TABLE v_1_103", /table v_1_103 is missing/],
      ["DROP TABLE e_1", /table e_1 is missing/],
      ["DROP INDEX e_1_partition", /index e_1_partition is missing/],
      ["CREATE TABLE e_77 (a)", /table e_77 belongs to no collection/],
      ["UPDATE collections SET load_mode = 'none'", /load mode none with 1 loaded partitions/],
      ["UPDATE collections SET next_row_id = 5", /a row id was never given out/],
      [
        "PRAGMA foreign_keys = OFF; INSERT INTO aliases (database_id, name, collection_id) VALUES (1, 'x', 99)",
        /a row of aliases points to no row of collections/,
      ],
    ];
    for (const [sql, expected] of damages) {
      const path = temporaryPath();
      await filled(path);
      const raw = new BetterSqlite3(path);
      raw.exec(sql);
      raw.close();
      const db = await Elanus.open(path);
      const { ok, problems } = await db.check();
      await db.close();
      expect({ ok, text: problems.join("\n") }, sql).toEqual({ ok: false, text: expect.stringMatching(expected) });
    }
  });
});

describe("a database file that vanishes while it is open", () => {
  it.runIf(process.platform !== "win32")("refuses writes until it is back, and loses none", async () => {
    const path = temporaryPath();
    await filled(path);
    const db = await Elanus.open(path);
    const insert = (id: number) => db.entities.insert({ collectionName, data: [{ ...(rows[0] as Row), id }] });
    await insert(1001);
    renameSync(path, `${path}.away`);
    await expect(insert(1002)).rejects.toMatchObject({
      code: 2,
      message: expect.stringContaining("was removed or replaced"),
    });
    writeFileSync(path, "");
    await expect(insert(1002)).rejects.toMatchObject({ code: 2 });
    await expect(db.partitions.create({ collectionName, partitionName: "a" })).rejects.toMatchObject({ code: 2 });
    unlinkSync(path);
    renameSync(`${path}.away`, path);
    await insert(1003);
    await db.close();
    const again = await Elanus.open(path);
    const found = await again.entities.query({ collectionName, filter: "id > 1000", outputFields: ["id"] });
    expect(found).toEqual([{ id: 1001 }, { id: 1003 }]);
    await again.close();
  });
});

/** Rows with two elements each, and one without. */
async function withStructs(path: string): Promise<void> {
  const db = await Elanus.open(path);
  const vector = { dataType: "FloatVector", elementTypeParams: { dim: 2 } };
  const fields = [
    { fieldName: "n", dataType: "Int64" },
    { fieldName: "e", ...vector },
  ];
  await db.collections.create({
    collectionName: "c",
    schema: {
      fields: [
        { fieldName: "id", dataType: "Int64", isPrimary: true },
        { fieldName: "v", ...vector },
      ],
      structFields: [{ fieldName: "s", nullable: true, typeParams: { max_capacity: 4 }, fields }],
    },
  });
  const s = [0, 1].map((n) => ({ n, e: [n, 1] }));
  await db.entities.insert({
    collectionName: "c",
    data: [null, s, [], s].map((s, id) => ({ id, v: [0, 0], s })),
  });
  expect(await db.check()).toEqual({ ok: true, problems: [] });
  await db.close();
}
