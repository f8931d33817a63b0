// Clients of a server on loopback, in a process of their own: each connection sends its next request when the last one is answered.
// Plain sockets and bytes that lie ready, so that the clients cost less than the server.
import { connect } from "node:net";
import { headerBlock } from "./hpack.mjs";

const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A request of HTTP/1.1, and how far what has come of its answer goes. */
const http = {
  opening: Buffer.alloc(0),
  requests: ({ port, path, bodies }) =>
    bodies.map((text) => {
      const body = Buffer.from(text, "base64");
      const head =
        `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\nConnection: keep-alive\r\n\r\n`;
      return () => Buffer.concat([Buffer.from(head), body]);
    }),
  reader() {
    let received = "";
    return (chunk) => {
      received += chunk.toString("latin1");
      const end = received.indexOf("\r\n\r\n");
      if (end < 0) return undefined;
      const length = Number(/content-length: *(\d+)/i.exec(received)?.[1]);
      if (received.length < end + 4 + length) return undefined;
      const answer = received;
      received = "";
      if (!answer.startsWith("HTTP/1.1 200") || !answer.includes('"code":0')) throw new Error(answer.slice(0, 400));
      return Buffer.from(answer.slice(end + 4), "latin1");
    };
  },
};

const frame = (type, flags, stream, payload) => {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
};

/** A call of gRPC. */
const grpc = {
  // The largest windows at once, so that none has to be opened later.
  opening: Buffer.concat([
    Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    frame(4, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])),
    frame(8, 0, 0, Buffer.from([0x7f, 0xfe, 0, 0])),
  ]),
  requests: ({ port, path, bodies }) => {
    const headers = headerBlock([
      [":method", "POST"],
      [":scheme", "http"],
      [":path", path],
      [":authority", `127.0.0.1:${port}`],
      ["te", "trailers"],
      ["content-type", "application/grpc"],
    ]);
    return bodies.map((text) => {
      const body = Buffer.from(text, "base64");
      return (stream) => Buffer.concat([frame(1, 4, stream, headers), frame(0, 1, stream, body)]);
    });
  },
  reader(socket) {
    let rest = Buffer.alloc(0);
    let message = [];
    let taken = 0;
    return (chunk) => {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      while (rest.length >= 9) {
        const length = rest.readUIntBE(0, 3);
        if (rest.length < 9 + length) break;
        const [type, flags, stream] = [rest[3], rest[4], rest.readUInt32BE(5)];
        const payload = rest.subarray(9, 9 + length);
        rest = rest.subarray(9 + length);
        if (type === 4 && (flags & 1) === 0) socket.write(frame(4, 1, 0, Buffer.alloc(0)));
        if (type === 3 || type === 7) throw new Error(`frame ${type} of stream ${stream}`);
        if (type === 0) message.push(payload);
        taken += type === 0 ? length : 0;
        if (taken > 2 ** 29) {
          const more = Buffer.alloc(4);
          more.writeUInt32BE(taken);
          socket.write(frame(8, 0, 0, more));
          taken = 0;
        }
        if (stream !== 0 && (flags & 1) === 1 && type <= 1) {
          const answer = Buffer.concat(message);
          message = [];
          return answer;
        }
      }
      return undefined;
    };
  },
};

const PROTOCOLS = { http, grpc };

async function load({ protocol, connections, seconds, passes, ...job }) {
  const { opening, requests: made, reader } = PROTOCOLS[protocol];
  const requests = made(job);
  let next = 0;
  let answered = 0;
  let first;
  let failed;
  const times = [];
  const client = () =>
    new Promise((resolve, reject) => {
      const socket = connect(job.port, "127.0.0.1");
      socket.setNoDelay(true);
      const read = reader(socket);
      let sent = 0;
      let stream = 1;
      const send = () => {
        sent = performance.now();
        socket.write(requests[next++ % requests.length](stream));
        stream += 2;
      };
      socket.on("connect", () => {
        if (opening.length > 0) socket.write(opening);
        send();
        resolve(socket);
      });
      socket.on("error", reject);
      socket.on("data", (chunk) => {
        try {
          const answer = read(chunk);
          if (answer === undefined) return;
          first ??= answer;
          times.push(performance.now() - sent);
          answered++;
          send();
        } catch (error) {
          failed ??= error.message;
        }
      });
    });
  const sockets = await Promise.all(Array.from({ length: connections }, client));
  await sleep(200);
  times.length = 0;
  const rates = [];
  process.send({ begun: true });
  const begun = answered;
  for (let pass = 0; pass < passes; pass++) {
    const before = answered;
    const start = performance.now();
    await sleep((seconds * 1000) / passes);
    rates.push(((answered - before) / (performance.now() - start)) * 1000);
  }
  const count = answered - begun;
  process.send({ ended: true });
  for (const socket of sockets) socket.destroy();
  rates.sort((a, b) => a - b);
  times.sort((a, b) => a - b);
  const us = (p) => Math.round(times[Math.floor(times.length * p)] * 1000);
  return {
    count,
    qps: Math.round(rates[passes >> 1]),
    p50: us(0.5),
    p99: us(0.99),
    first: first?.toString("base64"),
    failed,
  };
}

process.on("message", async (job) => process.send(await load(job)));
process.on("disconnect", () => process.exit());
