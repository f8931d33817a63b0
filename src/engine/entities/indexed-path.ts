import type { Collection, IndexDescription } from "../model/collection.js";
import { readJsonPath } from "../model/json-path.js";
import { DYNAMIC_FIELD, fieldByName } from "../model/schema.js";
import { fieldColumn, META_COLUMN } from "./columns.js";

export interface IndexedPath {
  readonly column: string;
  readonly path: readonly string[];
  readonly castType: string;
}

/**
 * The JSON path of an index made with `json_path` and `json_cast_type`: `field["a"]["b"]`, `$meta["a"]`, or a bare
 * dynamic key. Undefined for any other index.
 */
export function indexedPath(
  collection: Collection,
  index: Pick<IndexDescription, "fieldName" | "params">,
): IndexedPath | undefined {
  const text = index.params["json_path"] ?? undefined;
  const field = fieldByName(collection.schema, index.fieldName);
  const castType = (index.params["json_cast_type"] ?? "varchar").toLowerCase();
  const dynamic = field === undefined && collection.schema.dynamic;
  if (field?.type !== "JSON" && !dynamic) return undefined;
  const column = field === undefined ? META_COLUMN : fieldColumn(field.id);
  if (text === undefined || text === "") return undefined;
  const { name, steps } = readJsonPath(text);
  const path = field === undefined && name !== "" && name !== DYNAMIC_FIELD ? [name, ...steps] : steps;
  return path.length === 0 ? undefined : { column, path, castType };
}
