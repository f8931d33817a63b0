// The device and the monitor, each in a process of its own, for a moment: node run.mjs
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "elanus-edge-"));
const device = fork(here("device.mjs"), [join(folder, "device.db")]);
const ended = once(device, "exit");
const [url] = await once(device, "message");
await once(device, "message");
await once(fork(here("monitor.mjs"), [url]), "exit");
device.send("end");
const [code] = await ended;
rmSync(folder, { recursive: true });
process.exitCode = code;
