// Runs a script of calls against the built package and says on standard output, before each call, that it begins, and
// after it, how it ended. Lines are written synchronously: what was said stays said when the process is killed.
import { readFileSync, writeSync } from "node:fs";
import { callStep } from "./call-step.mjs";

const [entry, scriptFile] = process.argv.slice(2);
const { path, options, steps } = JSON.parse(readFileSync(scriptFile, "utf8"));
const say = (line) => writeSync(1, `${line}\n`);

const { Elanus } = await import(entry);
say("opening");
let db = await Elanus.open(path, options);
say("open");

async function call(name, request) {
  if (name === "pause") return new Promise((resolve) => setTimeout(resolve, request.ms));
  if (name === "reopen") {
    await db.close();
    db = await Elanus.open(path, options);
    return undefined;
  }
  return callStep(db, { call: name, request });
}

for (const [number, step] of steps.entries()) {
  say(`begin ${number}`);
  try {
    const data = await call(step.call, step.request);
    say(`end ${number} 0 ${JSON.stringify(data?.deleteCount ?? null)}`);
  } catch (error) {
    if (error?.name !== "ElanusError") throw error;
    say(`end ${number} ${error.code} ${JSON.stringify(error.message)}`);
  }
}
say("closing");
await db.close();
say("closed");
