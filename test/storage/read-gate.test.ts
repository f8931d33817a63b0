import { describe, expect, it } from "vitest";
import { connect } from "../../src/engine/storage/connect.js";
import { ReadGate } from "../../src/engine/storage/read-gate.js";
import { temporaryPath } from "../support/temporary.js";

/** A file with a counter, somebody who raises it, and a reader who keeps a copy of it in memory. */
function open() {
  const path = temporaryPath();
  const writer = connect(path);
  writer.exec("PRAGMA journal_mode = WAL; CREATE TABLE t (n); INSERT INTO t VALUES (0)");
  const sql = connect(path, { readonly: true });
  const read = () => sql.prepare("SELECT n FROM t").pluck().get() as number;
  const state = { memory: read(), fails: false, follows: 0 };
  const gate = new ReadGate(sql, path, async () => {
    state.follows++;
    await new Promise(setImmediate);
    if (state.fails) throw new Error("no");
    state.memory = read();
  });
  return { gate, state, read, write: () => writer.exec("UPDATE t SET n = n + 1") };
}

describe("the gate of a reader", () => {
  it("lets calls in at once while nobody writes, and holds nothing between them", async () => {
    const { gate, state } = open();
    expect(gate.enter()).toBeUndefined();
    expect(gate.enter()).toBeUndefined();
    gate.leave();
    gate.leave();
    expect(gate.enter()).toBeUndefined();
    gate.leave();
    expect(state.follows).toBe(0);
    gate.close();
  });

  it("shows a call the state it began with, and the next one the newest", async () => {
    const { gate, state, read, write } = open();
    gate.enter();
    write();
    expect([read(), state.memory]).toEqual([0, 0]);
    gate.leave();
    await gate.enter();
    expect([read(), state.memory]).toEqual([1, 1]);
    gate.leave();
    gate.close();
  });

  it("keeps calls that come after a commit outside until those before it have left, then lets all of them in", async () => {
    const { gate, state, read, write } = open();
    gate.enter();
    gate.enter();
    write();
    const seen: [number, number][] = [];
    const late = [0, 1, 2].map(async () => {
      await gate.enter();
      seen.push([read(), state.memory]);
      await new Promise(setImmediate);
      gate.leave();
    });
    await new Promise(setImmediate);
    gate.leave();
    await new Promise(setImmediate);
    expect(seen).toEqual([]);
    gate.leave();
    await Promise.all(late);
    expect(seen).toEqual([
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
    expect(state.follows).toBe(1);
    gate.close();
  });

  it("does not show memory that could not follow", async () => {
    const { gate, state, read, write } = open();
    write();
    state.fails = true;
    await expect(gate.enter()).rejects.toThrow("no");
    await expect(gate.enter()).rejects.toThrow("no");
    state.fails = false;
    await gate.enter();
    expect([read(), state.memory]).toEqual([1, 1]);
    gate.leave();
    gate.close();
  });
});
