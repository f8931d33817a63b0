import { sightOf } from "../../access/permission.js";
import type { Operation } from "../operation.js";

/** Names of all databases in order of creation: those that the caller sees. */
export const listDatabases: Operation<"databases/list"> = {
  path: "databases/list",
  run(ctx, _, { caller }) {
    const sight = sightOf(ctx.access, caller);
    const databases = ctx.catalog.databases().filter((d) => sight.database(d.name));
    return {
      data: databases.map((d) => d.name),
      facts: databases.map(({ id, createdAt }) => ({ id, createdAt })),
    };
  },
};
