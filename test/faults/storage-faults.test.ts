import { existsSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { callStep, codeOf } from "../crash/call-step.mjs";
import { createRequest, Model, type Step } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeRows } from "../crash/script.js";
import { expectedPicture, pictureOf, restoreLoadState } from "../crash/verify.js";
import { temporaryPath } from "../support/temporary.js";
import { FAULT_CODES, FailingStorage, type FaultCode } from "./failing-sqlite.js";

/** All codes at every call, and faults that last: `npm run test:long`. */
const LONG = process.env["ELANUS_LONG"] !== undefined;
const collectionName = "exact";
const random = new Random(5);

function step(call: string, request: Record<string, unknown>): Step {
  return { call, request: { collectionName, ...request } };
}

/** Every kind of call that writes, each with something to do. */
const SCRIPT: readonly Step[] = [
  { call: "collections.create", request: createRequest(collectionName) },
  step("entities.insert", { data: makeRows(random, 12) }),
  step("partitions.create", { partitionName: "a" }),
  step("entities.insert", { data: makeRows(random, 6), partitionName: "a" }),
  step("indexes.create", { indexParams: [{ fieldName: "n", indexName: "by_n", indexType: "STL_SORT" }] }),
  step("collections.fields.add", { schema: { fieldName: "extra_1", dataType: "Int64", nullable: true } }),
  step("entities.upsert", { data: makeRows(random, 9) }),
  step("entities.delete", { filter: "n > 6" }),
  step("entities.delete", { id: [1, 2, 3, 4, 5] }),
  step("partitions.release", { partitionNames: ["a"] }),
  step("partitions.load", { partitionNames: ["a"] }),
  step("snapshots.create", { snapshotName: "one" }),
  step("entities.delete", { filter: "n > 3" }),
  step("snapshots.restore", { snapshotName: "one", targetCollectionName: "exact_restored" }),
  step("snapshots.create", { snapshotName: "two" }),
  step("snapshots.drop", { snapshotName: "one" }),
  { call: "collections.drop", request: { collectionName: "exact_restored" } },
  step("collections.compact", {}),
  step("indexes.drop", { indexName: "by_n" }),
  step("collections.release", {}),
  step("partitions.drop", { partitionName: "a" }),
  step("collections.load", {}),
  step("entities.insert", { data: makeRows(random, 3) }),
  step("collections.truncate", {}),
  step("collections.drop", {}),
];

const CODES: Readonly<Record<FaultCode, number>> = {
  SQLITE_FULL: 7,
  SQLITE_IOERR_WRITE: 1001,
  SQLITE_IOERR_READ: 1001,
  SQLITE_BUSY: 2,
  SQLITE_READONLY: 2,
  SQLITE_CANTOPEN: 2,
};

describe("when the n-th storage call fails", () => {
  const storage = new FailingStorage();
  beforeEach(() => storage.install());
  afterEach(() => {
    storage.heal();
    storage.uninstall();
  });

  /** Fails the n-th call of each step for n = 1, 2, 3 ... until the step passes untouched; or for each third n, another one in each step. */
  async function walk(codeAt: (n: number) => FaultCode, lasting: boolean, each: 1 | 3 = 1): Promise<number> {
    const db = await Elanus.open(temporaryPath(), { durability: "off", exactBelow: 1_000_000 });
    const model = new Model();
    let faults = 0;
    for (const step of SCRIPT) {
      const after = model.clone();
      expect(after.apply(step)).toBe(0);
      for (let n = 1 + (faults % each); ; n += each) {
        const code = codeAt(n + faults);
        storage.arm({ call: n, code, lasting });
        const answer = await codeOf(callStep(db, step, () => storage.heal()));
        const struck = storage.struck;
        storage.heal();
        if (!struck) {
          expect(answer, step.call).toBe(0);
          break;
        }
        faults++;
        // A fault that nobody had to see may be survived; what is reported as failed must not have happened.
        const place = `${step.call}, call ${n}, ${code}`;
        expect([0, CODES[code]], place).toContain(answer);
        expect(await pictureOf(db), place).toBe(expectedPicture(answer === 0 ? after : model));
        await restoreLoadState(db, answer === 0 ? after : model);
        expect(await db.check(), place).toEqual({ ok: true, problems: [] });
        if (answer === 0) break;
        expect(n).toBeLessThan(500);
      }
      model.apply(step);
      expect(await pictureOf(db), step.call).toBe(expectedPicture(model));
      await restoreLoadState(db, model);
    }
    await db.close();
    return faults;
  }

  it("the call fails with a clear error, nothing has changed, and the next call works", {
    timeout: 600_000,
  }, async () => {
    expect(await walk((n) => FAULT_CODES[n % FAULT_CODES.length] as FaultCode, false)).toBeGreaterThan(100);
  });

  it("the same holds while the cause lasts, once it is gone", { timeout: 600_000 }, async () => {
    expect(await walk((n) => FAULT_CODES[n % FAULT_CODES.length] as FaultCode, true, 3)).toBeGreaterThan(50);
  });

  it.runIf(LONG)("whatever the error", { timeout: 3_600_000 }, async () => {
    let faults = 0;
    for (const code of FAULT_CODES) for (const lasting of [false, true]) faults += await walk(() => code, lasting);
    console.log(`${faults} failed storage calls`);
  });

  it("opening fails with an error that names the file, and leaves nothing open", async () => {
    let faults = 0;
    for (const existing of [false, true]) {
      for (let n = 1; ; n++) {
        const path = temporaryPath();
        storage.heal();
        if (existing) {
          const db = await Elanus.open(path, { durability: "off" });
          await db.collections.create(createRequest(collectionName) as never);
          await db.close();
        }
        const code = FAULT_CODES[n % FAULT_CODES.length] as FaultCode;
        storage.arm({ call: n, code, lasting: false });
        let opened: Elanus | undefined;
        try {
          opened = await Elanus.open(path, { durability: "off" });
        } catch (error) {
          if (!isElanusError(error)) throw error;
          expect([2, 7, 1001]).toContain(error.code);
          expect(error.message, `call ${n}`).toContain(path);
        }
        const struck = storage.struck;
        storage.heal();
        await opened?.close();
        if (!struck) break;
        faults++;
        // No lock and no half-made file is left: the next opening works.
        const again = await Elanus.open(path, { durability: "off" });
        expect(await again.collections.list(), `call ${n}`).toEqual(existing ? [collectionName] : []);
        expect(await again.check()).toEqual({ ok: true, problems: [] });
        await again.close();
        expect(existsSync(path)).toBe(true);
      }
    }
    expect(faults).toBeGreaterThan(30);
  });

  it("closing ends all the same, gives the lock back, and loses nothing", async () => {
    for (let n = 1; ; n++) {
      const path = temporaryPath();
      storage.heal();
      const db = await Elanus.open(path);
      await db.collections.create(createRequest(collectionName) as never);
      await db.entities.insert({ collectionName, data: makeRows(new Random(n), 5) });
      storage.arm({ call: n, code: "SQLITE_FULL", lasting: true });
      await db.close();
      const struck = storage.struck;
      storage.heal();
      const again = await Elanus.open(path, { durability: "off" });
      expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 5 });
      await again.close();
      if (!struck) break;
    }
  });
});
