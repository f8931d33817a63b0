import type { CollectionDescription } from "../engine/contract/collections.js";
import type { FieldDescription } from "../engine/contract/fields.js";
import { isSince, type ServerVersion } from "./server-version.js";
import type { DescribedCollection, IndexDescription } from "./side.js";

/** Rows may bring the keys of a field whose keys the server makes. */
export const KEYS_GIVEN = "allow_insert_auto_id";

/** A collection as the other side can have it. */
export interface Adapted {
  readonly description: CollectionDescription;
  readonly indexes: readonly IndexDescription[];
  /** What will be otherwise there, in words. */
  readonly changes: readonly string[];
  /** What there is no way to move, in words. */
  readonly refusals: readonly string[];
}

type Since = readonly [number, number, number?];

/** Types that not every server has, with the version they came with. */
const TYPES: Readonly<Record<string, Since>> = {
  JSON: [2, 2, 9],
  Array: [2, 3],
  Float16Vector: [2, 4],
  BFloat16Vector: [2, 4],
  SparseFloatVector: [2, 4],
  Int8Vector: [2, 6],
  Geometry: [2, 6, 4],
  Timestamptz: [2, 6, 6],
  Text: [3, 0],
};

/** Types that Milvus Lite from 3 on, which has an engine of its own, does not have. */
const NOT_IN_LITE_3 = ["BinaryVector", "Float16Vector", "BFloat16Vector", "Int8Vector", "Text"];

/** Parameters of fields that older servers do not know. */
const FIELD_PARAMS: Readonly<Record<string, Since>> = {
  enable_analyzer: [2, 5],
  enable_match: [2, 5],
  analyzer_params: [2, 5],
  multi_analyzer_params: [2, 6],
};

const INDEX_TYPES: Readonly<Record<string, Since>> = {
  SCANN: [2, 3],
  INVERTED: [2, 4],
  SPARSE_INVERTED_INDEX: [2, 4],
  SPARSE_WAND: [2, 4],
  BITMAP: [2, 5],
  HYBRID: [2, 5],
  HNSW_SQ: [2, 5],
  HNSW_PQ: [2, 5],
  HNSW_PRQ: [2, 5],
  NGRAM: [2, 6],
  RTREE: [2, 6],
  IVF_RABITQ: [2, 6],
  MINHASH_LSH: [2, 6],
  AISAQ: [3, 0],
};

const METRICS: Readonly<Record<string, Since>> = { COSINE: [2, 3], BM25: [2, 5], MHJACCARD: [2, 6] };

const BM25 = 1;

/** What becomes of a collection on a server: as little as possible is changed, and everything that is gets told. */
export function adapt(described: DescribedCollection, server: ServerVersion): Adapted {
  const changes: string[] = [];
  const refusals: string[] = [];
  const has = (...since: Since) => isSince(server, ...since);
  const { description } = described;
  const lacking = (what: string) => refusals.push(`${what}: ${server.name} has none`);

  if (description.enableDynamicField && !has(2, 2, 9)) lacking("dynamic fields");
  if (description.structFields !== undefined && !has(2, 6, 4)) lacking("struct arrays");
  if (server.product === "Milvus Lite" && !has(3, 0)) {
    if (described.partitions.length > 1)
      refusals.push(`${described.partitions.length} partitions: ${server.name} has one`);
    if (description.aliases.length > 0) changes.push("aliases are left out");
  }
  const vectors = description.fields.filter((field) => field.type.endsWith("Vector"));
  if (vectors.length > 1 && !has(2, 4)) refusals.push(`${vectors.length} vector fields: ${server.name} takes one`);

  const fields = description.fields.map((field) => adaptField(field, server, changes, refusals));
  const functions = description.functions.filter((f) => {
    if (f.type === BM25) {
      if (!has(2, 5)) lacking(`full text search (function ${f.name})`);
      return true;
    }
    changes.push(`function ${f.name} is left out: what it has computed is moved as it is`);
    return false;
  });
  const computed = new Set(functions.flatMap((f) => f.outputFieldNames));
  const properties = description.properties.filter(({ key }) => key !== KEYS_GIVEN);
  if (description.autoId && has(2, 6)) properties.push({ key: KEYS_GIVEN, value: "true" });
  if (properties.some(({ key, value }) => key === "collection.ttl.seconds" && Number(value) > 0)) {
    changes.push("rows begin to age anew (collection.ttl.seconds)");
  }
  return {
    description: {
      ...description,
      fields: fields.map(({ isFunctionOutput: _, ...field }) =>
        computed.has(field.name) ? { ...field, isFunctionOutput: true } : field,
      ),
      functions,
      properties,
      aliases: server.product === "Milvus Lite" && !has(3, 0) ? [] : description.aliases,
      autoId: fields.some((field) => field.autoId),
      ...(description.structFields !== undefined && { structFields: description.structFields }),
    },
    indexes: described.indexes.flatMap((index) => adaptIndex(index, description, server, changes, refusals) ?? []),
    changes,
    refusals,
  };
}

function adaptField(
  field: FieldDescription,
  server: ServerVersion,
  changes: string[],
  refusals: string[],
): FieldDescription {
  const has = (...since: Since) => isSince(server, ...since);
  const refuse = (what: string) => refusals.push(`field ${field.name} ${what}: ${server.name} has none`);
  const adapted = { ...field };
  const since = TYPES[field.type];
  if (/^type \d/.test(field.type))
    refusals.push(`field ${field.name} is of a type that Elanus does not know (${field.type})`);
  else if (server.product === "Milvus Lite" && has(3, 0) && NOT_IN_LITE_3.includes(field.type))
    refuse(`is of type ${field.type}`);
  else if (since !== undefined && !has(...since)) refuse(`is of type ${field.type}`);
  if (field.nullable && !has(2, 5)) refuse("takes nulls");
  if (field.nullable && field.type.endsWith("Vector") && !has(3, 0)) refuse("takes null vectors");
  if (field.partitionKey && !has(2, 2, 9)) refuse("is a partition key");
  if (field.defaultValue !== undefined && !has(2, 5)) {
    delete adapted.defaultValue;
    changes.push(`field ${field.name} has no default value`);
  }
  if (field.clusteringKey && !has(2, 4)) {
    Object.assign(adapted, { clusteringKey: false });
    changes.push(`field ${field.name} is no clustering key`);
  }
  if (field.autoId && !has(2, 6)) {
    Object.assign(adapted, { autoId: false });
    changes.push(
      `keys are kept, and so ${server.name} will not make new ones: field ${field.name} is made without autoID`,
    );
  }
  const params = (field.params ?? []).filter(({ key }) => {
    const from = FIELD_PARAMS[key];
    if (from === undefined || has(...from)) return true;
    changes.push(`field ${field.name} has no ${key}`);
    return false;
  });
  return field.params === undefined ? adapted : { ...adapted, params };
}

/** Undefined: the field has no index there. */
function adaptIndex(
  index: IndexDescription,
  { fields }: CollectionDescription,
  server: ServerVersion,
  changes: string[],
  refusals: string[],
): IndexDescription | undefined {
  const has = (...since: Since) => isSince(server, ...since);
  const name = `index ${index.indexName}`;
  const metric = METRICS[index.metricType];
  if (metric !== undefined && !has(...metric))
    refusals.push(`${name} compares by ${index.metricType}: ${server.name} cannot`);
  if (index.indexType === "BRUTE_FORCE" && server.product === "Milvus") {
    changes.push(`${name} is FLAT in place of BRUTE_FORCE`);
    return { ...index, indexType: "FLAT" };
  }
  const since = INDEX_TYPES[index.indexType];
  const type = fields.find((field) => field.name === index.fieldName)?.type ?? "";
  const vector = type === "" || type.endsWith("Vector");
  const scalarAuto = !vector && index.indexType === "AUTOINDEX" && !has(2, 4);
  if ((since === undefined || has(...since)) && !scalarAuto) return index;
  if (!vector) {
    changes.push(`${name} (${index.indexType}) is left out`);
    return undefined;
  }
  changes.push(`${name} is AUTOINDEX in place of ${index.indexType}`);
  return { ...index, indexType: "AUTOINDEX", params: [] };
}
