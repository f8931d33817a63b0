import type { CollectionRequest } from "../../../engine/contract/request.js";
import { failure } from "../../../errors.js";
import type { Received } from "../messages/table.js";

/** Database and collection of a request. */
export function collectionOf(request: {
  readonly db_name: string;
  readonly collection_name: string;
}): CollectionRequest {
  return { dbName: request.db_name, collectionName: request.collection_name };
}

/** Pairs as a record; of a key that comes twice the last value counts. */
export function recordOf(pairs: readonly Received<"KeyValuePair">[]): Readonly<Record<string, string>> {
  // Without a prototype: any text may be a key.
  const record: Record<string, string> = Object.create(null);
  for (const { key, value } of pairs) record[key] = value;
  return record;
}

/** What every statistics RPC answers. */
export function rowCount(rows: number): readonly { readonly key: string; readonly value: string }[] {
  return [{ key: "row_count", value: String(rows) }];
}

/** An alteration sets something, or removes something: one of the two. @throws AlterNothing, AlterBoth */
export function oneOf(what: string, set: readonly unknown[], remove: readonly unknown[]): void {
  if (set.length > 0 && remove.length > 0) throw failure("AlterBoth");
  if (set.length === 0 && remove.length === 0) throw failure("AlterNothing", { what });
}
