import { renameSync, statSync, writeFileSync } from "node:fs";
import { expect, it } from "vitest";
import { Checkpoints } from "../../src/engine/storage/checkpoints.js";
import { connect } from "../../src/engine/storage/connect.js";
import { Elanus } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";

const MEGABYTE = 2 ** 20;

function opened() {
  const path = temporaryPath();
  const sql = connect(path);
  sql.exec("PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; CREATE TABLE t (data BLOB)");
  const pragma = (name: string) => sql.prepare(`PRAGMA ${name}`).pluck().get();
  const log = () => sql.prepare("PRAGMA wal_checkpoint(NOOP)").get() as { log: number; checkpointed: number };
  const write = (megabytes: number) => {
    for (let i = 0; i < megabytes; i++) sql.prepare("INSERT INTO t VALUES (zeroblob(?))").run(MEGABYTE);
  };
  return { path, sql, pragma, log, write, checkpoints: new Checkpoints(sql, path, "full") };
}

it("the log is moved behind the commits, and waited for when it has become long", async () => {
  const { sql, log, write, checkpoints } = opened();
  write(9);
  checkpoints.committed(5);
  expect(checkpoints.pressure()).toBeUndefined();
  await expect.poll(() => log().checkpointed).toBe(log().log);
  write(1);
  // The next commit after all was moved begins the log anew.
  expect(log().log).toBeLessThan(1000);
  write(40);
  checkpoints.committed(5);
  const wait = checkpoints.pressure();
  expect(wait).toBeInstanceOf(Promise);
  await wait;
  expect(log().checkpointed).toBe(log().log);
  await checkpoints.close();
  sql.close();
});

it("where another file lies under the name SQLite moves the log, as it did", async () => {
  const { path, sql, pragma, write, checkpoints } = opened();
  expect(pragma("wal_autocheckpoint")).toBeGreaterThan(1000);
  renameSync(path, `${path}-away`);
  writeFileSync(path, "");
  write(9);
  checkpoints.committed(5);
  await expect.poll(() => pragma("wal_autocheckpoint")).toBe(1000);
  expect(await checkpoints.move()).toBe(false);
  expect(checkpoints.pressure()).toBeUndefined();
  await checkpoints.close();
  sql.close();
});

it("a database that is written all the time has a log of bounded length", async () => {
  const path = temporaryPath();
  const db = await Elanus.open(path, { durability: "off" });
  const collectionName = "c";
  await db.collections.create({ collectionName, dimension: 2048 });
  let longest = 0;
  for (let batch = 0; batch < 30; batch++) {
    const data = Array.from({ length: 500 }, (_, i) => ({ id: batch * 500 + i, vector: new Float32Array(2048) }));
    await db.entities.insert({ collectionName, data });
    longest = Math.max(longest, statSync(`${path}-wal`).size);
  }
  expect(longest).toBeLessThan(50 * MEGABYTE);
  expect(longest).toBeGreaterThan(4 * MEGABYTE);
  expect((await db.collections.getStats({ collectionName })).rowCount).toBe(15_000);
  await db.close();
  const again = await Elanus.open(path, { readonly: true });
  expect((await again.collections.getStats({ collectionName })).rowCount).toBe(15_000);
  await again.close();
});
