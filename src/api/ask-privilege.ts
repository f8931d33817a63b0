import type { OperationPath } from "../engine/contract/table.js";
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
 * @throws PermissionDenied, NotAuthenticated
 */
export async function askPrivilege(
  engine: EnginePort,
  operation: OperationPath,
  message: NamedMessage,
  options: PortOptions,
): Promise<void> {
  const collection = textOf(message.collection_name) || textOf(message.collectionName) || textOf(message.oldName);
  const list = textsOf(message.collection_names).concat(textsOf(message.collection_name));
  // A collection that is named by its number is asked about when its name is known.
  if (collection === "" && list.length === 0 && Number(message.collectionID ?? 0) > 0) return;
  const names = {
    dbName: textOf(message.db_name) || textOf(message.dbName) || options.database || "",
    ...(list.length > 0 ? { collectionNames: list } : { collectionName: collection }),
    userName: textOf(message.username) || nameOf(message.user),
    roleName: nameOf((message.entity as { readonly role?: unknown } | undefined)?.role),
  };
  // Whatever it answers: what counts is that it may be asked.
  await engine.execute("databases/list", names, { ...options, purpose: operation });
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
