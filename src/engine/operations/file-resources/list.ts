import type { Operation } from "../operation.js";

/** Files that analyzers may name, in order of addition. */
export const listFileResources: Operation<"file_resources/list"> = {
  path: "file_resources/list",
  run: (ctx) => ({ data: ctx.fileResources.all() }),
};
