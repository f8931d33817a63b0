import type { EmptyRequest, Operation } from "../operation.js";

/** Names of all databases in order of creation. */
export const listDatabases: Operation<EmptyRequest, readonly string[]> = {
  path: "databases/list",
  requestType: "EmptyReq",
  writes: false,
  request: {},
  run: (ctx) => ({ data: ctx.catalog.databases().map((d) => d.name) }),
};
