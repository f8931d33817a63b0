import type { StoredColumn, StoredValue } from "../../engine/contract/column.js";
import type { DataType } from "../../engine/model/data-type.js";
import { denseType, elementOfList, scalarType } from "../../engine/model/types/table.js";
import { parseJson } from "../../values/json-reader.js";
import { bytesPerRow } from "../value-texts.js";
import type { LeafWriter } from "./leaf-writer.js";
import { FLOAT, INT8, type Primitive, primitiveOf, UINT8, UINT32, type WrittenSchema } from "./written-schema.js";

/** How a column of rows is written: what it adds to the schema, and how its values go into the leaves that it has added. */
export interface WrittenColumn {
  addTo(schema: WrittenSchema): void;
  write(columns: Some<StoredColumn>, row: number, leaves: Some<LeafWriter>): void;
}

/** One at least. */
export type Some<T> = readonly [T, ...T[]];

/** @param column without rows; its values are those of the first of `columns` */
export function writtenColumn(column: StoredColumn): WrittenColumn {
  switch (column.type) {
    case "Array":
      return listColumn(column, primitiveOf(column.elementType as DataType));
    case "SparseFloatVector":
      return sparseColumn(column);
    case "FloatVector":
    case "Float16Vector":
    case "BFloat16Vector":
    case "Int8Vector":
    case "BinaryVector":
      return denseColumn(column);
    default:
      return scalarColumn(column);
  }
}

function scalarColumn({ name, type, nullable: optional = false }: StoredColumn): WrittenColumn {
  const primitive = primitiveOf(type);
  const value = scalarValue(type);
  return {
    addTo: (schema) => schema.column((at) => schema.leaf(at, name, primitive, optional)),
    write([column], row, [leaf]) {
      const stored = (column.values as readonly StoredValue[])[row];
      const isThere = stored !== null && stored !== undefined;
      leaf.entries(0, isThere && optional ? 1 : 0);
      if (isThere) leaf.value(value(stored));
    },
  };
}

/** A stored value as a leaf takes it. */
function scalarValue(type: DataType): (stored: NonNullable<StoredValue>) => unknown {
  if (type === "Bool") return (stored) => stored === 1;
  if (type !== "Timestamptz") return (stored) => stored;
  const times = scalarType(type);
  return (stored) => times.decode(stored, {});
}

function listColumn({ name, nullable: optional = false }: StoredColumn, primitive: Primitive): WrittenColumn {
  return {
    addTo: (schema) =>
      schema.column((place) =>
        schema.list(place, name, optional, (at) => schema.leaf(at, "element", primitive, false)),
      ),
    write([column], row, [leaf]) {
      const text = (column.values as readonly (string | null)[])[row] ?? null;
      writeList(leaf, text === null ? null : listOf(text), optional ? 1 : 0);
    },
  };
}

function listOf(text: string): readonly unknown[] {
  return parseJson(text, "number") as readonly unknown[];
}

/** @param base the level of a list that is empty */
function writeList(leaf: LeafWriter, list: readonly unknown[] | null, base: number): void {
  if (list === null) leaf.entries(0, base - 1);
  else if (list.length === 0) leaf.entries(0, base);
  else {
    leaf.entries(0, base + 1);
    leaf.entries(1, base + 1, list.length - 1);
    for (const item of list) leaf.value(item);
  }
}

/** The bytes of a row in a column of vectors; null where it has none. */
function bytesAt(column: StoredColumn, row: number, size: number): Uint8Array | null {
  const { values, valid } = column;
  if (!(values instanceof Uint8Array)) return (values[row] as Uint8Array | null | undefined) ?? null;
  return valid !== undefined && valid[row] === 0 ? null : values.subarray(row * size, (row + 1) * size);
}

/** How the elements of a dense vector stand in a file: floats, or the bytes that it is stored as. */
function elementsOf(type: DataType): { readonly primitive: Primitive; readonly codec: "SNAPPY" | "UNCOMPRESSED" } {
  if (type === "FloatVector") return { primitive: FLOAT, codec: "UNCOMPRESSED" };
  return { primitive: type === "Int8Vector" ? INT8 : UINT8, codec: "SNAPPY" };
}

/** The values of a vector as they stand in a page, and how many they are. */
function vectorValues(type: DataType, bytes: Uint8Array): { readonly raw: Uint8Array; readonly count: number } {
  if (type === "FloatVector") return { raw: bytes, count: bytes.length / 4 };
  const view = type === "Int8Vector" ? new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
  const wide = Int32Array.from(view);
  return { raw: new Uint8Array(wide.buffer), count: wide.length };
}

function denseColumn(head: StoredColumn): WrittenColumn {
  const { name, type, nullable: optional = false } = head;
  const { primitive, codec } = elementsOf(type);
  const base = optional ? 1 : 0;
  const size = bytesPerRow(head);
  return {
    addTo: (schema) =>
      schema.column((place) =>
        schema.list(place, name, optional, (at) => schema.leaf(at, "element", primitive, false, codec)),
      ),
    write([column], row, [leaf]) {
      const bytes = bytesAt(column, row, size);
      if (bytes === null) {
        leaf.entries(0, 0);
        return;
      }
      const { raw, count } = vectorValues(type, bytes);
      leaf.entries(0, base + 1);
      leaf.entries(1, base + 1, count - 1);
      leaf.raw(raw);
    },
  };
}

/** Indices and values beside each other, in ascending order. */
function sparseColumn({ name, nullable: optional = false }: StoredColumn): WrittenColumn {
  const base = optional ? 1 : 0;
  return {
    addTo: (schema) =>
      schema.column((place) =>
        schema.group(place, name, optional, [
          (at) => schema.list(at, "indices", false, (inner) => schema.leaf(inner, "element", UINT32, false)),
          (at) => schema.list(at, "values", false, (inner) => schema.leaf(inner, "element", FLOAT, false)),
        ]),
      ),
    write([column], row, [indices, values]) {
      const bytes = bytesAt(column, row, 0);
      const view = bytes === null ? undefined : new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      const count = bytes === null ? -1 : bytes.length / 8;
      const places = Array.from({ length: Math.max(0, count) }, (_, i) => i * 8);
      const list = <T>(read: (at: number) => T) => (view === undefined ? null : places.map(read));
      writeList(
        indices,
        list((at) => view?.getInt32(at, true)),
        base,
      );
      writeList(
        values as LeafWriter,
        list((at) => view?.getFloat32(at + 4, true)),
        base,
      );
    },
  };
}

/** A list of elements, each with the fields of the struct. @param parts without rows */
export function writtenStruct(name: string, parts: readonly StoredColumn[]): WrittenColumn {
  const optional = parts.some(({ nullable }) => nullable === true);
  const base = optional ? 1 : 0;
  const fields = parts.map((part) => ({ part, own: part.name.slice(name.length + 1, -1) }));
  return {
    addTo: (schema) =>
      schema.column((place) =>
        schema.list(place, name, optional, (at) =>
          schema.group(
            at,
            "element",
            false,
            fields.map(({ part, own }) => (inner) => {
              const type = part.elementType as DataType;
              if (part.type !== "ArrayOfVector") return schema.leaf(inner, own, primitiveOf(type), false);
              const { primitive, codec } = elementsOf(type);
              schema.list(inner, own, false, (deep) => schema.leaf(deep, "element", primitive, false, codec));
            }),
          ),
        ),
      ),
    write(columns, row, leaves) {
      for (const [i, column] of columns.entries()) {
        const leaf = leaves[i] as LeafWriter;
        if (column.type === "ArrayOfVector") writeVectors(leaf, column, row, base);
        else {
          const text = (column.values as readonly (string | null)[])[row] ?? null;
          writeList(leaf, text === null ? null : listOf(text), base);
        }
      }
    },
  };
}

/** @param base the level of a list without elements */
function writeVectors(leaf: LeafWriter, column: StoredColumn, row: number, base: number): void {
  const bytes = bytesAt(column, row, 0);
  const type = column.elementType as DataType;
  const size = denseType(elementOfList(column).name).bytesPerVector(column.dimension ?? 0);
  if (bytes === null || bytes.length === 0) {
    leaf.entries(0, bytes === null ? base - 1 : base);
    return;
  }
  for (let at = 0; at < bytes.length; at += size) {
    const { raw, count } = vectorValues(type, new Uint8Array(bytes.buffer, bytes.byteOffset + at, size));
    leaf.entries(at === 0 ? 0 : 1, base + 2);
    leaf.entries(2, base + 2, count - 1);
    leaf.raw(raw);
  }
}
