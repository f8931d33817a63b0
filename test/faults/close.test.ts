import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Elanus, isElanusError } from "../../src/index.js";
import { createRequest } from "../crash/model.js";
import { Random } from "../crash/random.js";
import { makeRows } from "../crash/script.js";
import { temporaryPath } from "../support/temporary.js";
import { runProgram } from "./process.js";

const collectionName = "graph";
const rows = (count: number, seed = 1) => makeRows(new Random(seed), count).map((row, i) => ({ ...row, id: i + 1 }));

/** A program that has opened a database, filled it and searched it; a build may be under way. */
const BUSY = `
  const db = await Elanus.open(path, { exactBelow: 50, worker: WORKER });
  await db.collections.create({ collectionName: "c", dimension: 16 });
  const data = Array.from({ length: 3000 }, (_, id) => ({ id, vector: Array.from({ length: 16 }, () => Math.random()) }));
  await db.entities.insert({ collectionName: "c", data });
  await db.entities.search({ collectionName: "c", data: [data[0].vector], limit: 3 });
`;

describe.each([false, true])("close (worker: %s)", (worker) => {
  const open = (path: string) => Elanus.open(path, { worker, exactBelow: 50, durability: "off" });

  it("waits for running calls, moves the log into the file, and can be called again", async () => {
    const path = temporaryPath();
    const db = await open(path);
    await db.collections.create(createRequest(collectionName) as never);
    const calls = Array.from({ length: 20 }, (_, i) =>
      db.entities.insert({ collectionName, data: rows(20, i).map((row) => ({ ...row, id: i * 20 + row.id })) }),
    );
    const closing = db.close();
    expect(db.close()).toBeInstanceOf(Promise);
    const settled = await Promise.allSettled(calls);
    await Promise.all([closing, db.close(), db.close()]);
    expect(settled.every((call) => call.status === "fulfilled")).toBe(true);
    expect(existsSync(`${path}-wal`)).toBe(false);
    const again = await open(path);
    expect(await again.collections.getStats({ collectionName })).toEqual({ rowCount: 400 });
    await again.close();
  });

  it("makes every later call answer code 1", async () => {
    const db = await open(temporaryPath());
    const server = await db.listen({ port: 0 });
    await db.close();
    const refused = { code: 1, message: expect.stringContaining("closed") };
    await expect(db.collections.list()).rejects.toMatchObject(refused);
    await expect(db.entities.insert({ collectionName, data: [] })).rejects.toMatchObject(refused);
    await expect(db.check()).rejects.toMatchObject(refused);
    await expect(db.stats()).rejects.toMatchObject(refused);
    expect(await db.request("/v2/vectordb/collections/list", {})).toMatchObject(refused);
    await expect(fetch(`${server.url}/api/v1/health`)).rejects.toThrow();
  });

  it("answers a load that is under way instead of waiting for its end", async () => {
    const path = temporaryPath();
    let db = await open(path);
    await db.collections.create(createRequest(collectionName) as never);
    await db.entities.insert({ collectionName, data: rows(5000) });
    await db.collections.release({ collectionName });
    const load = db.collections.load({ collectionName }).then(
      () => 0,
      (error: unknown) => (isElanusError(error) ? error.code : -1),
    );
    await db.close();
    expect([0, 1, 101]).toContain(await load);
    db = await open(path);
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });

  it("lets the process end by itself: no handle, worker or timer is left", async () => {
    const body = `${BUSY.replace("WORKER", String(worker))}
      const server = await db.listen({ port: 0 });
      await fetch(server.url + "/api/v1/health");
      await db.close();
      console.log(JSON.stringify(process.getActiveResourcesInfo().filter((name) => !/Pipe|TTY|FSReq|Immediate/.test(name))));
    `;
    const { code, out, err } = await runProgram(temporaryPath(), body);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    // A connection that fetch keeps is the client's own.
    expect(JSON.parse(out)).not.toContain("MessagePort");
    expect(JSON.parse(out)).not.toContain("TCPServerWrap");
  });

  it("may be forgotten: the process ends all the same, and nothing is lost", async () => {
    const path = temporaryPath();
    expect(await runProgram(path, BUSY.replace("WORKER", String(worker)))).toMatchObject({ code: 0, err: "" });
    const db = await open(path);
    expect(await db.collections.getStats({ collectionName: "c" })).toEqual({ rowCount: 3000 });
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });

  it("in a process that calls exit nothing is lost either", async () => {
    const path = temporaryPath();
    const body = `${BUSY.replace("WORKER", String(worker))} process.exit(3);`;
    expect(await runProgram(path, body)).toMatchObject({ code: 3, err: "" });
    const db = await open(path);
    expect(await db.collections.getStats({ collectionName: "c" })).toEqual({ rowCount: 3000 });
    expect(await db.check()).toEqual({ ok: true, problems: [] });
    await db.close();
  });
});
