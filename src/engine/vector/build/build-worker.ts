import { setPriority } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { adoptKernelModule } from "../kernel/kernel.js";
import type { BuildJob } from "./build-job.js";
import { runBuildJob } from "./build-steps.js";

// One job per worker: when the thread ends, everything it held is free.

// On Linux a priority is the thread's own: builds take what is left, and the caller's thread does not wait for a core.
// Elsewhere it would be the whole process's.
const BACKGROUND_NICENESS = 5;
if (process.platform === "linux") {
  try {
    setPriority(0, BACKGROUND_NICENESS);
  } catch {
    // A sandbox may forbid it: the build is only less polite then.
  }
}

if (parentPort !== null) {
  const job = workerData as BuildJob;
  adoptKernelModule(job.module);
  // That the code runs: what fails before this fails for every job.
  parentPort.postMessage("started");
  const pace = { linkRows: 8, copyRows: 4096, lingerMs: 250, turn: () => undefined };
  runBuildJob(job, pace).then((reply) => parentPort?.postMessage(reply));
}
