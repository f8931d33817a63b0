import type { InputColumn, InputColumns } from "../engine/contract/column.js";
import { DYNAMIC_FIELD } from "../engine/model/schema.js";
import { jsonText, parseStoredObject } from "../values/json-text.js";
import { kindOfJson, mismatch } from "./cells.js";
import { type ColumnCells, columnCells } from "./column-cells.js";
import { FileFault } from "./file-fault.js";
import { type FileField, type FileShape, rowNames } from "./file-shape.js";

/** A row as a file has it: values of a JSON text by name. */
export type FileRow = Readonly<Record<string, unknown>>;

/** Collects rows into columns. */
export class RowBatch {
  readonly #shape: FileShape;
  readonly #names: ReadonlySet<string>;
  readonly #plain: readonly ColumnCells[];
  readonly #structs: readonly { readonly name: string; readonly parts: readonly ColumnCells[] }[];
  /** Rows that bring a field that others need not bring. */
  readonly #given = new Map<ColumnCells, number>();
  readonly #meta: string[] = [];
  #rows = 0;

  /** @param rows there will be at most */
  constructor(shape: FileShape, rows: number) {
    this.#shape = shape;
    this.#names = rowNames(shape);
    const cells = shape.fields.map((field) => columnCells(field, rows));
    this.#plain = cells.filter(({ field }) => field.part === undefined);
    this.#structs = shape.structs.map((name) => ({
      name,
      parts: cells.filter(({ field }) => field.part?.struct === name),
    }));
  }

  get rows(): number {
    return this.#rows;
  }

  /** @throws FileFault; the batch is of no use then */
  add(row: FileRow): void {
    for (const cells of this.#plain) this.#addValue(cells, ownValue(row, cells.field.name));
    for (const struct of this.#structs) addElements(struct.parts, struct.name, ownValue(row, struct.name));
    if (this.#shape.dynamic) this.#meta.push(this.#dynamic(row));
    this.#rows++;
  }

  finish(): InputColumns {
    const columns: InputColumn[] = [];
    const parts = this.#structs.flatMap((struct) => struct.parts);
    for (const cells of [...this.#plain, ...parts]) {
      const given = this.#given.get(cells);
      if (cells.field.made && given === undefined) continue;
      if (given !== undefined && given < this.#rows) throw missed(cells.field);
      const column = cells.finish();
      if (column !== undefined) columns.push(column);
    }
    if (this.#meta.some((text) => text !== "{}")) {
      columns.push({ name: DYNAMIC_FIELD, type: "JSON", dynamic: true, values: this.#meta });
    }
    return { rowCount: this.#rows, columns };
  }

  #addValue(cells: ColumnCells, value: unknown): void {
    const { field } = cells;
    const isThere = value !== undefined && value !== null;
    if (isThere && field.refusal !== undefined) throw new FileFault(field.refusal);
    if (isThere) {
      if (field.made) this.#given.set(cells, (this.#given.get(cells) ?? 0) + 1);
      cells.add(value);
    } else if (field.made) return;
    else if (field.optional) cells.add(null);
    else throw missed(field);
  }

  /** What no field takes, as JSON text. */
  #dynamic(row: FileRow): string {
    const kept: Record<string, unknown> = Object.create(null);
    let any = false;
    const keep = (key: string, value: unknown): void => {
      if (key in kept) throw new FileFault(`duplicated key is not allowed, key=${key}`);
      kept[key] = value;
      any = true;
    };
    for (const key of Object.keys(row)) {
      if (key === DYNAMIC_FIELD) for (const [name, value] of Object.entries(metaOf(row[key]))) keep(name, value);
      else if (!this.#names.has(key)) keep(key, row[key]);
    }
    return any ? asJson(kept) : "{}";
  }
}

function asJson(value: unknown): string {
  try {
    return jsonText(value);
  } catch (error) {
    throw new FileFault(`the dynamic field is no JSON: ${(error as Error).message}`);
  }
}

function ownValue(row: FileRow, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

function missed({ name }: Pick<FileField, "name">): FileFault {
  return new FileFault(`value of field '${name}' is missed`);
}

/** The dynamic field of a row: an object, or the text of one. */
function metaOf(value: unknown): FileRow {
  if (value === null) return {};
  let object = value;
  if (typeof value === "string") {
    try {
      object = parseStoredObject(value);
    } catch {
      throw new FileFault("illegal value for dynamic field, not a JSON format string");
    }
  }
  if (kindOfJson(object) !== "map[string]interface {}") {
    throw new FileFault("illegal value for dynamic field, not a JSON object");
  }
  return object as FileRow;
}

/** The elements of a struct, each an object with all of its fields. */
function addElements(parts: readonly ColumnCells[], name: string, value: unknown): void {
  if (value === undefined || value === null) {
    for (const cells of parts) {
      if (!cells.field.optional) throw missed({ name });
      cells.add(null);
    }
    return;
  }
  if (!Array.isArray(value)) throw mismatch({ ...(parts[0] as ColumnCells).field, name }, "ArrayOfStruct", value);
  for (const cells of parts) {
    const part = cells.field.part?.name ?? "";
    cells.add(
      value.map((element: unknown, i) => {
        if (kindOfJson(element) !== "map[string]interface {}") {
          throw new FileFault(`element ${i} of field '${name}' is no object`);
        }
        const item = ownValue(element as FileRow, part);
        if (item === undefined || item === null) {
          throw new FileFault(`element ${i} of field '${name}' lacks the sub-field '${part}'`);
        }
        return item;
      }),
    );
  }
}
