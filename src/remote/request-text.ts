import type { OperationPath } from "../engine/contract/table.js";
import { FIELD_TYPES } from "../engine/model/types/table.js";
import { failure, isElanusError } from "../errors.js";
import { writeBase64 } from "../values/base64.js";
import { floatVectorText } from "../values/float-vector-text.js";
import { isFloat32Array, isList, typedArrayName } from "../values/js-value.js";
import { jsonText } from "../values/json-text.js";
import { thrownText } from "../values/shown-text.js";
import type { KnownField, KnownSchema } from "./schemas.js";

/** What the request of an operation holds beside plain JSON. */
type Given = Readonly<Record<string, unknown>>;

const WRITES: ReadonlySet<OperationPath> = new Set(["entities/insert", "entities/upsert"]);

/**
 * The JSON text of a request. Vectors, dates and integers of any size are written as servers read them, by the types of their
 * fields where these are known.
 *
 * @throws BadRow and MalformedRequest for what JSON cannot say, as the engine itself would
 */
export function requestText(path: OperationPath, request: Given, schema: KnownSchema | undefined): string {
  const isWrite = WRITES.has(path);
  try {
    return objectText(request, (key, value) => {
      if (key === "data" && isWrite) return rowsText(value, schema);
      if (key === "data") return queriesText(value, queriedField(request["annsField"], schema));
      if (key === "search") return searchesText(value, schema);
      if (key === "exprParams") return paramsText(value);
      return jsonText(value);
    });
  } catch (error) {
    if (isElanusError(error)) throw error;
    throw failure(isWrite ? "BadRow" : "MalformedRequest", { detail: `json: ${thrownText(error)}` }, error);
  }
}

/** Servers take lists only. */
function rowsText(data: unknown, schema: KnownSchema | undefined): string {
  const rows = Array.isArray(data) ? data : [data];
  return `[${Array.from(rows, (row) => rowText(row, schema)).join(",")}]`;
}

function rowText(row: unknown, schema: KnownSchema | undefined): string {
  if (typeof row !== "object" || row === null || Array.isArray(row)) return jsonText(row);
  return objectText(row as Given, (name, value) => {
    const struct = schema?.structs.get(name);
    if (struct !== undefined && Array.isArray(value)) return structText(value, struct);
    const field = schema?.byName.get(name);
    return field === undefined ? valueText(value) : fieldText(value, field);
  });
}

function structText(elements: readonly unknown[], fields: ReadonlyMap<string, KnownField>): string {
  const texts = Array.from(elements, (element) => {
    if (typeof element !== "object" || element === null || Array.isArray(element)) return jsonText(element);
    return objectText(element as Given, (name, value) => {
      const field = fields.get(name);
      // An element holds one vector of the list, one value of the array.
      return field === undefined ? valueText(value) : fieldText(value, { type: field.elementType ?? field.type });
    });
  });
  return `[${texts.join(",")}]`;
}

function searchesText(searches: unknown, schema: KnownSchema | undefined): string {
  if (!Array.isArray(searches)) return jsonText(searches);
  const texts = searches.map((search: Given) =>
    objectText(search, (key, value) =>
      key === "data"
        ? queriesText(value, queriedField(search["annsField"], schema))
        : key === "exprParams"
          ? paramsText(value)
          : jsonText(value),
    ),
  );
  return `[${texts.join(",")}]`;
}

/** Values of a filter; sets of members are bytes. */
function paramsText(params: unknown): string {
  if (typeof params !== "object" || params === null) return jsonText(params);
  return objectText(params as Given, (_, value) =>
    typedArrayName(value) === "Uint8Array" ? base64Text(value as Uint8Array) : jsonText(value),
  );
}

/** The field that a search is about: the only vector field where none is named. */
function queriedField(annsField: unknown, schema: KnownSchema | undefined): KnownField | undefined {
  if (annsField !== undefined && annsField !== "") return schema?.byName.get(String(annsField));
  const vectors = schema?.fields.filter(({ type }) => FIELD_TYPES[type].family !== "scalar") ?? [];
  return vectors.length === 1 ? vectors[0] : undefined;
}

function queriesText(data: unknown, field: KnownField | undefined): string {
  if (!Array.isArray(data)) return jsonText(data);
  const texts = Array.from(data, (query: unknown) => {
    if (field === undefined) return valueText(query);
    const element = { type: field.elementType ?? field.type };
    // A list of vectors, which lists are compared with, or one for their elements.
    if (field.type === "ArrayOfVector" && Array.isArray(query) && query.some(isVector)) {
      return `[${query.map((vector) => fieldText(vector, element)).join(",")}]`;
    }
    return fieldText(query, field.type === "ArrayOfVector" ? element : field);
  });
  return `[${texts.join(",")}]`;
}

function isVector(value: unknown): boolean {
  return isList(value) || typeof value === "string";
}

/** A value for a field of a type. */
function fieldText(value: unknown, { type }: Pick<KnownField, "type"> | { readonly type: string }): string {
  const isBytes = typedArrayName(value) === "Uint8Array";
  switch (type) {
    case "FloatVector":
      // Natively several times faster.
      return Array.isArray(value) && value.every(Number.isFinite) ? JSON.stringify(value) : valueText(value);
    case "Float16Vector":
    case "BFloat16Vector":
      return isBytes ? base64Text(value as Uint8Array) : valueText(value);
    case "BinaryVector":
      return isByteList(value) ? base64Text(Uint8Array.from(value as ArrayLike<number>)) : valueText(value);
    case "Int8Vector": {
      if (!isBytes) return valueText(value);
      const { buffer, byteOffset, byteLength } = value as Uint8Array;
      return valueText(new Int8Array(buffer, byteOffset, byteLength));
    }
    default:
      return valueText(value);
  }
}

function base64Text(bytes: Uint8Array): string {
  return `"${writeBase64(bytes)}"`;
}

/** Everything else is for the server to refuse. */
function isByteList(value: unknown): boolean {
  return isList(value) && Array.from(value).every((item) => Number.isInteger(item) && (item as number) >> 8 === 0);
}

function valueText(value: unknown): string {
  return isFloat32Array(value) && value.every(Number.isFinite) ? floatVectorText(value) : jsonText(value);
}

/** The members of an object, each in its own way; undefined ones are left out. */
function objectText(object: Given, text: (key: string, value: unknown) => string): string {
  const members: string[] = [];
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (value !== undefined) members.push(`${JSON.stringify(key)}:${text(key, value)}`);
  }
  return `{${members.join(",")}}`;
}
