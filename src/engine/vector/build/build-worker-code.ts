/** The bundled code of `build-worker.ts`, put in by the build; a run from the sources has none. */
export const buildWorkerCode: string | undefined = undefined;
