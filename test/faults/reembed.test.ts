import { expect, it } from "vitest";
import { Elanus, floatVector, int64, schema, varchar } from "../../src/index.js";
import { temporaryPath } from "../support/temporary.js";
import { startProgram } from "./process.js";

const ROWS = 1500;
const collectionName = "note";
const embed = (texts: readonly string[]) => texts.map((text) => [text.length, Number(text.slice(5))]);

/** Batches that a program does before it waits for its end, so that it is not done however late that comes. */
const MOST_BATCHES = 5;

/** Goes on with what the ones before have left; other rows are written beside it. */
const PROGRAM = `
let batches = Number(process.env.MOST_BATCHES ?? Infinity);
const slow = async (texts) => {
  if (texts.length > 1 && batches-- === 0) await new Promise(() => {});
  await new Promise((resolve) => setTimeout(resolve, 8));
  console.log("embedded " + texts.length);
  return texts.map((text) => [7, Number(text.slice(5)), 1]);
};
const old = (texts) => texts.map((text) => [text.length, Number(text.slice(5))]);
const db = await Elanus.open(path, { functions: { embed: { old, better: slow } } });
let id = ${ROWS} + process.pid;
const timer = setInterval(() => {
  const key = id++;
  db.entities.upsert({ collectionName: "note", data: { id: key, text: "text " + key } }).then(() => console.log("wrote " + key), () => {});
}, 15);
const { rowCount } = await db.reembed({ collectionName: "note", fieldName: "vector", model: "better", dimension: 3 });
clearInterval(timer);
console.log("done " + rowCount);
await db.close();
`;

it("a reembed that is killed again and again ends, with one vector for every row that was acknowledged", async () => {
  const path = temporaryPath();
  const first = await Elanus.open(path, { functions: { embed } });
  const fields = { id: int64().primary(), text: varchar(50) };
  const before = schema({ ...fields, vector: floatVector(2).index({ metric: "L2" }).embeds("text", { model: "old" }) });
  await first.collection(collectionName, before).ensure();
  const data = Array.from({ length: ROWS }, (_, id) => ({ id, text: `text ${id}` }));
  await first.collection(collectionName, before).insert(data);
  await first.close();

  const written = new Set<number>();
  let embedded = 0;
  let out = "";
  const run = async (killAfter?: number, failpoints = ""): Promise<void> => {
    const most = killAfter === undefined ? {} : { MOST_BATCHES: String(MOST_BATCHES) };
    const program = startProgram(path, PROGRAM, { env: { ELANUS_FAILPOINTS: failpoints, ...most } });
    if (killAfter !== undefined) {
      await program.said("embedded");
      setTimeout(() => program.child.kill("SIGKILL"), killAfter);
    }
    const ended = await program.ended;
    out = `${ended.out}${ended.err}`;
    for (const [, key] of out.matchAll(/wrote (\d+)/g)) written.add(Number(key));
    for (const [, count] of out.matchAll(/embedded (\d+)/g)) embedded += Number(count);
  };
  for (const killAfter of [20, 50, 5, 80]) await run(killAfter);
  await run(undefined, "before-reembed-swap=kill");
  expect(out).not.toContain("done ");
  await run();
  expect(out).toContain("done ");

  const after = schema({
    ...fields,
    vector: floatVector(3).index({ metric: "L2" }).embeds("text", { model: "better" }),
  });
  const db = await Elanus.open(path);
  const notes = db.collection(collectionName, after);
  expect(await notes.differences()).toEqual([]);
  const seen = new Set<number>();
  for await (const { id, text, vector } of notes.iterate()) {
    expect(vector).toEqual([7, Number(text.slice(5)), 1]);
    seen.add(Number(id));
  }
  for (const { id } of data) expect(seen.has(id)).toBe(true);
  for (const id of written) expect(seen.has(id)).toBe(true);
  // Each kill loses a slice, and what was being written.
  expect(embedded).toBeLessThan(seen.size + 6 * 80);
  expect(await db.check()).toMatchObject({ ok: true });
  await db.close();
});
