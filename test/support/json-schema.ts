import type { JsonSchema } from "../../src/api/openapi/json-schema.js";

type Referring = JsonSchema & { readonly $ref?: string };

/** What of a value is not as a schema says, each with its place; empty: it is valid. Only what our schemas use is known. */
export function violations(
  value: unknown,
  schema: Referring,
  refs: Record<string, JsonSchema> = {},
  at = "$",
): string[] {
  const unknown = Object.keys(schema).filter((key) => !KNOWN.has(key));
  if (unknown.length > 0) throw new Error(`the schema at ${at} has ${unknown}`);
  if (schema.$ref !== undefined) {
    const found = refs[schema.$ref];
    if (found === undefined) throw new Error(`there is no ${schema.$ref}`);
    return violations(value, found, refs, at);
  }
  const wrong: string[] = [];
  const add = (text: string): void => void wrong.push(`${at} ${text}`);
  if ("const" in schema && value !== schema.const) add(`is not ${JSON.stringify(schema.const)}`);
  if (schema.not !== undefined && violations(value, schema.not, refs, at).length === 0) add("is what it must not be");
  if (schema.anyOf !== undefined) {
    const each = schema.anyOf.map((option) => violations(value, option, refs, at));
    if (each.every((found) => found.length > 0)) wrong.push(...each.flat());
  }
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(value, type))) add(`is no ${types.join(" or ")}`);
  if (Array.isArray(value) && schema.items !== undefined) {
    for (const [i, item] of value.entries()) wrong.push(...violations(item, schema.items, refs, `${at}[${i}]`));
  }
  if (!isOf(value, "object")) return wrong;
  const { properties = {}, required = [], additionalProperties = true } = schema;
  for (const key of required) if (!Object.hasOwn(value as object, key)) add(`has no ${key}`);
  for (const [key, item] of Object.entries(value as object)) {
    const known = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (known !== undefined) wrong.push(...violations(item, known, refs, `${at}.${key}`));
    else if (additionalProperties === false) add(`has ${key}`);
    else if (additionalProperties !== true) wrong.push(...violations(item, additionalProperties, refs, `${at}.${key}`));
  }
  return wrong;
}

const KNOWN: ReadonlySet<string> = new Set([
  "$ref",
  "type",
  "description",
  "properties",
  "required",
  "additionalProperties",
  "items",
  "const",
  "not",
  "anyOf",
]);

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    case "integer":
      return Number.isInteger(value) || typeof value === "bigint";
    default:
      return typeof value === type;
  }
}
