// Elanus over HTTP on loopback: eight connections that are kept alive, the clients in a thread of their own; beside it
// the same searches in process, and a bare node:http server that parses the request and sends an answer made before.
import { once } from "node:events";
import { createServer } from "node:http";
import { Worker } from "node:worker_threads";
import { dataset } from "../lib/datasets.mjs";
import { Elanus, searcher } from "../lib/elanus.mjs";
import { throughput } from "../lib/measure.mjs";
import { phaseDone, phaseInput } from "../lib/phase.mjs";

const { path, set: name, rows, ef = 20, connections = 8, seconds = 2 } = phaseInput();
const set = dataset(name, rows);
const db = await Elanus.open(path);
const body = (i) => ({ collectionName: "c", data: [Array.from(set.query(i))], limit: 10, searchParams: { ef } });

async function load(port) {
  const bodies = Array.from({ length: Math.min(200, set.queryCount) }, (_, i) => JSON.stringify(body(i)));
  const workerData = { port, path: "/v2/vectordb/entities/search", bodies, connections, seconds, passes: 3 };
  const worker = new Worker(new URL("../lib/http-clients.mjs", import.meta.url), { workerData });
  const [figures] = await once(worker, "message");
  await once(worker, "exit");
  return figures;
}

const inProcess = await throughput(searcher(db, "c", set, ef), { queries: set.queryCount });
const server = await db.listen({ port: 0 });
const http = await load(Number(new URL(server.url).port));
await server.close();

const answer = Buffer.from(JSON.stringify(await db.request("/v2/vectordb/entities/search", body(0))));
const bare = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString("utf8"));
    response.writeHead(200, { "Content-Type": "application/json", "Content-Length": answer.length });
    response.end(answer);
  });
});
bare.listen(0, "127.0.0.1");
await once(bare, "listening");
const bareHttp = await load(bare.address().port);
bare.close();
await db.close();
phaseDone({ inProcess, http, bareHttp, bytes: JSON.stringify(body(0)).length });
