import type { CollectionDescription, FunctionDescription } from "../engine/contract/collections.js";
import type { FieldDescription, StructDescription } from "../engine/contract/fields.js";
import { recordOf } from "./definition.js";

/** Parameters of a field that decide what it can hold and find. */
const PARAMS = ["dim", "max_length", "max_capacity", "enable_analyzer", "enable_match", "analyzer_params"];

/** Not every server tells them of what arrays hold. */
const LIMITS = ["max_length", "max_capacity"];

/** In what two definitions differ, by name and in words: what `here` says first. Empty: rows of one fit the other. */
export function schemaDifferences(here: CollectionDescription, there: CollectionDescription): readonly string[] {
  const differences = fieldDifferences("field", here.fields, there.fields);
  const structsThere = new Map((there.structFields ?? []).map((struct) => [struct.name, struct]));
  for (const struct of here.structFields ?? []) {
    const other = structsThere.get(struct.name);
    structsThere.delete(struct.name);
    if (other === undefined) differences.push(`struct field ${struct.name} is not there`);
    else differences.push(...structDifferences(struct, other));
  }
  for (const name of structsThere.keys()) differences.push(`struct field ${name} is only there`);
  if (here.enableDynamicField !== there.enableDynamicField) {
    differences.push(
      `dynamic fields are ${on(here.enableDynamicField)} here and ${on(there.enableDynamicField)} there`,
    );
  }
  const functions = (given: readonly FunctionDescription[]) => given.map(functionText).sort().join(", ") || "none";
  if (functions(here.functions) !== functions(there.functions)) {
    differences.push(`functions are ${functions(here.functions)} here and ${functions(there.functions)} there`);
  }
  return differences;
}

function fieldDifferences(
  what: string,
  here: readonly FieldDescription[],
  there: readonly FieldDescription[],
): string[] {
  const differences: string[] = [];
  const others = new Map(there.map((field) => [field.name, field]));
  for (const field of here) {
    const other = others.get(field.name);
    others.delete(field.name);
    if (other === undefined) differences.push(`${what} ${field.name} is not there`);
    else {
      const [one, two] = [fieldText(field, other), fieldText(other, field)];
      if (one !== two) differences.push(`${what} ${field.name} is ${one} here and ${two} there`);
    }
  }
  for (const name of others.keys()) differences.push(`${what} ${name} is only there`);
  return differences;
}

function structDifferences(here: StructDescription, there: StructDescription): string[] {
  return fieldDifferences(`struct field ${here.name}:`, here.fields, there.fields);
}

/** `VarChar max_length=64 nullable`; limits that the other side does not tell are not told either. */
function fieldText(field: FieldDescription, other: FieldDescription): string {
  const params = recordOf(field.params ?? []);
  const others = recordOf(other.params ?? []);
  const told = (key: string) => params[key] !== undefined && params[key] !== "false";
  const known = PARAMS.filter((key) => told(key) && (!LIMITS.includes(key) || others[key] !== undefined));
  return [
    field.elementType === undefined ? field.type : `${field.type} of ${field.elementType}`,
    ...known.map((key) => `${key}=${params[key]}`),
    ...(field.primaryKey ? ["primary key"] : []),
    ...(field.autoId ? ["autoID"] : []),
    ...(field.partitionKey ? ["partition key"] : []),
    ...(field.nullable ? ["nullable"] : []),
  ].join(" ");
}

function functionText({ type, inputFieldNames, outputFieldNames }: FunctionDescription): string {
  return `${type}(${inputFieldNames.join(",")})->${outputFieldNames.join(",")}`;
}

function on(is: boolean): string {
  return is ? "on" : "off";
}
