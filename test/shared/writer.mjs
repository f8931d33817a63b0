// One of several processes that write into a shared file. Says on standard output what was acknowledged, and when; lines are written
// synchronously, so that what was said stays said when the process is killed. Ends when its standard input does.
import { writeSync } from "node:fs";

const [entry, path, name, dimension] = process.argv.slice(2);
const say = (...words) => {
  for (;;) {
    try {
      return writeSync(1, `${words.join(" ")}\n`);
    } catch (error) {
      // Who reads is busy.
      if (error.code !== "EAGAIN") throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
};

const { Elanus } = await import(entry);
const db = await Elanus.open(path, { shared: true, buildWorkers: 0 });
say("open");

let stopped = false;
process.stdin.on("end", () => {
  stopped = true;
});
process.stdin.resume();

const collectionName = "rows";
const vector = new Float32Array(Number(dimension)).fill(1);
const mine = [];
for (let number = 1; !stopped; number++) {
  const began = performance.now();
  if (number % 5 === 0 && mine.length > 0) {
    const id = mine.shift();
    say("delete", id);
    const { deleteCount } = await db.entities.delete({ collectionName, filter: `id in [${id}]` });
    say("deleted", id, deleteCount);
  } else {
    say("insert", number);
    const { insertIds } = await db.entities.insert({ collectionName, data: [{ vector, who: name, number }] });
    mine.push(insertIds[0]);
    say("inserted", number, insertIds[0]);
  }
  say("took", Math.round(performance.now() - began), Date.now());
}
await db.close();
say("closed");
