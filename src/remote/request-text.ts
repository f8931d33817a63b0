import type { InputColumns, QueryVectors } from "../engine/contract/column.js";
import type { OperationPath } from "../engine/contract/table.js";
import { FIELD_TYPES } from "../engine/model/types/table.js";
import { failure, invalidParameter, isElanusError } from "../errors.js";
import { writeBase64 } from "../values/base64.js";
import { floatVectorText } from "../values/float-vector-text.js";
import { isFloat32Array, isList, typedArrayName } from "../values/js-value.js";
import { jsonText } from "../values/json-text.js";
import { thrownText } from "../values/shown-text.js";
import { dataOfVectors, rowsOfColumns } from "./given-columns.js";
import type { KnownField, KnownSchema } from "./schemas.js";

/** What the request of an operation holds beside plain JSON. */
type Given = Readonly<Record<string, unknown>>;

const WRITES: ReadonlySet<OperationPath> = new Set(["entities/insert", "entities/upsert"]);

/**
 * The JSON text of a request. Vectors, dates and integers of any size are written as servers read them, by the types of their
 * fields where these are known.
 *
 * @throws BadRow, MalformedRequest, InvalidParameter for what JSON cannot say, as the engine itself would
 */
export function requestText(path: OperationPath, given: Given, schema: KnownSchema | undefined): string {
  const isWrite = WRITES.has(path);
  try {
    const request = withData(given, schema);
    return objectText(request, (key, value) => {
      if (key === "data" && isWrite) return rowsText(value, schema);
      if (key === "data") return queriesText(value, queriedField(request["annsField"], schema));
      if (key === "search") return searchesText(value, schema);
      if (key === "exprParams") return paramsText(value);
      return jsonText(value);
    });
  } catch (error) {
    if (isElanusError(error)) throw error;
    const detail = `json: ${thrownText(error)}`;
    if (!path.startsWith("entities/")) throw invalidParameter(detail, error);
    throw failure(isWrite ? "BadRow" : "MalformedRequest", { detail }, error);
  }
}

/** What came as columns or bytes as `data`. */
function withData(given: Given, schema: KnownSchema | undefined): Given {
  const { columns, vectors, ...request } = given;
  if (columns !== undefined) return { ...request, data: rowsOfColumns(columns as InputColumns, schema) };
  if (vectors === undefined) return given;
  return { ...request, data: dataOfVectors(vectors as QueryVectors, queriedField(request["annsField"], schema)) };
}

/** Servers take lists only. */
function rowsText(data: unknown, schema: KnownSchema | undefined): string {
  const rows = Array.isArray(data) ? data : [data];
  return listText(rows, (row) => rowText(row, schema));
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
  return listText(elements, (element) => {
    if (typeof element !== "object" || element === null || Array.isArray(element)) return jsonText(element);
    return objectText(element as Given, (name, value) => {
      const field = fields.get(name);
      // An element holds one vector of the list, one value of the array.
      return field === undefined ? valueText(value) : fieldText(value, { type: field.elementType ?? field.type });
    });
  });
}

function searchesText(searches: unknown, schema: KnownSchema | undefined): string {
  if (!Array.isArray(searches)) return jsonText(searches);
  return listText(searches, (search) =>
    objectText(withData(search as Given, schema), (key, value) => {
      if (key === "data") return queriesText(value, queriedField((search as Given)["annsField"], schema));
      return key === "exprParams" ? paramsText(value) : jsonText(value);
    }),
  );
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
  return listText(data, (query) => {
    if (field === undefined) return valueText(query);
    if (field.type !== "ArrayOfVector") return fieldText(query, field);
    // A list of vectors, which lists are compared with, or one for their elements.
    const element = { type: field.elementType ?? field.type };
    const isList = Array.isArray(query) && isVector(query[0]);
    return isList ? listText(query, (vector) => fieldText(vector, element)) : fieldText(query, element);
  });
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
      return isShort(value) && value.every(Number.isFinite) ? JSON.stringify(value) : valueText(value);
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

/** No vector is longer; an array may say that it has a billion items. */
const LONGEST_VECTOR = 2 ** 16;

function isShort(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length <= LONGEST_VECTOR;
}

function base64Text(bytes: Uint8Array): string {
  return `"${writeBase64(bytes)}"`;
}

/** Everything else is for the server to refuse. */
function isByteList(value: unknown): boolean {
  if (!isList(value) || value.length > LONGEST_VECTOR) return false;
  return Array.from(value).every((item) => Number.isInteger(item) && (item as number) >> 8 === 0);
}

function valueText(value: unknown): string {
  return isFloat32Array(value) && value.every(Number.isFinite) ? floatVectorText(value) : jsonText(value);
}

/** As much as a body may hold. */
const MAX_CHARACTERS = 2 ** 26;

/** By index: holes are items too. @throws TypeError for more than any server takes */
function listText(list: readonly unknown[], text: (item: unknown) => string): string {
  const texts: string[] = [];
  let left = MAX_CHARACTERS;
  for (let i = 0; i < list.length; i++) {
    const item = text(list[i]);
    left -= item.length + 1;
    if (left < 0) throw new TypeError(`more than ${MAX_CHARACTERS} characters of JSON`);
    texts.push(item);
  }
  return `[${texts.join(",")}]`;
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
