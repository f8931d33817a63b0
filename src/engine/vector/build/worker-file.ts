import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The build worker's code: beside this file when built, in `dist` when this runs from source. Undefined when missing. */
export function buildWorkerFile(): URL | undefined {
  const here = import.meta.url;
  const file = here.endsWith(".ts")
    ? new URL("../../../../dist/esm/engine/vector/build/build-worker.js", here)
    : new URL("./build-worker.js", here);
  return existsSync(fileURLToPath(file)) ? file : undefined;
}
