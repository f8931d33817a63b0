import { failure } from "../../../errors.js";
import { sightOf } from "../../access/permission.js";
import type { DatabaseRecord } from "../../catalog/catalog.js";
import type { EngineContext } from "../../context.js";
import type { AliasTargetRequest } from "../../contract/aliases.js";
import type { Collection } from "../../model/collection.js";
import { requireRoom } from "../../model/room.js";
import { checkAlias, checkCollectionName } from "../../model/validate-names.js";
import type { Operation } from "../operation.js";
import { collectionNotFound, type NotFoundForm, requireDatabase } from "../resolve.js";

export interface AliasTarget {
  readonly database: DatabaseRecord;
  readonly alias: string;
  /** What the alias names now. */
  readonly current: Collection | undefined;
  readonly target: Collection;
}

/**
 * Reads alias and target of a request. The target must be a collection, not an alias.
 *
 * @throws InvalidParameter (bad names), DatabaseNotFound, AliasConflict, CollectionMissing
 */
export function readAliasTarget(ctx: EngineContext, request: AliasTargetRequest, form: NotFoundForm): AliasTarget {
  const alias = checkAlias(request.aliasName);
  const name = checkCollectionName(request.collectionName);
  const database = requireDatabase(ctx, request.dbName);
  const current = ctx.catalog.find(database.name, alias);
  if (current?.name === alias) throw failure("AliasConflict", { database: database.name, alias });
  const target = ctx.catalog.find(database.name, name);
  if (target?.name !== name) throw collectionNotFound(database.name, name, form);
  return { database, alias, current, target };
}

/**
 * Gives a collection a further name. The same alias of the same collection again is a success.
 *
 * @throws the errors of `readAliasTarget`, AliasExists
 */
export const createAlias: Operation<"aliases/create"> = {
  path: "aliases/create",
  run(ctx, request, { caller }) {
    const { database, alias, current, target } = readAliasTarget(ctx, request, "missing in database");
    if (current !== undefined && current.id !== target.id) {
      const isSeen = sightOf(ctx.access, caller).collection(database.name, current.name);
      throw failure("AliasExists", {
        database: database.name,
        alias,
        ...(isSeen && { collection: current.name }),
      });
    }
    if (current !== undefined) return { data: {} };
    requireRoom(`aliases of collection ${target.name}`, target.aliases.length);
    ctx.transaction(() => ctx.catalog.setAlias(database.id, alias, target.id));
    return { data: {} };
  },
};
