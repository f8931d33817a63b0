/** The bundled code of `checkpoint-worker.ts`, put in by the build; a run from the sources has none. */
export const checkpointWorkerCode: string | undefined = undefined;
