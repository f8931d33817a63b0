import type { OperationPath } from "../engine/contract/table.js";
import type { NamedObjects } from "../engine/index.js";
import type { EnginePort, PortOptions } from "./engine-port.js";

/** What a message of the RPC protocol is about, under any of the names that it has there. */
export interface NamedMessage {
  readonly db_name?: unknown;
  readonly dbName?: unknown;
  readonly collection_name?: unknown;
  readonly collectionName?: unknown;
  readonly collection_names?: unknown;
  /** The name that a collection had. */
  readonly oldName?: unknown;
  readonly username?: unknown;
  readonly user?: unknown;
  readonly entity?: unknown;
  readonly collectionID?: unknown;
}

/**
 * Asks whether the caller may do what a message of the RPC protocol says, before anything else about it is looked at.
 *
 * @param operation whose privilege it needs; undefined: none
 * @returns undefined where there is nothing to ask: nobody calls, or a collection is named by its number, and is asked about
 * when its name is known
 * @throws PermissionDenied, NotAuthenticated
 */
export function askPrivilege(
  engine: EnginePort,
  operation: OperationPath | undefined,
  message: NamedMessage,
  { caller, database = "" }: PortOptions,
): Promise<void> | undefined {
  if (caller === undefined || operation === undefined) return undefined;
  const collectionName = textOf(message.collection_name) || textOf(message.collectionName) || textOf(message.oldName);
  const collectionNames = textsOf(message.collection_names).concat(textsOf(message.collection_name));
  if (collectionName === "" && collectionNames.length === 0 && Number(message.collectionID ?? 0) > 0) return undefined;
  const names: NamedObjects = {
    dbName: textOf(message.db_name) || textOf(message.dbName) || database,
    ...(collectionNames.length > 0 ? { collectionNames } : { collectionName }),
    userName: textOf(message.username) || nameOf(message.user),
    roleName: nameOf((message.entity as { readonly role?: unknown } | undefined)?.role),
  };
  return engine.permit(operation, names, { caller });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}

function nameOf(entity: unknown): string {
  return textOf((entity as { readonly name?: unknown } | undefined)?.name);
}
