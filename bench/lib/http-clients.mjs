// Clients of a server on loopback: each connection sends a request when its last one is answered. Plain sockets, so that
// the clients cost less than the server.
import { connect } from "node:net";
import { parentPort, workerData } from "node:worker_threads";

const { port, path, bodies, connections, seconds, passes } = workerData;
const requests = bodies.map((body) => {
  const head =
    `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: keep-alive\r\n\r\n`;
  return Buffer.from(head + body);
});

let next = 0;
let answered = 0;
let failed;
const times = [];

function client() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    let received = "";
    let sent = 0;
    const send = () => {
      sent = performance.now();
      socket.write(requests[next++ % requests.length]);
    };
    socket.on("connect", () => {
      send();
      resolve(socket);
    });
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      received += chunk.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/content-length: *(\d+)/i.exec(received)?.[1]);
      if (received.length < end + 4 + length) return;
      const status = received.slice(9, 12);
      if (status !== "200" || !received.includes('"code":0')) failed ??= received.slice(0, 400);
      received = "";
      times.push(performance.now() - sent);
      answered++;
      send();
    });
  });
}

const sockets = await Promise.all(Array.from({ length: connections }, client));
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
await sleep(500);
times.length = 0;
const rates = [];
for (let pass = 0; pass < passes; pass++) {
  const before = answered;
  const start = performance.now();
  await sleep((seconds * 1000) / passes);
  rates.push(((answered - before) / (performance.now() - start)) * 1000);
}
for (const socket of sockets) socket.destroy();
rates.sort((a, b) => a - b);
times.sort((a, b) => a - b);
const us = (p) => Math.round(times[Math.floor(times.length * p)] * 1000);
parentPort.postMessage({ qps: Math.round(rates[passes >> 1]), p50: us(0.5), p99: us(0.99), failed });
