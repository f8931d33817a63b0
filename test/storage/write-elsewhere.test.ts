import { afterEach, beforeEach, expect, it } from "vitest";
import type { OpenDatabase } from "../../src/engine/storage/database.js";
import { LongWrites } from "../../src/engine/storage/long-writes.js";
import { openDatabase } from "../../src/engine/storage/open-database.js";
import { openTransactions, type Transactions } from "../../src/engine/storage/transactions.js";
import { WriteElsewhere } from "../../src/engine/storage/write-elsewhere.js";
import { temporaryPath } from "../support/temporary.js";

let database: OpenDatabase;
let elsewhere: WriteElsewhere;
let turns: LongWrites;
let transactions: Transactions;
let other: string;
let doubts: number;

beforeEach(() => {
  const path = temporaryPath();
  database = openDatabase(path, { readonly: false, durability: "full" });
  turns = new LongWrites();
  doubts = 0;
  const hooks = { committed() {}, doubtful: () => void doubts++ };
  elsewhere = new WriteElsewhere({ path, durability: "full", file: database, turns, hooks });
  transactions = openTransactions(
    database,
    () => {},
    () => {},
    undefined,
    () => turns.settle(),
  );
  transactions.run(() => database.sql.exec("CREATE TABLE t (a INTEGER) STRICT"));
  other = temporaryPath("other.db");
  openDatabase(other, { readonly: false, durability: "full" }).close();
});
afterEach(() => database.close());

const job =
  (statements: readonly string[], unless = "SELECT 1 WHERE 0") =>
  () => ({
    attached: { path: other, schema: "ready" },
    unless,
    statements: statements.map((text) => ({ text, params: [] })),
  });
const rows = () => database.sql.prepare("SELECT a FROM t ORDER BY a").pluck().all();

it("a transaction of another thread is there in the moment that is told", async () => {
  const seen: unknown[] = [];
  const done = elsewhere.run(job(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"]), () => seen.push(rows()));
  expect(rows()).toEqual([]);
  expect(await done).toBe(true);
  expect(seen).toEqual([[1, 2]]);
  await turns.busy;
  // The commit is one of our own.
  database.requireSole();
});

it("who cannot wait brings it to its end", async () => {
  const order: string[] = [];
  const done = elsewhere.run(job(["INSERT INTO t VALUES (1)"]), () => order.push(`told of ${rows()}`));
  while (turns.busy === undefined) await new Promise((resolve) => setImmediate(resolve));
  transactions.run(() => {
    database.sql.exec("INSERT INTO t VALUES (2)");
    order.push("written here");
  });
  expect(order).toEqual(["told of 1", "written here"]);
  expect(await done).toBe(true);
  expect(rows()).toEqual([1, 2]);
});

it.each([
  ["finds what it must not", job(["INSERT INTO t VALUES (1)"], "SELECT 1")],
  ["fails", job(["INSERT INTO t VALUES (1)", "INSERT INTO nothing VALUES (1)"])],
  [
    "cannot read the other file",
    () => ({ ...job(["INSERT INTO t VALUES (1)"])(), attached: { path: "/nowhere/file", schema: "ready" } }),
  ],
])("one that %s leaves nothing behind, and writers go on", async (_, made) => {
  let told = false;
  const done = await elsewhere.run(made, () => {
    told = true;
  });
  expect([done, told]).toEqual([false, false]);
  transactions.run(() => database.sql.exec("INSERT INTO t VALUES (3)"));
  expect(rows()).toEqual([3]);
});

it("one whose commit fails leaves nothing behind, and the log is in doubt", async () => {
  transactions.run(() =>
    database.sql.exec(
      "CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE f (a REFERENCES p DEFERRABLE INITIALLY DEFERRED)",
    ),
  );
  const done = elsewhere.run(job(["INSERT INTO t VALUES (1)", "INSERT INTO f VALUES (1)"]), () => expect.unreachable());
  expect([await done, rows(), doubts]).toEqual([false, [], 1]);
  expect(await elsewhere.run(job(["INSERT INTO t VALUES (2)"]), () => {})).toBe(true);
  expect([rows(), doubts]).toEqual([[2], 1]);
});

it("several come one after the other", async () => {
  const told: number[] = [];
  const all = [1, 2, 3].map((a) => elsewhere.run(job([`INSERT INTO t VALUES (${a})`]), () => told.push(a)));
  expect(await Promise.all(all)).toEqual([true, true, true]);
  expect(told).toEqual([1, 2, 3]);
  expect(rows()).toEqual([1, 2, 3]);
});
