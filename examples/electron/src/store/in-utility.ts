import { join } from "node:path";
import { utilityProcess } from "electron";
import type { Answer, Call, Results } from "./messages.js";
import type { Store } from "./store.js";

/** In a process of its own: should it be killed for its memory, the windows stay, and the file is sound. */
export async function openInUtility(file: string): Promise<Store> {
  const child = utilityProcess.fork(join(__dirname, "utility.js"), [], { serviceName: "elanus" });
  const waiting = new Map<number, (answer: Answer) => void>();
  let ended = false;
  let calls = 0;
  child.on("message", (answer: Answer) => {
    waiting.get(answer.id)?.(answer);
    waiting.delete(answer.id);
  });
  child.on("exit", (code) => {
    ended = true;
    for (const [id, done] of waiting) done({ id, message: `the process of the store ended with ${code}` });
    waiting.clear();
  });

  const ask = <K extends Call["kind"]>(call: Extract<Call, { kind: K }>): Promise<Results[K]> =>
    new Promise((resolve, reject) => {
      const id = ++calls;
      if (ended) return reject(new Error("the process of the store has ended"));
      waiting.set(id, (answer) =>
        "message" in answer ? reject(new Error(answer.message)) : resolve(answer.value as Results[K]),
      );
      child.postMessage({ id, call });
    });

  await ask({ kind: "open", file });
  return {
    request: (path, body) => ask({ kind: "request", path, body }).catch(({ message }: Error) => ({ code: 2, message })),
    async fetch(request) {
      const { url, method } = request;
      const body = request.body === null ? undefined : await request.arrayBuffer();
      const answer = await ask({ kind: "fetch", request: { url, method, headers: [...request.headers], body } });
      const headers = answer.headers.map(([name, value]): [string, string] => [name, value]);
      return new Response(answer.body, { status: answer.status, headers });
    },
    async close() {
      await ask({ kind: "close" });
      child.kill();
    },
  };
}
