import type { Operation } from "../operation.js";

/** Names of all databases in order of creation. */
export const listDatabases: Operation<"databases/list"> = {
  path: "databases/list",
  run: (ctx) => ({ data: ctx.catalog.databases().map((d) => d.name) }),
};
