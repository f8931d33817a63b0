/** JSON kinds of the request fields of REST v1 and the 9091 API. */
export type Kind = "any" | "string" | "bool" | "int" | "long" | "id" | "array" | "strings" | "rows" | "object";
export type Shape = Readonly<Record<string, Kind>>;
export type Fields = Readonly<Record<string, unknown>>;

/** What each kind is called in the messages. */
export const KIND_NAMES: Readonly<Record<Kind, string>> = {
  any: "any",
  string: "String",
  bool: "Boolean",
  int: "Integer",
  long: "Integer",
  id: "Int64, VarChar, or an array of them",
  array: "Array",
  strings: "Array of String",
  rows: "Object or Array of Object",
  object: "Object",
};

/** The known keys of an object under their proper spelling (matched without regard to case); `null` counts as absent. */
export function knownFields(object: Record<string, unknown>, shape: object): Record<string, unknown> {
  const canonical = new Map(Object.keys(shape).map((key) => [key.toLowerCase(), key]));
  const fields: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(object)) {
    const known = canonical.get(key.toLowerCase());
    if (known !== undefined && value !== null && value !== undefined) fields[known] = value;
  }
  return fields;
}

/** Whether a value is of a kind. */
export function fits(value: unknown, kind: Kind): boolean {
  switch (kind) {
    case "any":
      return true;
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int":
      return Number.isSafeInteger(value) && Math.abs(value as number) < 2 ** 31;
    case "long":
      return typeof value === "bigint" || Number.isSafeInteger(value);
    case "id":
      return ["string", "number", "bigint"].includes(typeof value) || Array.isArray(value);
    case "array":
      return Array.isArray(value) || ArrayBuffer.isView(value);
    case "strings":
      return Array.isArray(value) && value.every((item) => typeof item === "string");
    case "rows":
    case "object":
      return isObject(value) || (kind === "rows" && Array.isArray(value));
  }
}

/** A plain JSON object: JsonDouble and vectors are none. */
export function isObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** The JSON kind of a value in words. */
export function jsonKind(value: unknown): string {
  if (value === null || value === undefined) return "null";
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return "array";
  if (typeof value === "bigint") return "number";
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" && !isObject(value) ? "number" : typeof value;
}

/** A copy without the keys that are `undefined`. */
export function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
