import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenDatabase } from "../../src/engine/storage/database.js";
import type { Connection } from "../../src/engine/storage/driver.js";
import { LongWrites } from "../../src/engine/storage/long-writes.js";
import { openDatabase } from "../../src/engine/storage/open-database.js";
import { SlicedWrites } from "../../src/engine/storage/sliced-writes.js";
import { openTransactions, type Transactions } from "../../src/engine/storage/transactions.js";
import { elapsed } from "../../src/values/clock.js";
import type { Steps } from "../../src/values/steps.js";
import { temporaryPath } from "../support/temporary.js";
import { endSlicesAtOnce } from "../support/turns.js";

let database: OpenDatabase;
let turns: LongWrites;
let sliced: SlicedWrites;
let transactions: Transactions;
let doubts: number;
let took: number[];

beforeEach(() => {
  endSlicesAtOnce();
  const path = temporaryPath();
  database = openDatabase(path, { readonly: false, durability: "full" });
  turns = new LongWrites();
  doubts = 0;
  took = [];
  transactions = openTransactions(
    database,
    () => {},
    () => {},
    undefined,
    () => turns.settle(),
  );
  const hooks = {
    before() {},
    record: () => undefined,
    committed: (ms: number) => void took.push(ms),
    doubtful: () => void doubts++,
  };
  sliced = new SlicedWrites({ path, durability: "full", file: database, turns, hooks });
  transactions.run(() => database.sql.exec("CREATE TABLE t (a INTEGER NOT NULL) STRICT"));
});
afterEach(() => {
  sliced.close();
  database.close();
});

const insert = (...values: (number | null)[]) =>
  function* (sql: Connection): Steps<string> {
    for (const value of values) {
      sql.prepare("INSERT INTO t VALUES (?)").run(value);
      yield;
    }
    return "made";
  };
const rows = () => database.sql.prepare("SELECT a FROM t ORDER BY a").pluck().all();
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a transaction in slices", () => {
  it("is seen by nobody before its commit, and by who follows it in the same moment", async () => {
    const seen: unknown[] = [];
    const done = sliced.run(
      () => insert(1, 2, 3),
      (result) => seen.push(result, rows()),
    );
    await turn();
    expect([rows(), turns.busy !== undefined]).toEqual([[], true]);
    expect(await done).toEqual({ result: "made" });
    expect(seen).toEqual(["made", [1, 2, 3]]);
    expect(turns.busy).toBeUndefined();
    // The commit is one of our own.
    database.requireSole();
  });

  it("is brought to its end by who cannot wait", async () => {
    const order: string[] = [];
    const done = sliced.run(
      () => insert(1, 2, 3),
      () => order.push(`told of ${rows()}`),
    );
    await turn();
    transactions.run(() => {
      database.sql.exec("INSERT INTO t VALUES (4)");
      order.push("written here");
    });
    expect(order).toEqual(["told of 1,2,3", "written here"]);
    expect(await done).toEqual({ result: "made" });
    expect(rows()).toEqual([1, 2, 3, 4]);
  });

  it("tells how long all of it took, of which the commit is the least", async () => {
    const slowly = () =>
      function* (): Steps<void> {
        for (const end = elapsed() + 20; elapsed() < end; ) yield;
      };
    await sliced.run(slowly, () => {});
    expect(took).toEqual([expect.toSatisfy((ms: number) => ms >= 20)]);
  });

  it("waits for the one before it", async () => {
    const told: number[] = [];
    const all = [1, 2, 3].map((a) =>
      sliced.run(
        () => insert(a),
        () => told.push(a),
      ),
    );
    await Promise.all(all);
    expect([told, rows()]).toEqual([
      [1, 2, 3],
      [1, 2, 3],
    ]);
  });

  it("that fails leaves nothing behind, whether or not somebody waits, and the next one works", async () => {
    expect(
      await sliced.run(
        () => insert(1, null, 2),
        () => expect.unreachable(),
      ),
    ).toBeUndefined();
    const failing = sliced.run(
      () => insert(1, 2, null),
      () => expect.unreachable(),
    );
    await turn();
    transactions.run(() => database.sql.exec("INSERT INTO t VALUES (5)"));
    expect(await failing).toBeUndefined();
    expect(
      await sliced.run(
        () => insert(6),
        () => {},
      ),
    ).toEqual({ result: "made" });
    expect([rows(), doubts]).toEqual([[5, 6], 0]);
  });

  it("is not begun while somebody else writes, nor when what it is for has gone", async () => {
    database.sql.exec("BEGIN IMMEDIATE");
    expect(
      await sliced.run(
        () => insert(1),
        () => {},
      ),
    ).toBeUndefined();
    database.sql.exec("ROLLBACK");
    const gone = () => {
      throw new Error("gone");
    };
    await expect(sliced.run(gone, () => {})).rejects.toThrow("gone");
    expect([rows(), turns.busy]).toEqual([[], undefined]);
  });

  it("is committed when memory cannot follow, which is told", async () => {
    const broken = () => {
      throw new Error("memory");
    };
    await expect(sliced.run(() => insert(1), broken)).rejects.toThrow("memory");
    expect(rows()).toEqual([1]);
    expect(
      await sliced.run(
        () => insert(2),
        () => {},
      ),
    ).toEqual({ result: "made" });
  });
});
