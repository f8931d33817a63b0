import type { SchemaTree } from "hyparquet";
import type { InputColumn } from "../../engine/contract/column.js";
import type { DataType } from "../../engine/model/data-type.js";
import { denseType } from "../../engine/model/types/table.js";
import { parseJson } from "../../values/json-reader.js";
import { columnCells } from "../column-cells.js";
import { FileFault } from "../file-fault.js";
import type { FileField } from "../file-shape.js";
import { type ArrowType, arrowType, itemOf, shownType, valueReader } from "./arrow-types.js";
import { denseBytes, denseLists } from "./dense-column.js";
import type { Page } from "./leaf-pages.js";
import type { LeafLevels } from "./leaf-reader.js";
import { flatRows, listRows, nestedRows } from "./page-rows.js";

/** The values of one leaf in some rows. */
export interface LeafRows {
  readonly page: Page;
  readonly levels: LeafLevels;
}

/** How a field is read out of a column of the file. */
export interface ColumnPlan {
  readonly field: FileField;
  /** The leaves that are read. */
  readonly leaves: readonly SchemaTree[];
  /** @throws FileFault whose place counts from the first of these rows */
  read(leaves: readonly LeafRows[], rows: number): InputColumn | undefined;
}

const SIGNED: readonly ArrowType[] = ["int8", "int16", "int32", "int64"];
const NUMBERS: readonly ArrowType[] = ["float", "double", ...SIGNED, "uint8", "uint16", "uint32", "uint64"];

/** What a leaf may be for a type, the usual one first. */
function acceptedFor(type: DataType): readonly ArrowType[] {
  switch (type) {
    case "Bool":
      return ["bool"];
    case "Int8":
    case "Int16":
    case "Int32":
    case "Int64": {
      const own = SIGNED.indexOf(type.toLowerCase() as ArrowType);
      return SIGNED.slice(0, own + 1).reverse();
    }
    case "Float":
      return NUMBERS;
    case "Double":
      return ["double", ...NUMBERS];
    case "Timestamptz":
      return ["utf8", "timestamp"];
    default:
      return ["utf8"];
  }
}

/** @throws FileFault for a column of a type that the field does not take */
export function planColumn(field: FileField, node: SchemaTree): ColumnPlan {
  switch (field.type) {
    case "Array":
      return planArray(field, node);
    case "SparseFloatVector":
      return planSparse(field, node);
    case "FloatVector":
    case "Float16Vector":
    case "BFloat16Vector":
    case "Int8Vector":
    case "BinaryVector":
      return planDense(field, node);
    default:
      return planScalar(field, node);
  }
}

/** Whether a node is a leaf of one of some types. */
function isLeaf(node: SchemaTree | undefined, accepted: readonly ArrowType[]): node is SchemaTree {
  return node !== undefined && node.children.length === 0 && accepted.includes(arrowType(node.element));
}

function refuse({ name }: FileField, expected: string, node: SchemaTree): FileFault {
  return new FileFault(
    `field '${name}' type mis-match, expect arrow type '${expected}', get arrow data type '${shownType(node)}'`,
  );
}

function planScalar(field: FileField, node: SchemaTree): ColumnPlan {
  const accepted = acceptedFor(field.type);
  if (!isLeaf(node, accepted) || node.element.repetition_type === "REPEATED") {
    throw refuse(field, accepted[0] as string, node);
  }
  const value = scalarReader(node);
  return {
    field,
    leaves: [node],
    read: ([leaf], rows) => {
      const { page, levels } = leaf as LeafRows;
      return cellsOf(field, flatRows(page, levels).map(orNull(value)), rows);
    },
  };
}

/** As JSON would have it. */
function scalarReader({ element }: SchemaTree): (value: unknown) => unknown {
  const read = valueReader(element);
  return arrowType(element) === "timestamp" ? (value) => timeText(read(value) as bigint) : read;
}

/** @param microseconds since 1970 */
function timeText(microseconds: bigint): string {
  const fraction = ((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n;
  const seconds = (microseconds - fraction) / 1000n;
  return `${new Date(Number(seconds)).toISOString().slice(0, 19)}.${String(fraction).padStart(6, "0")}Z`;
}

function orNull<T>(read: (value: unknown) => T): (value: unknown) => T | null {
  return (value) => (value === null ? null : read(value));
}

/** A column of values that a JSON text could have. */
function cellsOf(field: FileField, values: readonly unknown[], rows: number): InputColumn | undefined {
  const cells = columnCells(field, rows);
  for (const [row, value] of values.entries()) {
    try {
      cells.add(value);
    } catch (error) {
      throw error instanceof FileFault ? new FileFault(error.message, `row ${row + 1}`) : error;
    }
  }
  return cells.finish();
}

function planArray(field: FileField, node: SchemaTree): ColumnPlan {
  const accepted = acceptedFor(field.elementType as DataType);
  const item = itemOf(node);
  if (!isLeaf(item, accepted)) throw refuse(field, `list<${accepted[0]}>`, node);
  const value = scalarReader(item);
  return {
    field,
    leaves: [item],
    read: ([leaf], rows) => {
      const { page, levels } = leaf as LeafRows;
      return cellsOf(field, listRows(page, levels, rows).map(orNull((list) => (list as unknown[]).map(value))), rows);
    },
  };
}

function planDense(field: FileField, node: SchemaTree): ColumnPlan {
  const { type } = field;
  const item = itemOf(node);
  const asBytes = type !== "FloatVector" && type !== "Int8Vector";
  const numbers: readonly ArrowType[] =
    type === "Int8Vector" ? ["int8"] : type === "BinaryVector" ? [] : ["float", "double"];
  if (asBytes && isLeaf(node, ["binary"])) {
    return {
      field,
      leaves: [node],
      read: ([leaf], rows) => denseBytes(field, (leaf as LeafRows).page, (leaf as LeafRows).levels, rows),
    };
  }
  const elements = isLeaf(item, numbers) ? "numbers" : asBytes && isLeaf(item, ["uint8"]) ? "bytes" : undefined;
  if (elements === undefined || item === undefined) {
    throw refuse(field, asBytes ? "list<uint8>" : `list<${numbers[0]}>`, node);
  }
  return {
    field,
    leaves: [item],
    read: ([leaf], rows) => denseLists(field, elements, (leaf as LeafRows).page, (leaf as LeafRows).levels, rows),
  };
}

function planSparse(field: FileField, node: SchemaTree): ColumnPlan {
  const isText: boolean = isLeaf(node, ["utf8"]);
  if (isText) {
    const value = valueReader(node.element);
    return {
      field,
      leaves: [node],
      // `null` is how BulkWriter writes none.
      read: ([leaf], rows) => {
        const { page, levels } = leaf as LeafRows;
        return cellsOf(field, flatRows(page, levels).map(orNull((text) => parsed(field, value(text) as string))), rows);
      },
    };
  }
  const part = (name: string) => node.children.find(({ element }) => element.name === name);
  const leafOf = (name: string): SchemaTree | undefined => {
    const child = part(name);
    return child === undefined ? undefined : itemOf(child);
  };
  const indices = leafOf("indices");
  const values = leafOf("values");
  if (!isLeaf(indices, ["int32", "uint32", "int64", "uint64"]) || !isLeaf(values, ["float", "double"])) {
    throw refuse(field, "struct<indices: list<uint32>, values: list<float>>", node);
  }
  const index = valueReader(indices.element);
  return {
    field,
    leaves: [indices, values],
    read: ([first, second], rows) => {
      const lists = [first, second].map((leaf) => listRows((leaf as LeafRows).page, (leaf as LeafRows).levels, rows));
      const vectors = (lists[0] ?? []).map((list, row) =>
        list === null ? null : { indices: list.map((each) => Number(index(each))), values: lists[1]?.[row] ?? [] },
      );
      return cellsOf(field, vectors, rows);
    },
  };
}

function parsed({ name }: FileField, text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new FileFault(`failed to parse the JSON of field '${name}': ${(error as Error).message}`);
  }
}

/** A field of a struct: what the elements of a row hold there. @param node of the struct */
export function planPart(field: FileField, node: SchemaTree): ColumnPlan {
  const element = itemOf(node);
  const child = element?.children.find((each) => each.element.name === field.part?.name);
  if (child === undefined) throw new FileFault(`no parquet field for milvus field '${field.name}'`);
  if (field.type !== "ArrayOfVector") {
    const accepted = acceptedFor(field.elementType as DataType);
    if (!isLeaf(child, accepted)) throw refuse(field, accepted[0] as string, child);
    const value = scalarReader(child);
    return {
      field,
      leaves: [child],
      read: ([leaf], rows) => {
        const { page, levels } = leaf as LeafRows;
        return cellsOf(field, listRows(page, levels, rows).map(orNull((list) => (list as unknown[]).map(value))), rows);
      },
    };
  }
  const type = field.elementType as DataType;
  const item = itemOf(child);
  const asBytes = type !== "FloatVector" && type !== "Int8Vector";
  const bytes = asBytes && isLeaf(item, ["uint8"]);
  const numbers: readonly ArrowType[] = type === "Int8Vector" ? ["int8"] : ["float", "double"];
  if (item === undefined || !(bytes || (type !== "BinaryVector" && isLeaf(item, numbers)))) {
    throw refuse(field, asBytes ? "list<uint8>" : `list<${numbers[0]}>`, child);
  }
  const size = denseType(type).bytesPerVector(field.dimension ?? 0);
  // Bytes of other lengths are refused as the lists of numbers that they are not.
  const vector = (list: readonly unknown[]): unknown =>
    bytes && list.length === size ? Uint8Array.from(list as number[]) : list;
  return {
    field,
    leaves: [item],
    read: ([leaf], rows) => {
      const { page, levels } = leaf as LeafRows;
      return cellsOf(field, nestedRows(page, levels).map(orNull((lists) => (lists as unknown[][]).map(vector))), rows);
    },
  };
}
