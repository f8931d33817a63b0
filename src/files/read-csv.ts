import { DYNAMIC_FIELD } from "../engine/model/schema.js";
import { INTEGER_BOUNDS } from "../values/int64.js";
import { parseJson } from "../values/json-reader.js";
import { type CsvRecord, csvRecords } from "./csv-records.js";
import { atPlace, FileFault } from "./file-fault.js";
import type { CsvForm, FileRows, RowReader } from "./file-format.js";
import { type FileField, type FileShape, rowNames } from "./file-shape.js";
import { RowBatch } from "./row-batch.js";

const BATCH_ROWS = 512;
const BATCH_CHARACTERS = 512 * 1024;

/** Lines of cells under a line of names. */
export const readCsv: RowReader = async function* (source, shape, form) {
  let columns: readonly CsvColumn[] | undefined;
  let row = 1;
  for await (const records of csvRecords(source, form.separator)) {
    let from = 0;
    if (columns === undefined) {
      columns = readHeader(records[0] as CsvRecord, shape, form);
      from = 1;
    }
    while (from < records.length) {
      const to = endOfBatch(records, from);
      yield readBatch(records.slice(from, to), columns, shape, row);
      row += to - from;
      from = to;
    }
  }
  if (columns === undefined) throw new FileFault("failed to read csv header, error: EOF");
};

function endOfBatch(records: readonly CsvRecord[], from: number): number {
  let characters = 0;
  let to = from;
  while (to < records.length && to - from < BATCH_ROWS && characters < BATCH_CHARACTERS) {
    for (const cell of (records[to] as CsvRecord).cells) characters += cell.length;
    to++;
  }
  return to;
}

interface CsvColumn {
  readonly name: string;
  /** What its cells say, as a value of a JSON text; undefined where nobody wants it. */
  readonly read: ((cell: string) => unknown) | undefined;
}

function readHeader({ cells, line }: CsvRecord, shape: FileShape, form: CsvForm): readonly CsvColumn[] {
  const names = rowNames(shape);
  const place = `line ${line}`;
  const twice = cells.find((name, i) => cells.indexOf(name) !== i);
  if (twice !== undefined) throw new FileFault(`the header names '${twice}' twice`, place);
  for (const { name, part, optional, made } of shape.fields) {
    const column = part?.struct ?? name;
    if (!optional && !made && !cells.includes(column)) {
      throw new FileFault(`value of field is missed: '${column}'`, place);
    }
  }
  return cells.map((name) => {
    if (name === DYNAMIC_FIELD) return { name, read: shape.dynamic ? (cell: string) => cell || null : undefined };
    if (!names.has(name)) return { name, read: shape.dynamic ? (cell: string) => cell : undefined };
    const field = shape.fields.find((each) => each.name === name);
    return { name, read: field === undefined ? structReader(name, shape, form) : cellReader(field, form) };
  });
}

function structReader(name: string, { fields }: FileShape, { nullText }: CsvForm): (cell: string) => unknown {
  const optional = fields.some(({ part, optional }) => part?.struct === name && optional);
  return (cell) => (optional && cell === nullText ? null : parsed(name, cell));
}

function cellReader(field: FileField, { nullText }: CsvForm): (cell: string) => unknown {
  const read = readerOf(field);
  return field.optional ? (cell) => (cell === nullText ? null : read(cell)) : read;
}

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ...["1", "t", "T", "TRUE", "true", "True"].map((text): [string, boolean] => [text, true]),
  ...["0", "f", "F", "FALSE", "false", "False"].map((text): [string, boolean] => [text, false]),
]);
const INTEGER = /^[+-]?\d{1,64}$/;
const FLOAT = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

function readerOf(field: FileField): (cell: string) => unknown {
  const { name, type } = field;
  switch (type) {
    case "Bool":
      return (cell) => BOOLS.get(cell) ?? refuse(field, cell);
    case "Int8":
    case "Int16":
    case "Int32":
    case "Int64":
      return (cell) => {
        if (!INTEGER.test(cell)) refuse(field, cell);
        const value = BigInt(cell.startsWith("+") ? cell.slice(1) : cell);
        const [least, most] = INTEGER_BOUNDS[type];
        if (value < least || value > most) refuse(field, cell);
        return value;
      };
    case "Float":
    case "Double":
      return (cell) => (FLOAT.test(cell) ? Number(cell) : refuse(field, cell));
    case "VarChar":
    case "Text":
    case "Geometry":
    case "Timestamptz":
    case "JSON":
      return (cell) => cell;
    default:
      return (cell) => parsed(name, cell);
  }
}

function refuse({ name, type }: FileField, cell: string): never {
  throw new FileFault(`failed to parse '${cell.slice(0, 60)}' for field '${name}' with type '${type}'`);
}

function parsed(name: string, cell: string): unknown {
  try {
    return parseJson(cell);
  } catch (error) {
    throw new FileFault(`failed to parse the JSON of field '${name}': ${(error as Error).message}`);
  }
}

function readBatch(
  records: readonly CsvRecord[],
  columns: readonly CsvColumn[],
  shape: FileShape,
  firstRow: number,
): FileRows {
  const batch = new RowBatch(shape, records.length);
  const place = (i: number) => `row ${firstRow + i}, line ${(records[i] as CsvRecord).line}`;
  for (const [i, record] of records.entries()) {
    try {
      batch.add(readRecord(record, columns));
    } catch (error) {
      throw atPlace(error, () => place(i));
    }
  }
  return { columns: batch.finish(), place };
}

function readRecord({ cells }: CsvRecord, columns: readonly CsvColumn[]): Record<string, unknown> {
  if (cells.length !== columns.length) {
    throw new FileFault(
      `failed to parse row, error: wrong number of fields, ${cells.length} where the header has ${columns.length}`,
    );
  }
  const row: Record<string, unknown> = Object.create(null);
  for (const [i, { name, read }] of columns.entries()) if (read !== undefined) row[name] = read(cells[i] as string);
  return row;
}
