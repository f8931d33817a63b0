// From a file to a server, and on with the same code:
//
//   node move.mjs [http://host:19530 [user:password]]
//
// Without an address a second Elanus in another process stands in for the server.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Elanus } from "elanus";
import { fill, find } from "./notes.mjs";

const [address, token] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "elanus-move-"));
const server = address === undefined ? await standIn() : { url: address, end() {} };
const access = token === undefined ? {} : { token };

const local = await Elanus.open(join(folder, "notes.db"));
await fill(local, 2000);
console.log("in the file:   ", await find(local));

const { plan } = await local.push({ to: server.url, ...access, dryRun: true });
console.log(
  "planned:       ",
  plan.collections.map(({ collection, rows }) => `${collection}, ${rows} rows`).join("; "),
);
const { rows, comparisons } = await local.push({ to: server.url, ...access });
console.log(
  "moved:         ",
  rows,
  "rows;",
  comparisons.every(({ same }) => same) ? "both sides are the same" : comparisons,
);
await local.close();

const remote = await Elanus.open(server.url, access);
console.log("on the server: ", await find(remote));
await remote.close();
server.end();
rmSync(folder, { recursive: true });

async function standIn() {
  const command = join(dirname(createRequire(import.meta.url).resolve("elanus/package.json")), "dist/cli.js");
  const args = ["serve", "--path", join(folder, "server.db"), "--port", "0"];
  const child = spawn(process.execPath, [command, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  for await (const chunk of child.stdout) {
    said += chunk;
    const [url] = /http:\/\/[\w.:]+/.exec(said) ?? [];
    if (url !== undefined) return { url, end: () => child.kill() };
  }
  throw new Error(`the server did not start: ${said}`);
}
