// What one hostile caller can hold or spend: each attack meets a server of its own, and the table says how long the attack was
// answered, the longest stall of the server's event loop, the most memory beyond what it had before, and how long a stranger
// who asks for the list of collections has waited meanwhile. `npm run build` first; node bench/attacks.mjs [name] [--json]
import { spawn } from "node:child_process";
import { readdirSync, readlinkSync } from "node:fs";
import { Agent, request } from "node:http";
import { connect } from "node:net";
import { fileURLToPath } from "node:url";
import { StallMeter } from "./stall-meter.mjs";

const ENTRY = new URL("../dist/esm/index.js", import.meta.url).href;
const collectionName = "c";
const MEGABYTE = 2 ** 20;

const resident = () => process.memoryUsage.rss();

/** Descriptors of sockets that the process holds; Linux only. */
function openSockets() {
  try {
    return readdirSync("/proc/self/fd").filter((fd) => isSocket(`/proc/self/fd/${fd}`)).length;
  } catch {
    return undefined;
  }
}

function isSocket(path) {
  try {
    return readlinkSync(path).startsWith("socket:");
  } catch {
    return false;
  }
}

/** The server's process: `reset` begins to measure, `report` tells. */
async function serve(name) {
  const { Elanus } = await import(ENTRY);
  const db = await Elanus.open(":memory:", { durability: "off" });
  await attacks[name].prepare?.(db);
  const server = await db.listen({ port: 0, ...attacks[name].listen });
  const meter = new StallMeter();
  let before = 0;
  let most = 0;
  setInterval(() => {
    most = Math.max(most, resident());
  }, 5);
  process.on("message", async (message) => {
    if (message === "reset") {
      globalThis.gc();
      before = resident();
      most = before;
      meter.reset();
    }
    if (message === "report") {
      await new Promise((resolve) => setTimeout(resolve, 20));
      const stall = Math.round(meter.max());
      globalThis.gc();
      process.send({ report: { stall, most: most - before, left: resident() - before, sockets: openSockets() } });
    }
  });
  process.on("disconnect", () => process.exit());
  process.send({ url: server.url });
}

/** The answer's code, or the status or the error that stands for one. */
function post(url, path, body, headers = {}) {
  return new Promise((resolve) => {
    const agent = new Agent();
    const sent = request(`${url}${path}`, { method: "POST", agent, headers }, (response) => {
      let bytes = 0;
      let head = "";
      response.on("data", (chunk) => {
        bytes += chunk.length;
        if (head.length < 300) head += chunk.toString("latin1");
      });
      response.on("end", () => {
        agent.destroy();
        resolve({ code: /"code":\s*(\d+)/.exec(head)?.[1] ?? `HTTP ${response.statusCode}`, bytes, head });
      });
    });
    sent.on("error", (error) => resolve({ code: error.code ?? error.message, bytes: 0, head: "" }));
    sent.end(typeof body === "string" ? body : JSON.stringify(body));
  });
}

const v2 = "/v2/vectordb/entities/";
const filtered = (filter, headers) => async (url) =>
  (await post(url, `${v2}query`, { collectionName, filter, outputFields: ["id"], limit: 10 }, headers)).code;

/** A collection of vectors and one more field, with rows. */
async function table(db, dataType, values, elementTypeParams = {}) {
  const fields = [
    { fieldName: "id", dataType: "Int64", isPrimary: true },
    { fieldName: "x", dataType, elementTypeParams },
    { fieldName: "vector", dataType: "FloatVector", elementTypeParams: { dim: 2 } },
  ];
  const indexParams = [{ fieldName: "vector", indexName: "vector", metricType: "L2", indexType: "FLAT" }];
  await db.collections.create({ collectionName, schema: { enableDynamicField: true, fields }, indexParams });
  for (let from = 0; from < values.length; from += 5000) {
    const data = values.slice(from, from + 5000).map((x, i) => ({ id: from + i, x, vector: [from, i] }));
    await db.entities.insert({ collectionName, data });
  }
}

const text = { max_length: 65_535 };
const analyzed = { ...text, enable_analyzer: true, enable_match: true };
const many = (count, make) => Array.from({ length: count }, (_, i) => make(i));
const letters = "abcdefghijklmnopqrstuvwxyz";

function circle(points, radius) {
  const at = (i) =>
    `${(radius * Math.cos((2 * Math.PI * i) / points)).toFixed(6)} ${(radius * Math.sin((2 * Math.PI * i) / points)).toFixed(6)}`;
  return `POLYGON((${[...many(points, at), at(0)].join(",")}))`;
}

/** Every other point of a circle drawn to its middle. */
function star(_point, x, y, at) {
  return at % 2 ? `${x} ${y},` : `${(x / 100).toFixed(6)} ${(y / 100).toFixed(6)},`;
}

/** So many connections that are opened, written to and never read. */
function rude(url, count, head, then = () => {}) {
  const { hostname, port } = new URL(url);
  return many(count, (i) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write(head);
      then(socket, i);
    });
    socket.on("error", () => {});
    return socket;
  });
}

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const httpHead = (path, length, extra = "") =>
  `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n${length === undefined ? "Transfer-Encoding: chunked" : `Content-Length: ${length}`}\r\n${extra}\r\n`;

/** What the server still holds of them is in the report. */
async function stayRude(sockets, milliseconds) {
  await wait(milliseconds);
  return sockets;
}

/** Each: what is there before, and the attack, which tells how it ended. */
const attacks = {
  "nq 16,384 x limit 16,384": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(20_000, (i) => i),
      ),
    run: async (url) =>
      (await post(url, `${v2}search`, { collectionName, data: many(16_384, () => [1, 2]), limit: 16_384 })).code,
  },
  "nq 16,384 x limit 1,000": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(20_000, (i) => i),
      ),
    run: async (url) =>
      (await post(url, `${v2}search`, { collectionName, data: many(16_384, () => [1, 2]), limit: 1_000 })).code,
  },
  "hybrid: 4 x nq 1 x limit 16,384": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(20_000, (i) => i),
      ),
    run: async (url) =>
      (
        await post(url, `${v2}hybrid_search`, {
          collectionName,
          search: many(4, () => ({ data: [[1, 2]], annsField: "vector", limit: 16_384 })),
          rerank: { strategy: "rrf", params: { k: 60 } },
          limit: 16_384,
        })
      ).code,
  },
  "phrase of 100 words, row of 20 KB": {
    prepare: (db) => table(db, "VarChar", [many(10_000, (i) => (i % 7 ? "a" : letters[i % 26])).join(" ")], analyzed),
    run: filtered(`phrase_match(x, "${many(99, (i) => (i < 74 ? "a" : letters[i - 74])).join(" ")} z", 0)`),
  },
  "phrase of 100 words, slop 1,000": {
    prepare: (db) => table(db, "VarChar", [many(10_000, (i) => (i % 7 ? "a" : letters[i % 26])).join(" ")], analyzed),
    run: filtered(`phrase_match(x, "${many(99, (i) => letters[i % 3]).join(" ")} z", 1000)`),
  },
  "st_isvalid, 20 x 20,000 points": {
    prepare: (db) =>
      table(
        db,
        "Geometry",
        many(20, (i) => circle(20_000, 1 + i)),
      ),
    run: filtered("st_isvalid(x)"),
  },
  "st_intersects, 20 x 1,500 points": {
    prepare: (db) =>
      table(
        db,
        "Geometry",
        many(20, (i) => circle(1_500, 1 + i / 20)),
      ),
    run: filtered(`st_intersects(x, "${circle(20_000, 1.3)}")`),
  },
  "st_within + st_touches, comb": {
    prepare: (db) =>
      table(
        db,
        "Geometry",
        many(20, (i) => circle(1_500, 1 + i / 20)),
      ),
    run: filtered(
      `st_touches(x, "LINESTRING(${many(20_000, (i) => `${i % 2 ? 2 : -2} ${(i / 10_000 - 1).toFixed(5)}`).join(",")})")`,
    ),
  },
  "st_crosses, zigzag and star of 20,000 points": {
    prepare: (db) => table(db, "Geometry", [circle(20_000, 1.3).replace(/(-?[\d.]+) (-?[\d.]+),/g, star)]),
    run: filtered(
      `st_crosses(x, "LINESTRING(${many(20_000, (i) => `${i % 2 ? 2 : -2} ${(i / 10_000 - 1).toFixed(5)}`).join(",")})")`,
    ),
  },
  "regex of an analyzer that backtracks": {
    prepare: (db) => table(db, "Int64", [1]),
    run: async (url) =>
      (
        await post(url, "/v2/vectordb/common/run_analyzer", {
          text: ["a".repeat(200)],
          analyzerParams: JSON.stringify({ tokenizer: "standard", filter: [{ type: "regex", expr: "^(a+)+b$" }] }),
        })
      ).code,
  },
  'like "%a(15,000)_b_b"': {
    prepare: (db) =>
      table(
        db,
        "VarChar",
        many(20, () => "a".repeat(65_000)),
        text,
      ),
    run: filtered(`x like "%${"a".repeat(15_000)}_b_b"`),
  },
  'like "%a_a_a...%" (1,000 wildcards)': {
    prepare: (db) =>
      table(
        db,
        "VarChar",
        many(20, () => "a".repeat(65_000)),
        text,
      ),
    run: filtered(`x like "%${"a_".repeat(1_000)}b%"`),
  },
  '200 x like "%a_1%", 2 s': {
    prepare: (db) =>
      table(
        db,
        "VarChar",
        many(20_000, (i) => `row ${i} ${"ab".repeat(100)}`),
        text,
      ),
    run: filtered(many(200, (i) => `x like "%a_${i}z%"`).join(" or "), { "Request-Timeout": "2" }),
  },
  "n in [100,000 numbers]": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(20_000, (i) => i),
      ),
    run: filtered(`x in [${many(100_000, (i) => i * 3).join(",")}]`),
  },
  "json_contains_any, 100,000 values": {
    prepare: (db) =>
      table(
        db,
        "JSON",
        many(20_000, (i) => [i, i + 1]),
      ),
    run: filtered(`json_contains_any(x, [${many(100_000, (i) => -i).join(",")}])`),
  },
  "5 MB of id==1 or": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(100, (i) => i),
      ),
    run: filtered(many(620_000, () => "id==1").join(" or ")),
  },
  "900 KB of id==1 or": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(100, (i) => i),
      ),
    run: filtered(many(100_000, () => "id==1").join(" or ")),
  },
  "900 KB of (": {
    prepare: (db) =>
      table(
        db,
        "Int64",
        many(100, (i) => i),
      ),
    run: filtered("(".repeat(900_000)),
  },
  "integer of 4,000,000 digits": {
    prepare: (db) => table(db, "Int64", [1]),
    run: async (url) =>
      (await post(url, `${v2}insert`, `{"collectionName":"c","data":[{"id":1,"x":${"9".repeat(4e6)},"vector":[1,2]}]}`))
        .code,
  },
  "60 MB of small numbers": {
    prepare: (db) => table(db, "Int64", [1]),
    run: async (url) =>
      (
        await post(
          url,
          `${v2}insert`,
          `{"collectionName":"c","data":[{"id":1,"x":1,"vector":[1,2],"m":[${"1,".repeat(3e7)}1]}]}`,
        )
      ).code,
  },
  "60 MB of small numbers and one 1.0": {
    prepare: (db) => table(db, "Int64", [1]),
    run: async (url) =>
      (
        await post(
          url,
          `${v2}insert`,
          `{"collectionName":"c","data":[{"id":1,"x":1,"vector":[1,2],"m":[${"1,".repeat(3e7)}1.0]}]}`,
        )
      ).code,
  },
  "60 clients that do not read 22 MB": {
    prepare: (db) =>
      table(
        db,
        "VarChar",
        many(400, () => "x".repeat(60_000)),
        text,
      ),
    run: (url) => {
      const body = JSON.stringify({ collectionName, filter: "id >= 0", outputFields: ["*"], limit: 400 });
      const sockets = rude(url, 60, httpHead(`${v2}query`, body.length) + body, (socket) => socket.pause());
      return stayRude(sockets, 45_000);
    },
  },
  "100 requests for 22 MB on one connection": {
    prepare: (db) =>
      table(
        db,
        "VarChar",
        many(400, () => "x".repeat(60_000)),
        text,
      ),
    run: (url) => {
      const body = JSON.stringify({ collectionName, filter: "id >= 0", outputFields: ["*"], limit: 400 });
      const sockets = rude(url, 1, (httpHead(`${v2}query`, body.length) + body).repeat(100), (socket) =>
        socket.pause(),
      );
      return stayRude(sockets, 10_000);
    },
  },
  "6 bodies in chunks of one byte": {
    prepare: (db) => table(db, "Int64", [1]),
    run: (url) => {
      const piece = "1\r\n1\r\n".repeat(10_000);
      const sockets = rude(url, 6, httpHead(`${v2}query`), function write(socket) {
        while (!socket.destroyed && socket.write(piece));
        socket.once("drain", () => write(socket));
      });
      return stayRude(sockets, 20_000);
    },
  },
  "256 bodies, one byte a second": {
    prepare: (db) => table(db, "Int64", [1]),
    run: (url) => {
      const sockets = rude(url, 256, httpHead(`${v2}query`, 1_000_000), (socket) => {
        const timer = setInterval(() => socket.write("1"), 1000);
        socket.on("close", () => clearInterval(timer));
      });
      return stayRude(sockets, 45_000);
    },
  },
  "60 clients that never finish their headers": {
    prepare: (db) => table(db, "Int64", [1]),
    run: (url) => stayRude(rude(url, 60, "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"), 45_000),
  },
};

/** Asks for the list of collections again and again. @returns ends and tells the longest time without an answer, in ms */
function stranger(url) {
  let on = true;
  let longest = 0;
  let served = performance.now();
  const failures = new Set();
  const done = (async () => {
    while (on) {
      const { code } = await post(url, "/v2/vectordb/collections/list", {});
      if (code !== "0") failures.add(code);
      else {
        longest = Math.max(longest, performance.now() - served);
        served = performance.now() + 50;
      }
      await wait(50);
    }
  })();
  return async () => {
    on = false;
    await done;
    return `${Math.round(longest)}${failures.size > 0 ? ` (${[...failures].join()})` : ""}`;
  };
}

async function attack(name) {
  const child = spawn(process.execPath, ["--expose-gc", fileURLToPath(import.meta.url), "serve", name], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const told = (key) =>
    new Promise((resolve) => {
      const listen = (message) => {
        if (!(key in message)) return;
        child.off("message", listen);
        resolve(message[key]);
      };
      child.on("message", listen);
      child.once("exit", (code, signal) => resolve(`died: ${code ?? signal}`));
    });
  const url = await told("url");
  child.send("reset");
  await wait(100);
  const waited = stranger(url);
  const start = performance.now();
  const result = await attacks[name].run(url);
  const took = Math.round(performance.now() - start);
  const longest = await waited();
  const report = told("report");
  if (child.connected) child.send("report");
  const { stall, most, left, sockets } = await report;
  const outcome = Array.isArray(result) ? `${result.length} connections` : result;
  if (Array.isArray(result)) for (const socket of result) socket.destroy();
  if (child.connected) child.disconnect();
  return {
    attack: name,
    outcome,
    "answered ms": took,
    "stall ms": stall,
    "stranger ms": longest,
    "most MB": Math.round(most / MEGABYTE),
    "left MB": Math.round(left / MEGABYTE),
    sockets,
  };
}

if (process.argv[2] === "serve") {
  await serve(process.argv[3]);
} else {
  const wanted = process.argv[2] ?? "";
  const rows = [];
  for (const name of Object.keys(attacks).filter((known) => known.includes(wanted))) {
    const row = await attack(name);
    console.log(JSON.stringify(row));
    rows.push(row);
  }
  console.table(rows);
  process.exit();
}
