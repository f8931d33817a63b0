import type { Operation } from "../operation.js";

/** Files that analyzers may use: there are none. */
export const listFileResources: Operation<"file_resources/list"> = {
  path: "file_resources/list",
  run: () => ({ data: [] }),
};
