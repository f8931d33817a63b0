// Elanus: searches per second of one caller, of many at once, and through the engine in a worker thread.
import { dataset } from "../lib/datasets.mjs";
import { Elanus, searcher } from "../lib/elanus.mjs";
import { median, now, quantile, round, watched } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, worker, ef = 20, deleteAll = false } = phaseInput();
const set = dataset(name, rows);
// Keeps the process alive while the engine thread ends.
const alive = setInterval(() => {}, 1000);
const db = await Elanus.open(path, { worker });
const ask = searcher(db, "c", set, ef);
for (let i = 0; i < 3000; i++) await ask(i % set.queryCount, 0);

const PER_PASS = 2000;
const callers = [];
for (const count of [1, 2, 4, 8]) {
  const rates = [];
  const times = [];
  for (let pass = 0; pass < 3; pass++) {
    let next = 0;
    const caller = async () => {
      while (next < PER_PASS) {
        const i = next++;
        const at = now();
        await ask(i % set.queryCount, pass);
        times.push(now() - at);
      }
    };
    const start = now();
    await Promise.all(Array.from({ length: count }, caller));
    rates.push((PER_PASS / (now() - start)) * 1000);
  }
  const us = (p) => round(quantile(times, p) * 1000, 1);
  callers.push({ callers: count, qps: Math.round(median(rates)), p50: us(0.5), p99: us(0.99) });
}
const result = { callers };
if (deleteAll) {
  const { result: answer, ...figures } = await watched(() =>
    db.entities.delete({ collectionName: "c", filter: "sel >= 0" }),
  );
  result.deleteAll = { ...figures, deleted: answer.deleteCount };
}
await db.close();
clearInterval(alive);
phaseDone(result);
