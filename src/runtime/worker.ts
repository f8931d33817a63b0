import { Worker } from "node:worker_threads";
import { failure } from "../errors.js";
import { codeLocation } from "./location.js";

/**
 * Starts a thread from the text of its code, which is part of every bundle: no file has to be found, wherever a bundler,
 * an archive or a test runner has put this code. The thread looks for native packages where its parent does.
 *
 * @param code undefined where there is none: in a run from the TypeScript sources
 * @throws NoWorker when there is no code, or the runtime refuses a thread
 */
export function startWorker(name: string, code: string | undefined, data: object): Worker {
  if (code === undefined) throw failure("NoWorker", { reason: "its code is put in by the build" });
  try {
    return new Worker(code, {
      eval: true,
      name,
      workerData: { ...data, location: codeLocation() },
      execArgv: [],
      stdout: false,
      stderr: false,
    });
  } catch (cause) {
    throw failure("NoWorker", { reason: (cause as Error).message }, cause);
  }
}

/** Asks a thread to close what it has open and to end (`"close"`), and waits until it has. */
export async function closeWorker(worker: Worker): Promise<void> {
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  worker.ref();
  worker.postMessage("close");
  await exited;
}
