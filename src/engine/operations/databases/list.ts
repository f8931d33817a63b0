import type { Operation } from "../operation.js";

/** Names of all databases in order of creation. */
export const listDatabases: Operation<"databases/list"> = {
  path: "databases/list",
  run(ctx) {
    const databases = ctx.catalog.databases();
    return {
      data: databases.map((d) => d.name),
      facts: databases.map(({ id, createdAt }) => ({ id, createdAt })),
    };
  },
};
