import { failure } from "../../errors.js";
import { MAX_NAME_LENGTH } from "./limits.js";

type Rule = "empty" | "length" | "first" | "characters";

const identifierFirst = /^[A-Za-z_]/;
const identifier = /^[A-Za-z0-9_]*$/;

/** The first rule that a trimmed name breaks, in the server's order; lengths are counted in bytes. */
function brokenRule(name: string, first = identifierFirst, characters = identifier): Rule | undefined {
  if (name === "") return "empty";
  if (Buffer.byteLength(name) > MAX_NAME_LENGTH) return "length";
  if (!first.test(name)) return "first";
  if (!characters.test(name)) return "characters";
  return undefined;
}

function checkEntityName(
  given: string,
  entity: "collection name" | "collection alias" | "snapshot name" | "resource group name",
): string {
  const name = given.trim();
  const rule = brokenRule(name);
  if (rule === undefined) return name;
  const front = `Invalid ${entity}: ${name}.`;
  const texts: Record<Rule, string> = {
    empty: `${entity} should not be empty`,
    length: `${front} the length of a ${entity} must be less than ${MAX_NAME_LENGTH} characters`,
    first: `${front} the first character of a ${entity} must be an underscore or letter`,
    characters: `${front} ${entity} can only contain numbers, letters and underscores`,
  };
  throw failure("InvalidParameter", { text: texts[rule] });
}

/**
 * Checks the name of a collection and gives it without surrounding spaces.
 *
 * @throws InvalidParameter
 */
export function checkCollectionName(given: string): string {
  return checkEntityName(given, "collection name");
}

/**
 * Checks the name of a snapshot and gives it without surrounding spaces.
 *
 * @throws InvalidParameter
 */
export function checkSnapshotName(given: string): string {
  return checkEntityName(given, "snapshot name");
}

/**
 * Checks an alias and gives it without surrounding spaces.
 *
 * @throws InvalidParameter
 */
export function checkAlias(given: string): string {
  return checkEntityName(given, "collection alias");
}

/**
 * Checks the name of a resource group and gives it without surrounding spaces.
 *
 * @throws InvalidParameter
 */
export function checkResourceGroupName(given: string): string {
  return checkEntityName(given, "resource group name");
}

/**
 * Checks the name of a database and gives it without surrounding spaces.
 *
 * @throws DatabaseNameInvalid
 */
export function checkDatabaseName(given: string): string {
  const name = given.trim();
  const rule = brokenRule(name);
  if (rule === undefined) return name;
  const texts: Record<Rule, string> = {
    empty: "database name couldn't be empty",
    length: `the length of a database name must be less than ${MAX_NAME_LENGTH} characters`,
    first: "the first character of a database name must be an underscore or letter",
    characters: "database name can only contain numbers, letters and underscores",
  };
  throw failure("DatabaseNameInvalid", { rule: texts[rule], database: name });
}

/**
 * Checks the name of a partition and gives it without surrounding spaces. A first digit and later hyphens are
 * accepted, in spite of the texts.
 *
 * @throws PartitionNameInvalid
 */
export function checkPartitionName(given: string): string {
  const name = given.trim();
  const rule = brokenRule(name, /^[A-Za-z0-9_]/, /^[A-Za-z0-9_-]*$/);
  if (rule === undefined) return name;
  const texts: Record<Rule, string> = {
    empty: "Partition name should not be empty.",
    length: `The length of a partition name must be less than ${MAX_NAME_LENGTH} characters.`,
    first: "The first character of a partition name must be an underscore or letter.",
    characters: "Partition name can only contain numbers, letters and underscores.",
  };
  throw failure("PartitionNameInvalid", { rule: texts[rule], partition: name });
}

/**
 * Checks the name of an index and gives it without surrounding spaces.
 *
 * @throws IndexNameInvalid
 */
export function checkIndexName(given: string): string {
  const name = given.trim();
  const rule = brokenRule(name);
  if (rule === undefined) return name;
  const texts: Record<Rule, string> = {
    empty: "Index name should not be empty.",
    length: `The length of a index name must be less than ${MAX_NAME_LENGTH} characters.`,
    first: "The first character of an index name must be an underscore or letter.",
    characters: "Index name can only contain numbers, letters, and underscores.",
  };
  throw failure("IndexNameInvalid", { rule: texts[rule], index: name });
}

/** Names of the two hidden columns every Milvus row has. */
export const SYSTEM_FIELDS: readonly string[] = ["RowID", "Timestamp"];
/** That of servers since 3.0: no name that anybody else can give. */
export const NAMESPACE_FIELD = "$namespace_id";

const words = [
  "like",
  "in",
  "not",
  "and",
  "or",
  "exists",
  "is",
  "null",
  "true",
  "false",
  "json_contains",
  "json_contains_all",
  "json_contains_any",
  "array_contains",
  "array_contains_all",
  "array_contains_any",
  "array_length",
  "text_match",
  "phrase_match",
  "random_sample",
];

/** Words of the filter language: a field of that name could not be used in a filter. */
const reserved: ReadonlySet<string> = new Set([
  "$meta",
  ...SYSTEM_FIELDS,
  ...words,
  ...words.map((word) => word.toUpperCase()),
  "True",
  "False",
]);

/**
 * Checks the name of a field and gives it without surrounding spaces.
 *
 * @throws FieldNameInvalid
 */
export function checkFieldName(given: string): string {
  const name = given.trim();
  if (reserved.has(name)) {
    throw failure("FieldNameInvalid", {
      rule: `Invalid field name: ${name}. ${name} is keyword in milvus.`,
      field: name,
    });
  }
  const rule = brokenRule(name);
  if (rule === undefined) return name;
  const front = `Invalid field name: ${name}.`;
  const texts: Record<Rule, string> = {
    empty: "field name should not be empty",
    length: `${front} The length of a field name must be less than ${MAX_NAME_LENGTH} characters.`,
    first: `${front} The first character of a field name must be an underscore or letter.`,
    characters: `${front} Field name can only contain numbers, letters, and underscores.`,
  };
  throw failure("FieldNameInvalid", { rule: texts[rule], field: name });
}
