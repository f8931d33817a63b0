import type { InputColumn } from "../../engine/contract/column.js";
import { denseType } from "../../engine/model/types/table.js";
import { asFault, headOf, vectorTarget, wrongDimension } from "../column-cells.js";
import { FileFault } from "../file-fault.js";
import type { FileField } from "../file-shape.js";
import type { Page } from "./leaf-pages.js";
import type { LeafLevels } from "./leaf-reader.js";
import { flatRows, listLengths } from "./page-rows.js";

/** What the elements of a list of a vector's are. */
export type VectorElements = "numbers" | "bytes";

/** The dense vectors of a field that come as lists, of numbers or of the bytes that they are stored as; undefined where all are null. */
export function denseLists(
  field: FileField,
  elements: VectorElements,
  page: Page,
  levels: LeafLevels,
  rows: number,
): InputColumn | undefined {
  const dimension = field.dimension ?? 0;
  const size = denseType(field.type).bytesPerVector(dimension);
  const expected = elements === "bytes" ? size : dimension;
  const lengths = listLengths(page, levels, rows);
  const valid = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const length = lengths[row] as number;
    if (length === expected) valid[row] = 1;
    else if (length >= 0) {
      const given = elements === "numbers" ? length : (length * dimension) / size;
      throw placed(wrongDimension(field, given), row);
    }
  }
  const there = valid.reduce((sum, each) => sum + each, 0);
  if (there === 0) return undefined;
  const { values } = page;
  if (there === rows && field.type === "FloatVector" && values instanceof Float32Array) {
    return { ...headOf(field), values: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) };
  }
  const bytes = new Uint8Array(rows * size);
  const write = elements === "bytes" ? byteWriter(bytes, size, field) : numberWriter(bytes, field);
  let at = 0;
  for (let row = 0; row < rows; row++) {
    if (valid[row] === 0) continue;
    try {
      write(Array.prototype.slice.call(values, at, at + expected) as number[], row);
    } catch (error) {
      throw error instanceof FileFault ? placed(error, row) : error;
    }
    at += expected;
  }
  return { ...headOf(field), values: bytes, ...(there < rows ? { valid } : {}) };
}

/** The same of vectors that come as the bytes that they are stored as. */
export function denseBytes(field: FileField, page: Page, levels: LeafLevels, rows: number): InputColumn | undefined {
  const size = denseType(field.type).bytesPerVector(field.dimension ?? 0);
  const bytes = new Uint8Array(rows * size);
  const valid = new Uint8Array(rows);
  let there = 0;
  for (const [row, value] of (flatRows(page, levels) as readonly (Uint8Array | null)[]).entries()) {
    if (value === null) continue;
    if (value.length !== size) throw placed(wrongDimension(field, (value.length * (field.dimension ?? 0)) / size), row);
    bytes.set(value, row * size);
    valid[row] = 1;
    there++;
  }
  if (there === 0) return undefined;
  return { ...headOf(field), values: bytes, ...(there < rows ? { valid } : {}) };
}

function numberWriter(bytes: Uint8Array, field: FileField): (value: readonly number[], row: number) => void {
  const write = denseType(field.type).codec.writer(bytes, vectorTarget(field));
  return (value, row) => asFault(() => write(value, row));
}

function byteWriter(
  bytes: Uint8Array,
  size: number,
  { name }: FileField,
): (value: readonly number[], row: number) => void {
  return (value, row) => {
    for (let i = 0; i < size; i++) {
      const byte = value[i] as number;
      if (!(byte >= 0 && byte <= 255)) throw new FileFault(`field '${name}' has ${byte}, which is no byte`);
      bytes[row * size + i] = byte;
    }
  };
}

function placed(fault: FileFault, row: number): FileFault {
  return new FileFault(fault.message, `row ${row + 1}`);
}
