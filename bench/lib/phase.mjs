// Phases run in processes of their own: one file, one JSON line on standard output.
import { spawn } from "node:child_process";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { round } from "./measure.mjs";

/**
 * Runs a phase in a fresh process.
 * @param file absolute path of the script
 * @param input plain data, the phase's argument
 * @returns what the phase printed last, and `noise`: the longest delay of this idle process meanwhile, in ms
 */
export function runPhase(file, input, { seconds = 900, nodeOptions = [] } = {}) {
  const calm = monitorEventLoopDelay({ resolution: 1 });
  calm.enable();
  return new Promise((resolve, reject) => {
    const child = spawn(
      process.execPath,
      ["--expose-gc", "--max-old-space-size=8192", ...nodeOptions, file, JSON.stringify(input)],
      { stdio: ["ignore", "pipe", "pipe"] },
    );
    let out = "";
    let err = "";
    const timer = setTimeout(() => child.kill("SIGKILL"), seconds * 1000);
    child.stdout.on("data", (chunk) => {
      out += chunk;
    });
    child.stderr.on("data", (chunk) => {
      err += chunk;
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      calm.disable();
      const noise = round(calm.max / 1e6 - 1, 1);
      const line = out.trim().split("\n").at(-1) ?? "";
      if (code === 0 && line.startsWith("{")) resolve({ ...JSON.parse(line), noise });
      else {
        const lines = err.split("\n");
        const why = lines.find((l) => /^\w*Error/.test(l)) ?? lines.find((l) => /error/i.test(l)) ?? err.trim();
        reject(new Error(`${file} ended with ${signal ?? code}: ${why}`));
      }
    });
  });
}

/** The argument of this process. */
export function phaseInput() {
  return JSON.parse(process.argv[2] ?? "{}");
}

/** Hands the result back and ends the process: peers may leave threads behind. */
export function phaseDone(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}
