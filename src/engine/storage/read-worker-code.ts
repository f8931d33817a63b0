/** The bundled code of `read-worker.ts`, put in by the build; a run from the sources has none. */
export const readWorkerCode: string | undefined = undefined;
