/** The bundled code of `search-worker.ts`, put in by the build; a run from the sources has none. */
export const searchWorkerCode: string | undefined = undefined;
