import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { pythonWith } from "../clients/harness/languages.js";
import type { Address } from "./peer.js";

const file = (name: string) => fileURLToPath(new URL(`./${name}`, import.meta.url));

export interface RealServer extends Address {
  stop(): Promise<void>;
}

const PORT = 19530;
const LEGACY_PORT = 9091;
/** Now and then a part of it never comes up. */
const STARTS = 4;
/** On a busy machine it takes some seconds to get well. */
const HEALTH_ATTEMPTS = 160;
const HEALTH_PAUSE_MS = 250;

/** Starts Milvus 2.3.5 on its own ports. @throws where its package cannot be installed or the server does not start */
export async function startRealServer(): Promise<RealServer> {
  // It would say that it has started, and somebody else would answer.
  for (const port of [PORT, LEGACY_PORT]) if (await isTaken(port)) throw new Error(`port ${port} is taken`);
  for (let start = 0; start < STARTS; start++) {
    const server = await started();
    if (server !== undefined) return server;
  }
  throw new Error("Milvus 2.3.5 does not start: is one of its ports taken?");
}

/** @returns undefined when it ends by itself, or does not get well in time */
async function started(): Promise<RealServer | undefined> {
  const folder = mkdtempSync(join(tmpdir(), "elanus-oracle-"));
  const server = spawn(pythonWith(file("requirements.txt")), [file("serve.py"), folder], {
    stdio: ["pipe", "pipe", "ignore"],
  });
  const ended = once(server, "exit").catch(() => []);
  const [said] = await Promise.race([once(server.stdout, "data"), ended.then(() => [""])]);
  const stop = async () => {
    server.stdin.end();
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  if (String(said).includes("started") && (await isHealthy())) return { port: PORT, legacyPort: LEGACY_PORT, stop };
  await stop();
  return undefined;
}

/** It says that it has started before all of its parts answer. */
async function isHealthy(): Promise<boolean> {
  for (let attempt = 0; attempt < HEALTH_ATTEMPTS; attempt++) {
    const answer = await fetch(`http://127.0.0.1:${LEGACY_PORT}/healthz`).then(
      (response) => response.text(),
      () => "",
    );
    if (answer.includes("OK")) return true;
    await delay(HEALTH_PAUSE_MS);
  }
  return false;
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.once("error", () => resolve(false));
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
  });
}
