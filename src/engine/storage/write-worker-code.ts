/** The bundled code of `write-worker.ts`, put in by the build; a run from the sources has none. */
export const writeWorkerCode: string | undefined = undefined;
