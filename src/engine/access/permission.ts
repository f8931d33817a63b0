import { failure } from "../../errors.js";
import type { Catalog } from "../catalog/catalog.js";
import { type Caller, type NamedObjects, namedCollections } from "../contract/caller.js";
import { DEFAULT_DATABASE } from "../contract/request.js";
import { contract, type OperationPath } from "../contract/table.js";
import { ANY } from "../model/privileges.js";
import type { Access } from "./access.js";
import { PUBLIC, ROOT, type User } from "./records.js";
import type { Wanted } from "./rights.js";

/** What is asked about: whose users, and whose collections. */
interface Store {
  readonly access: Access;
  readonly catalog: Catalog;
}

interface Asked {
  readonly path: OperationPath;
  /** The operation for which it is run: the same, unless a surface looks something up. */
  readonly purpose: OperationPath;
}

/**
 * THE check of every call that has a caller: the privilege of the operation's row, and whether the caller sees what it tells
 * of.
 *
 * @param database of requests that name none
 * @throws CollectionHidden, DatabaseHidden, and what `requirePrivilege` throws
 */
export function requirePermission(
  store: Store,
  { path, purpose }: Asked,
  request: NamedObjects,
  caller: Caller,
  database = DEFAULT_DATABASE,
): void {
  const user = requirePrivilege(store, purpose, request, caller, database);
  // What is looked up for another operation is not shown.
  if (user === undefined || path !== purpose) return;
  const { tellsOf } = contract[path];
  if (tellsOf === "collection") requireVisibleCollection(store, user, request, database);
  if (tellsOf === "database") {
    const name = request.dbName || database;
    if (!store.access.rights.seesDatabase(user, name)) throw failure("DatabaseHidden", { database: name });
  }
}

/**
 * The first half of it: the privilege alone.
 *
 * @param database of requests that name none
 * @returns the caller, undefined for who may do everything
 * @throws PermissionDenied; NotAuthenticated for a user who is no more, or has another password by now
 */
export function requirePrivilege(
  store: Store,
  path: OperationPath,
  request: NamedObjects,
  caller: Caller,
  database = DEFAULT_DATABASE,
): User | undefined {
  const user = restrictedUser(store.access, caller);
  const { privilege } = contract[path];
  if (user === undefined || privilege === undefined) return user;
  const here = privilege.at === "connection" ? caller.connection : undefined;
  const place = here ?? (request.dbName || database);
  const wanted: readonly Wanted[] = objectNames(store, path, request, place).map((objectName) => ({
    objectType: privilege.object,
    privilege: privilege.name,
    objectName,
    database: place,
  }));
  const own =
    (privilege.object === "User" && request.userName?.trim() === user.name) ||
    (path === "roles/describe" && holds(user, request.roleName?.trim()));
  if (!own && !store.access.rights.permits(user, wanted)) {
    throw failure("PermissionDenied", { privilege: privilege.name, user: user.name, database: place });
  }
  return user;
}

/** What a caller sees of lists. @throws NotAuthenticated */
export function sightOf(access: Access, caller: Caller | undefined): Sight {
  const user = caller === undefined ? undefined : restrictedUser(access, caller);
  if (user === undefined) return EVERYTHING;
  return {
    collection: (database, name) => access.rights.seesCollection(user, database, name),
    database: (name) => access.rights.seesDatabase(user, name),
  };
}

export interface Sight {
  collection(database: string, name: string): boolean;
  database(name: string): boolean;
}

const EVERYTHING: Sight = { collection: () => true, database: () => true };

/** The user who calls; undefined for who may do everything whatever is granted. @throws NotAuthenticated */
function restrictedUser(access: Access, caller: Caller): User | undefined {
  if (caller.credential === undefined) return undefined;
  const user = access.user(caller.user);
  if (user?.credential !== caller.credential) throw failure("NotAuthenticated");
  return user.name === ROOT ? undefined : user;
}

/** What an operation is on: of one that takes several collections all of them. */
function objectNames(
  { catalog }: Store,
  path: OperationPath,
  request: NamedObjects,
  database: string,
): readonly string[] {
  const { privilege, request: known } = contract[path];
  if (privilege?.object === "Global") return [ANY];
  // Nobody in particular: all of them.
  if (privilege?.object === "User") return [request.userName?.trim() || ANY];
  const collectionName = request.collectionName || (request.sourceCollectionName ?? "");
  const { collectionNames = [] } = "collectionNames" in known ? request : {};
  return namedCollections({ collectionName, collectionNames }).map((given) => {
    const name = given.trim();
    return catalog.find(database, name)?.name ?? name;
  });
}

function holds(user: User, role: string | undefined): boolean {
  return role !== undefined && (role === PUBLIC || user.roles.includes(role));
}

/** Whether it exists is not told either. @throws CollectionHidden, under the name or number that was asked for */
function requireVisibleCollection(
  { access, catalog }: Store,
  user: User,
  { dbName, collectionName = "", collectionID }: NamedObjects,
  database: string,
): void {
  const place = dbName || database;
  const asked = collectionName.trim();
  if (collectionID === undefined && asked === "") return;
  const found = collectionID === undefined ? catalog.find(place, asked) : catalog.byId(collectionID);
  const name = found?.name ?? asked;
  if (!access.rights.seesCollection(user, found?.database ?? place, name)) {
    throw failure("CollectionHidden", { collection: asked || String(collectionID) });
  }
}
