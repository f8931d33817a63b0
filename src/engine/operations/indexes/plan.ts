import { failure } from "../../../errors.js";
import type { EngineContext } from "../../context.js";
import { indexedPath } from "../../entities/indexed-path.js";
import type { Collection } from "../../model/collection.js";
import { isVectorType } from "../../model/data-type.js";
import { functionOf } from "../../model/functions.js";
import { requireRoom } from "../../model/room.js";
import { DYNAMIC_FIELD, type FieldSchema, fieldByName } from "../../model/schema.js";
import type { ServerTraits } from "../../model/server-version.js";
import {
  checkIndexVersion,
  type IndexDefinition,
  type NewIndex,
  readIndex,
  sameIndex,
} from "../../model/validate-index.js";

/**
 * Checks index definitions against a collection, each as if those before it were made already.
 *
 * @param during says how an unknown field is worded
 * @returns the indexes to make; those that exist with the same parameters are left out
 * @throws MissingParameters or IndexFieldNotFound for an unknown field, IndexDistinct, and the errors of `readIndex`
 */
export function planIndexes(
  collection: Collection,
  definitions: readonly IndexDefinition[],
  during: "create index" | "create collection",
  server: ServerTraits,
): readonly NewIndex[] {
  const names = new Map<string, NewIndex>();
  const places = new Map<string, NewIndex>();
  const note = (index: NewIndex, path: string): void => {
    names.set(index.name, index);
    places.set(`${index.fieldId} ${path}`, index);
  };
  for (const index of collection.indexes) note(index, pathOf(collection, index));
  const planned: NewIndex[] = [];
  for (const definition of definitions) {
    const fieldName = (definition.fieldName ?? "").trim();
    const field = fieldByName(collection.schema, fieldName) ?? dynamicKey(collection, definition, fieldName);
    if (field === undefined) {
      throw during === "create collection"
        ? failure("MissingParameters", { detail: `\`${fieldName}\` hasn't defined in schema` })
        : failure("IndexFieldNotFound", { field: fieldName });
    }
    const ofWords = functionOf(collection.schema.functions, field.name)?.type === "BM25";
    checkIndexVersion(definition, field, server);
    const read = castAsServed(withPath(readIndex(definition, field, ofWords)), server);
    const path = pathOf(collection, read);
    const onField = places.get(`${read.fieldId} ${path}`);
    const unnamed = (definition.indexName ?? "").trim() === "";
    const index = unnamed ? { ...read, name: onField?.name ?? defaultName(field, path) } : read;
    const rival = names.get(index.name) ?? onField;
    if (rival !== undefined) {
      if (!sameIndex(rival, index)) throw failure("IndexDistinct");
      continue;
    }
    requireRoom(`indexes of collection ${collection.name}`, names.size);
    note(index, path);
    planned.push(index);
  }
  return planned;
}

/** An index of a dynamic key is one of a path, also where only the key is named. */
function withPath(index: NewIndex): NewIndex {
  if (index.fieldId !== DYNAMIC_FIELD_ID || index.params["json_path"]) return index;
  return { ...index, params: { ...index.params, json_path: index.fieldName } };
}

function castAsServed(index: NewIndex, { castTypeInCapitals }: ServerTraits): NewIndex {
  const cast = index.params["json_cast_type"];
  if (cast === undefined || !castTypeInCapitals) return index;
  return { ...index, params: { ...index.params, json_cast_type: cast.toUpperCase() } };
}

/** A JSON field may have one index per path, any other field has one: the path inside of the field as a JSON pointer. */
function pathOf(collection: Collection, index: NewIndex): string {
  const steps = indexedPath(collection, index)?.path ?? [];
  return steps.map((step) => `/${step.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

/** The name of an index that is given none: that of the field, and of the path inside of it. */
function defaultName(field: FieldSchema, path: string): string {
  return `${field.id === DYNAMIC_FIELD_ID ? DYNAMIC_FIELD : field.name}${path}`;
}

/** Stands for the dynamic field in index records: it has no id of its own. */
const DYNAMIC_FIELD_ID = 0;

/** A key of the dynamic field, or `$meta`, as the JSON field that it is, where the index asks for a JSON path. */
function dynamicKey(collection: Collection, definition: IndexDefinition, fieldName: string): FieldSchema | undefined {
  if (!collection.schema.dynamic || fieldName === "") return undefined;
  const asksForPath = definition.params?.["json_cast_type"] !== undefined || fieldName === DYNAMIC_FIELD;
  if (!asksForPath) return undefined;
  return {
    id: DYNAMIC_FIELD_ID,
    name: fieldName,
    type: "JSON",
    description: "",
    primaryKey: false,
    autoId: false,
    partitionKey: false,
    clusteringKey: false,
    nullable: false,
    params: {},
  };
}

/** Writes planned indexes: call inside `ctx.transaction`. Returns their ids. */
export function writeIndexes(ctx: EngineContext, collectionId: number, plan: readonly NewIndex[]): readonly number[] {
  return plan.map((planned) => {
    const index = ctx.catalog.createIndex(collectionId, planned);
    const collection = ctx.catalog.byId(collectionId);
    // Vector indexes live in memory: the loader makes them.
    if (collection !== undefined && index.metricType === "") ctx.entities.createScalarIndex(collection, index);
    return index.id;
  });
}

/** What is asked of a collection before it is loaded; its indexes may be planned ones. */
interface VectorIndexes extends Pick<Collection, "name" | "schema"> {
  readonly indexes: readonly NewIndex[];
}

/**
 * What every load demands but that of Milvus Lite: an index on each vector field.
 *
 * @throws IndexMissing when the collection has no index at all, VectorIndexMissing when some vector field has none
 */
export function requireVectorIndexes(ctx: EngineContext, collection: VectorIndexes): void {
  if (ctx.loader.rules === "lite") return;
  if (collection.indexes.length === 0) throw failure("IndexMissing", { collection: collection.name });
  const fields = collection.schema.fields
    .filter((field) => isVectorType(field.type) && !collection.indexes.some((i) => i.fieldId === field.id))
    .map((field) => field.name);
  if (fields.length > 0) throw failure("VectorIndexMissing", { fields });
}
