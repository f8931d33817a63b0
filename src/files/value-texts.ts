import { groupedColumns, type StoredColumn, type StoredValue } from "../engine/contract/column.js";
import { elementsOf } from "../engine/model/types/array.js";
import type { DenseFieldType } from "../engine/model/types/field-type.js";
import { elementOfList, FIELD_TYPES } from "../engine/model/types/table.js";
import { shortestFloat } from "../values/float32.js";

/** The JSON text of a value in a row, in the form that import takes; undefined for null. */
export type TextReader = (row: number) => string | undefined;

/** The columns of rows as files name them: the fields of a struct are one. */
export function fileTexts(
  columns: readonly StoredColumn[],
): readonly { readonly name: string; readonly column: StoredColumn | undefined; readonly read: TextReader }[] {
  return groupedColumns(columns).map((group) =>
    "parts" in group
      ? { name: group.name, column: undefined, read: structTexts(group.parts) }
      : { name: group.name, column: group, read: textsOf(group) },
  );
}

function textsOf(column: StoredColumn): TextReader {
  const type = FIELD_TYPES[column.type];
  if (type.family === "scalar") {
    const values = column.values as readonly StoredValue[];
    const shown = { elementType: column.elementType };
    return (row) => {
      const stored = values[row];
      if (stored === null || stored === undefined) return undefined;
      return Object.is(stored, -0) ? floatText(stored as number) : type.json(stored, shown);
    };
  }
  if (type.family === "list") throw new Error(`${column.name} stands alone`);
  if (type.family === "sparse") return bytesReader(column, (bytes) => type.codec.json(bytes));
  return bytesReader(column, vectorText(type));
}

/** A dense vector as a list of numbers: of bytes for binary ones. */
function vectorText(type: DenseFieldType): (bytes: Uint8Array) => string {
  const fast = type.name === "FloatVector";
  return (bytes) => {
    if (fast && !hasNegativeZero(bytes)) return type.codec.json(bytes);
    const numbers = type.codec.decode(bytes) as ArrayLike<number>;
    let text = "";
    for (let i = 0; i < numbers.length; i++) text += `${i === 0 ? "" : ","}${floatText(numbers[i] as number)}`;
    return `[${text}]`;
  };
}

/** Of float32 numbers one that is -0: only its highest bit is set. */
function hasNegativeZero(bytes: Uint8Array): boolean {
  for (let at = 3; at < bytes.length; at += 4) {
    if (bytes[at] === 0x80 && bytes[at - 1] === 0 && bytes[at - 2] === 0 && bytes[at - 3] === 0) return true;
  }
  return false;
}

/** A zero keeps its sign, which no answer to a request shows. */
function floatText(value: number): string {
  return Object.is(value, -0) ? "-0.0" : String(shortestFloat(value));
}

function bytesReader(column: StoredColumn, show: (bytes: Uint8Array) => string): TextReader {
  const { values, valid } = column;
  if (!(values instanceof Uint8Array)) {
    return (row) => {
      const bytes = values[row];
      return bytes instanceof Uint8Array ? show(bytes) : undefined;
    };
  }
  const size = bytesPerRow(column);
  return (row) =>
    valid !== undefined && valid[row] === 0 ? undefined : show(values.subarray(row * size, (row + 1) * size));
}

/** Bytes per vector of a dense column. */
export function bytesPerRow(column: StoredColumn): number {
  const type = FIELD_TYPES[column.type];
  return type.family === "dense" ? type.bytesPerVector(column.dimension ?? 0) : 0;
}

/** The values of a struct's field in a row, one text per element; undefined for null. */
type ElementTexts = (row: number) => readonly string[] | undefined;

function structTexts(parts: readonly StoredColumn[]): TextReader {
  const keys = parts.map(({ name, struct = "" }) => JSON.stringify(name.slice(struct.length + 1, -1)));
  const readers = parts.map(elementTexts);
  return (row) => {
    const lists = readers.map((read) => read(row));
    const [first] = lists;
    if (first === undefined) return undefined;
    return `[${first.map((_, i) => `{${keys.map((key, f) => `${key}:${lists[f]?.[i]}`).join(",")}}`).join(",")}]`;
  };
}

function elementTexts(column: StoredColumn): ElementTexts {
  if (column.type !== "ArrayOfVector") {
    const read = textsOf(column);
    return (row) => {
      const text = read(row);
      return text === undefined ? undefined : elementsOf(text, column.elementType);
    };
  }
  const element = elementOfList(column);
  const size = element.bytesPerVector(column.dimension ?? 0);
  const show = vectorText(element);
  const rows = column.values as readonly (Uint8Array | null)[];
  return (row) => {
    const bytes = rows[row];
    if (bytes === null || bytes === undefined) return undefined;
    return Array.from({ length: bytes.length / size }, (_, i) =>
      show(new Uint8Array(bytes.buffer, bytes.byteOffset + i * size, size)),
    );
  };
}
