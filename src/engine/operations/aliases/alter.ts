import { failure } from "../../../errors.js";
import { requireRoom } from "../../model/room.js";
import type { Operation } from "../operation.js";
import { readAliasTarget } from "./create.js";

/**
 * Points an alias to another collection of the same database.
 *
 * @throws the errors of `readAliasTarget`, AliasNotFound
 */
export const alterAlias: Operation<"aliases/alter"> = {
  path: "aliases/alter",
  run(ctx, request) {
    const { database, alias, current, target } = readAliasTarget(ctx, request, "missing");
    if (current === undefined) throw failure("AliasNotFound", { database: database.name, alias });
    if (current.id !== target.id) requireRoom(`aliases of collection ${target.name}`, target.aliases.length);
    ctx.transaction(() => ctx.catalog.setAlias(database.id, alias, target.id));
    return { data: {} };
  },
};
