import type { FieldKind, RequestField } from "../engine/contract/row.js";
import { contract, isOperation } from "../engine/contract/table.js";
import { parseJson } from "../engine/index.js";
import { type Arguments, type Arity, UsageError } from "./arguments.js";

/** A request field that a command line can spell: any but columns. */
export interface CommandField extends RequestField {
  readonly kind: Exclude<FieldKind, "columns">;
}
export type RequestFields = Readonly<Record<string, CommandField>>;

/** The fields of an operation that are options of its command; none of one that only answers 3000. */
export function commandFields(path: string): RequestFields {
  const fields: Record<string, CommandField> = {};
  for (const [key, field] of Object.entries<RequestField>(isOperation(path) ? contract[path].request : {})) {
    const { kind } = field;
    if (kind !== "columns") fields[key] = { ...field, kind };
  }
  return fields;
}

/** `collectionName` as an option: `collection-name`. */
export function optionName(field: string): string {
  return field.replace(/[A-Z]+/g, (letters) => `-${letters.toLowerCase()}`).replace(/_/g, "-");
}

/** Short names of the fields that are typed most. `-p` is whichever of the two an operation has. */
const SHORT: Readonly<Record<string, readonly string[]>> = {
  c: ["collectionName"],
  p: ["partitionNames", "partitionName"],
};

/** The request field that an option stands for; dashes, underscores and case do not matter. */
export function fieldOf(name: string, fields: RequestFields): string | undefined {
  const short = SHORT[name]?.find((field) => field in fields);
  if (short !== undefined) return short;
  const plain = name.replace(/[-_]/g, "").toLowerCase();
  return Object.keys(fields).find((field) => field.replace(/_/g, "").toLowerCase() === plain);
}

/** Whether an option takes JSON, which may also stand in a file or come from the standard input. */
export function takesJson(field: CommandField | undefined): boolean {
  return field !== undefined && ["object", "array", "rows", "any"].includes(field.kind);
}

export function fieldArity(field: CommandField | undefined): Arity | undefined {
  return field === undefined ? undefined : field.kind === "bool" ? "flag" : "value";
}

/**
 * The request that options spell out, on top of the object of `--json`.
 *
 * @throws UsageError for a value that does not fit its field
 */
export function readRequest(
  options: Arguments["options"],
  fields: RequestFields,
  json: string | undefined,
): Record<string, unknown> {
  const request: Record<string, unknown> = {};
  if (json !== undefined) {
    const value = readJson("--json", json);
    if (typeof value !== "object" || value === null || Array.isArray(value))
      throw new UsageError("--json must be an object");
    Object.assign(request, value);
  }
  for (const [name, values] of options) {
    const key = fieldOf(name, fields);
    const field = key === undefined ? undefined : fields[key];
    if (key !== undefined && field !== undefined) request[key] = fieldValue(`--${name}`, values, field);
  }
  return request;
}

function fieldValue(option: string, values: readonly string[], field: CommandField): unknown {
  const last = values.at(-1) as string;
  switch (field.kind) {
    case "string":
      return last;
    case "strings":
      // A list in one JSON text, or one option per item.
      return values.length === 1 && last.startsWith("[") ? readJson(option, last) : values;
    case "bool":
      if (last !== "true" && last !== "false") throw new UsageError(`${option} must be true or false, not ${last}`);
      return last === "true";
    case "int":
      if (!/^[+-]?\d+$/.test(last)) throw new UsageError(`${option} must be an integer, not ${last}`);
      return parseJson(last.replace("+", ""));
    case "object":
      return readJson(option, last);
    case "array": {
      if (values.length > 1) return values.map(jsonOrText);
      const value = jsonOrText(last);
      return Array.isArray(value) || (typeof value === "object" && value !== null) ? value : [value];
    }
    case "rows":
    case "any":
      return values.length > 1 ? values.map(jsonOrText) : jsonOrText(last);
  }
}

function readJson(option: string, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new UsageError(`${option} is no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function jsonOrText(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return text;
  }
}
