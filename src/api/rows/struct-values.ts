import { groupedColumns, type StoredColumn } from "../../engine/contract/column.js";
import { elementsOf } from "../../engine/model/types/array.js";
import { elementOfList } from "../../engine/model/types/table.js";
import { plainReader, type ShowOptions, textReader } from "./show-value.js";

/** A value of a row as a surface shows it: of a field, or of a struct, whose fields are columns side by side. */
export interface ShownValue<T> {
  readonly name: string;
  read(row: number): T;
}

/** The values of columns as plain JavaScript values, those of a struct as a list of objects. */
export function plainValues(columns: readonly StoredColumn[], options: ShowOptions): readonly ShownValue<unknown>[] {
  return shownColumns(columns).map((group) => ({
    name: group.name,
    read:
      "parts" in group
        ? structReader(group.parts, (column) => plainElements(column, options), combinedObjects, null)
        : plainReader(group, options),
  }));
}

/** The same as JSON text. */
export function textValues(columns: readonly StoredColumn[], options: ShowOptions): readonly ShownValue<string>[] {
  return shownColumns(columns).map((group) => ({
    name: group.name,
    read:
      "parts" in group
        ? structReader(group.parts, (column) => textElements(column, options), combinedText, "null")
        : textReader(group, options),
  }));
}

/** Those that are shown by their own name: the dynamic field is not. */
function shownColumns(columns: readonly StoredColumn[]): ReturnType<typeof groupedColumns> {
  return groupedColumns(columns.filter((column) => column.dynamic !== true));
}

/** The name of a field inside of its struct. */
function subFieldOf({ name, struct }: StoredColumn): string {
  return struct === undefined ? name : name.slice(struct.length + 1, -1);
}

/** One reader per field that gives what the elements of a row hold there; undefined for null. */
type ElementReader<T> = (row: number) => readonly T[] | undefined;

function structReader<T, Row>(
  columns: readonly StoredColumn[],
  elements: (column: StoredColumn) => ElementReader<T>,
  combined: (names: readonly string[], lists: readonly (readonly T[])[]) => Row,
  absent: Row,
): (row: number) => Row {
  const names = columns.map(subFieldOf);
  const readers = columns.map(elements);
  return (row) => {
    const lists = readers.map((read) => read(row));
    return lists.some((list) => list === undefined) ? absent : combined(names, lists as (readonly T[])[]);
  };
}

function combinedObjects(names: readonly string[], lists: readonly (readonly unknown[])[]): unknown {
  return (lists[0] ?? []).map((_, i) => Object.fromEntries(names.map((name, f) => [name, lists[f]?.[i]])));
}

function combinedText(names: readonly string[], lists: readonly (readonly string[])[]): string {
  const keys = names.map((name) => JSON.stringify(name));
  const elements = (lists[0] ?? []).map((_, i) => `{${keys.map((key, f) => `${key}:${lists[f]?.[i]}`).join(",")}}`);
  return `[${elements.join(",")}]`;
}

function plainElements(column: StoredColumn, options: ShowOptions): ElementReader<unknown> {
  if (column.type === "ArrayOfVector") return vectorElements(column, (codec, bytes) => codec.decode(bytes));
  const read = plainReader(column, options);
  return (row) => (read(row) as readonly unknown[] | null) ?? undefined;
}

function textElements(column: StoredColumn, options: ShowOptions): ElementReader<string> {
  if (column.type === "ArrayOfVector") return vectorElements(column, (codec, bytes) => codec.json(bytes));
  const read = textReader(column, options);
  return (row) => {
    const text = read(row);
    return text === "null" ? undefined : elementsOf(text, column.elementType);
  };
}

type Codec = ReturnType<typeof elementOfList>["codec"];

function vectorElements<T>(column: StoredColumn, show: (codec: Codec, bytes: Uint8Array) => T): ElementReader<T> {
  const { codec, bytesPerVector } = elementOfList(column);
  const size = bytesPerVector(column.dimension ?? 0);
  const rows = column.values as readonly (Uint8Array | null)[];
  return (row) => {
    const bytes = rows[row];
    if (bytes === null || bytes === undefined) return undefined;
    // What SQLite gives is a Buffer, whose slices share its memory.
    const vectorAt = (i: number) => new Uint8Array(bytes.buffer, bytes.byteOffset + i * size, size);
    return Array.from({ length: bytes.length / size }, (_, i) => show(codec, vectorAt(i)));
  };
}
