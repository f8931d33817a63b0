// The server of the load test, in a process of its own.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const ENTRY = new URL("../../dist/esm/index.js", import.meta.url).href;

/** The server's process: answers `memory` after a collection, `check` with what the database finds, `close`. */
async function serve(path) {
  const { Elanus } = await import(ENTRY);
  const db = await Elanus.open(path, { durability: "normal", exactBelow: 1000 });
  const server = await db.listen({ port: 0 });
  process.on("message", async (message) => {
    if (message === "memory") {
      globalThis.gc();
      const { rss, heapUsed, external } = process.memoryUsage();
      process.send({ memory: { rss, inUse: heapUsed + external } });
    }
    if (message === "check") process.send({ check: await db.check() });
    if (message === "close") {
      await db.close();
      process.disconnect();
    }
  });
  // The clients are gone.
  process.on("disconnect", () => db.close());
  process.send({ url: server.url });
}

/** Starts the server; `ask` sends it a word and waits for the answer of that name. */
export async function startServer(path) {
  const child = spawn(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "serve", path], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const waiting = new Map();
  child.on("message", (message) => {
    for (const [name, value] of Object.entries(message)) {
      waiting.get(name)?.(value);
      waiting.delete(name);
    }
  });
  const answer = (name) => new Promise((resolve) => waiting.set(name, resolve));
  const ended = new Promise((resolve) => child.once("exit", (code) => resolve(code)));
  const url = await Promise.race([answer("url"), ended.then(() => Promise.reject(new Error("the server ended")))]);
  return {
    url,
    ask(name) {
      const told = answer(name);
      child.send(name);
      return told;
    },
    async close() {
      child.send("close");
      return ended;
    },
  };
}

if (process.argv[2] === "serve") await serve(process.argv[3]);
