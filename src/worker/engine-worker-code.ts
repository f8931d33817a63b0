import type { WorkerCode } from "../runtime/worker.js";

/** The bundled code of `engine-worker.ts`, put in by the build; a run from the sources has none. */
export const engineWorkerCode: WorkerCode | undefined = undefined;
