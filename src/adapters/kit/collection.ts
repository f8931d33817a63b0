import type { CollectionDescription } from "../../engine/contract/collections.js";
import { invalidParameter, isElanusError } from "../../errors.js";
import type { Namespaces } from "../../namespaces.js";

/** An open database, or the view of one of its users: of a file, in memory, or on a server. */
export type Database = Pick<Namespaces, "collections" | "entities" | "partitions">;

/** Past the compiler anything may have been given. @param owner what takes it */
export function requireDatabase(owner: string, options: { readonly db: Database }): void {
  if (typeof Object(options).db?.collections?.describe === "function") return;
  throw invalidParameter(`${owner} takes an open database: { db: await Elanus.open("app.db") }`);
}

/** The same of a collection of it. */
export function requireCollection(
  owner: string,
  options: { readonly db: Database; readonly collectionName: string },
): void {
  requireDatabase(owner, options);
  const { collectionName } = options;
  if (typeof collectionName === "string" && collectionName !== "") return;
  throw invalidParameter(`${owner} takes the name of a collection: { collectionName }`);
}

/** Of every read: a server too shows what was written before. */
export const STRONG = { consistencyLevel: "Strong" } as const;

export type Field = CollectionDescription["fields"][number];

/** The description of a collection; undefined where there is none. */
export async function described(
  { collections }: Database,
  collectionName: string,
): Promise<CollectionDescription | undefined> {
  try {
    return await collections.describe({ collectionName });
  } catch (error) {
    if (isElanusError(error, "CollectionNotFound")) return undefined;
    throw error;
  }
}

export function primaryField({ fields, collectionName }: CollectionDescription): Field {
  return found(fields, ({ primaryKey }) => primaryKey, `${collectionName} has no primary field`);
}

/** The field with that name, or the first one with vectors of numbers. */
export function vectorField({ fields, collectionName }: CollectionDescription, name?: string): Field {
  const what = name === undefined ? "field of float vectors" : `vector field ${JSON.stringify(name)}`;
  const wanted = (field: Field): boolean => (name === undefined ? field.type === "FloatVector" : field.name === name);
  return found(fields, wanted, `${collectionName} has no ${what}`);
}

function found(fields: readonly Field[], wanted: (field: Field) => boolean, otherwise: string): Field {
  const field = fields.find(wanted);
  if (field === undefined) throw invalidParameter(otherwise);
  return field;
}

export function dimensionOf({ params }: Field): number {
  return Number(params?.find(({ key }) => key === "dim")?.value);
}

export function metricOf({ indexes }: CollectionDescription, field: string): string | undefined {
  return indexes.find(({ fieldName }) => fieldName === field)?.metricType;
}

/** A call that wants a loaded collection: one that is not is loaded, as the connectors of the frameworks do. */
export async function whenLoaded<T>(db: Database, collectionName: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    const released = isElanusError(error, "CollectionNotLoaded") || isElanusError(error, "PartitionNotLoaded");
    if (!released) throw error;
    await db.collections.load({ collectionName });
    return call();
  }
}
