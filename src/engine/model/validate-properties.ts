import { failure, invalidParameter } from "../../errors.js";
import { BoundedMap } from "../../values/bounded-map.js";
import type { ServerTraits } from "./server-version.js";
import { readBoolean } from "./types/parameters.js";

export const TTL_PROPERTY = "collection.ttl.seconds";
/** How REST calls the same since 3.0. */
const SHORT_TTL_PROPERTY = "ttl.seconds";
/** The Timestamptz field that says until when each row lives. */
export const TTL_FIELD_PROPERTY = "ttl_field";
export const LAZY_LOAD_PROPERTY = "lazyload.enabled";
export const MMAP_PROPERTY = "mmap.enabled";
export const PARTITION_KEY_ISOLATION_PROPERTY = "partitionkey.isolation";
export const TIMEZONE_PROPERTY = "timezone";
/** Not kept as properties: what they name is part of the collection. */
export const DESCRIPTION_PROPERTY = "collection.description";
export const CONSISTENCY_PROPERTY = "consistency_level";
export const WARMUP_PROPERTY = "warmup";
/** The same of a whole collection, by what it is about. */
export const COLLECTION_WARMUP_PROPERTIES: readonly string[] = [
  "warmup.scalarField",
  "warmup.scalarIndex",
  "warmup.vectorField",
  "warmup.vectorIndex",
];
export const DYNAMIC_FIELD_PROPERTY = "dynamicfield.enabled";
export const ALLOW_INSERT_AUTO_ID_PROPERTY = "allow_insert_auto_id";
/** Rows may bring vectors that a model would make. */
export const ALLOW_FUNCTION_OUTPUTS_PROPERTY = "collection.function.allowInsertNonBM25FunctionOutputs";

/** The most collections that a database takes. */
export const MAX_COLLECTIONS_PROPERTY = "database.max.collections";
/** `true`: rows of the database are not written, or not read. */
export const DENY_WRITING_PROPERTY = "database.force.deny.writing";
export const DENY_READING_PROPERTY = "database.force.deny.reading";

/** `true`: definitions in the database are not changed: none of them, or those of one kind. */
export const DENY_DDL_PROPERTY = "database.force.deny.ddl";
export const DENY_COLLECTION_DDL_PROPERTY = "database.force.deny.collectionDDL";
export const DENY_PARTITION_DDL_PROPERTY = "database.force.deny.partitionDDL";
export const DENY_INDEX_PROPERTY = "database.force.deny.index";
export const DENY_FLUSH_PROPERTY = "database.force.deny.flush";
export const DENY_COMPACTION_PROPERTY = "database.force.deny.compaction";

/** Properties that a server acts upon and the engine does not: setting one is refused. */
export const REFUSED_COLLECTION_PROPERTIES: readonly string[] = ["namespace.mode"];

/** @throws Unsupported naming the property */
function refuseProperties(properties: Readonly<Record<string, string>>): void {
  const key = REFUSED_COLLECTION_PROPERTIES.find((each) => (properties[each] ?? "") !== "");
  if (key !== undefined) throw failure("Unsupported", { what: `${key} is not supported by the embedded engine` });
}

/**
 * Checks the properties of a database; unknown keys are accepted and only stored.
 *
 * @throws InvalidParameter
 */
export function checkDatabaseProperties(properties: Readonly<Record<string, string>>): void {
  checkTimeZone(properties);
  const most = properties[MAX_COLLECTIONS_PROPERTY];
  if (most !== undefined && !/^\d{1,9}$/.test(most)) {
    throw failure("InvalidParameter", { text: `${MAX_COLLECTIONS_PROPERTY} must be a number, got ${most}` });
  }
}

/**
 * Checks the properties of a collection; unknown keys are accepted and only stored.
 *
 * @param hasPartitionKey whether the collection has a partition key field
 * @throws InvalidParameter, Unsupported
 */
export function checkCollectionProperties(
  properties: Readonly<Record<string, string>>,
  hasPartitionKey: boolean,
  server: ServerTraits,
): void {
  refuseProperties(properties);
  const ttl = properties[TTL_PROPERTY];
  if (ttl !== undefined) checkTtl(ttl, server);
  if (properties[WARMUP_PROPERTY] !== undefined) {
    const keys = COLLECTION_WARMUP_PROPERTIES.join("/");
    throw invalidParameter(
      `warmup key '${WARMUP_PROPERTY}' is only allowed at field level, use ${keys} at collection level`,
    );
  }
  checkWarmup(properties, COLLECTION_WARMUP_PROPERTIES);
  checkTimeZone(properties);
  if (isIsolated(properties) && !hasPartitionKey) {
    const text =
      "partition key isolation mode is enabled but no partition key field is set. Please set the partition key first";
    throw failure("InvalidParameter", { text });
  }
}

/**
 * Whether a server is to keep the rows of one partition key together.
 *
 * @throws InvalidParameter
 */
export function isIsolated(properties: Readonly<Record<string, string>>): boolean {
  const value = properties[PARTITION_KEY_ISOLATION_PROPERTY];
  if (value === undefined) return false;
  const isolated = readBoolean(value.toLowerCase());
  if (isolated !== undefined) return isolated;
  const reason = `strconv.ParseBool: parsing ${JSON.stringify(value.toLowerCase())}: invalid syntax`;
  throw invalidParameter(`failed to parse partition key isolation: ${reason}`);
}

/**
 * Properties with the age at which rows expire under the one name that it has.
 *
 * @param seconds the same from elsewhere in the request
 * @throws InvalidParameter where it is given twice
 */
export function withTtl(
  { [SHORT_TTL_PROPERTY]: short, ...properties }: Readonly<Record<string, string>>,
  seconds?: string,
): Readonly<Record<string, string>> {
  const given = [properties[TTL_PROPERTY], short, seconds].filter((each) => each !== undefined);
  if (given.length > 1) throw failure("InvalidParameter", { text: "collection TTL is specified multiple times" });
  return { ...properties, ...(given[0] !== undefined && { [TTL_PROPERTY]: given[0] }) };
}

/**
 * Checks the field that says until when each row lives. A collection has one of these rules at most.
 *
 * @throws InvalidParameter
 */
export function checkTtlField(
  fields: readonly { readonly name: string; readonly type: string }[],
  properties: Readonly<Record<string, string>>,
): void {
  const name = properties[TTL_FIELD_PROPERTY];
  if (name === undefined) return;
  if (properties[TTL_PROPERTY] !== undefined) {
    throw invalidParameter("collection TTL and ttl field cannot be set at the same time");
  }
  const field = fields.find((each) => each.name === name);
  if (field === undefined) throw invalidParameter(`ttl field name ${name} not found in schema`);
  if (field.type !== "Timestamptz") throw invalidParameter(`ttl field must be timestamptz, field name = ${name}`);
}

/**
 * Checks the time zone that properties of a collection or a database may name.
 *
 * @throws InvalidParameter
 */
function checkTimeZone(properties: Readonly<Record<string, string>>): void {
  const timezone = properties[TIMEZONE_PROPERTY];
  if (timezone === undefined || isTimeZone(timezone)) return;
  throw failure("InvalidParameter", { text: `unknown or invalid IANA Time Zone ID: ${timezone}` });
}

/**
 * Checks when a server brings data into memory; of no effect here.
 *
 * @throws InvalidParameter
 */
export function checkWarmup(
  properties: Readonly<Record<string, string>>,
  keys: readonly string[] = [WARMUP_PROPERTY],
): void {
  for (const key of keys) {
    const policy = properties[key];
    if (policy === undefined || ["disable", "sync", "async"].includes(policy)) continue;
    throw failure("InvalidParameter", {
      text: `invalid warmup policy: ${policy}, must be 'disable', 'sync' or 'async'`,
    });
  }
}

function checkTtl(ttl: string, { expiryBounds }: ServerTraits): void {
  const text = (detail: string) => `collection ttl property value not valid, parse error: ${detail}`;
  if (!/^[+-]?\d+$/.test(ttl)) {
    throw failure("InvalidParameter", {
      text: text(`strconv.ParseInt: parsing ${JSON.stringify(ttl)}: invalid syntax`),
    });
  }
  if (expiryBounds !== undefined) {
    const { least, most } = expiryBounds;
    if (BigInt(ttl) >= least && BigInt(ttl) <= most) return;
    throw failure("InvalidParameter", {
      text: `collection TTL is out of range, expect [${least}, ${most}], got ${ttl}`,
    });
  }
  if (BigInt(ttl) < 0n) throw failure("InvalidParameter", { text: text(`value ${ttl} must not be negative`) });
  if (BigInt(ttl) > 9223372036854775807n) {
    throw failure("InvalidParameter", {
      text: text(`strconv.ParseInt: parsing ${JSON.stringify(ttl)}: value out of range`),
    });
  }
}

/** Zones that have been asked for: the runtime takes long to look one up, and each new collection has one. */
const knownZones = new BoundedMap<string, boolean>({ entries: 100 });

function isTimeZone(name: string): boolean {
  let known = knownZones.get(name);
  if (known === undefined) {
    known = isZoneOfRuntime(name);
    knownZones.set(name, known);
  }
  return known;
}

function isZoneOfRuntime(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name !== "";
  } catch {
    return false;
  }
}
