import { type MessagePort, Worker } from "node:worker_threads";
import { brotliDecompressSync } from "node:zlib";
import { failure } from "../errors.js";
import { codeLocation } from "./location.js";

/**
 * The text of a thread's code, as the build put it in: plain, or packed where it is large. Packed code stays data until a
 * thread wants it: a module that unpacks itself would need `require`, which a bundle of ES modules has not.
 */
export type WorkerCode = string | { readonly brotliBase64: string };

/**
 * Starts a thread from the text of its code, which is part of every bundle: no file has to be found, wherever a bundler,
 * an archive or a test runner has put this code. The thread looks for native packages where its parent does.
 *
 * @param code undefined where there is none: in a run from the TypeScript sources
 * @param ports of `data`, which the thread takes over
 * @throws NoWorker when there is no code, or the runtime refuses a thread
 */
export function startWorker(
  name: string,
  code: WorkerCode | undefined,
  data: object,
  ports: MessagePort[] = [],
): Worker {
  if (code === undefined) throw failure("NoWorker", { reason: "its code is put in by the build" });
  try {
    return new Worker(unpacked(code), {
      eval: true,
      name,
      workerData: { ...data, location: codeLocation() },
      transferList: ports,
      execArgv: [],
      stdout: false,
      stderr: false,
    });
  } catch (cause) {
    throw failure("NoWorker", { reason: (cause as Error).message }, cause);
  }
}

function unpacked(code: WorkerCode): string {
  if (typeof code === "string") return code;
  return brotliDecompressSync(Buffer.from(code.brotliBase64, "base64")).toString();
}

/** Asks a thread to close what it has open and to end (`"close"`), and waits until it has. */
export async function closeWorker(worker: Worker): Promise<void> {
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  worker.ref();
  worker.postMessage("close");
  await exited;
}
