import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { RowGroup, SchemaTree } from "hyparquet";
import type { InputColumn } from "../engine/contract/column.js";
import { DYNAMIC_FIELD } from "../engine/model/schema.js";
import { isElanusError } from "../errors.js";
import { parseStoredObject } from "../values/json-text.js";
import { type ByteSource, openBytes } from "./byte-source.js";
import { FileFault } from "./file-fault.js";
import type { FileRows, RowReader } from "./file-format.js";
import type { FileField, FileShape } from "./file-shape.js";
import { type ColumnPlan, planColumn, planPart } from "./parquet/column-plan.js";
import { damaged, LeafPages } from "./parquet/leaf-pages.js";
import { LeafReader, levelsOf } from "./parquet/leaf-reader.js";
import { openParquet, type ParquetFile } from "./parquet/open-parquet.js";

/** Rows that go on together, and bytes of their vectors. */
const BATCH_ROWS = 512;
const BATCH_BYTES = 1024 * 1024;

/** Columns of values. What comes as a stream is kept in a file first: what lies in it stands at its end. */
export const readParquet: RowReader = async function* (source, shape) {
  try {
    yield* readSource(source, shape);
  } catch (error) {
    const { syscall, message } = error as NodeJS.ErrnoException;
    // What bytes that make no sense lead to is no fault of ours.
    throw error instanceof FileFault || syscall !== undefined || isElanusError(error) ? error : damaged(message);
  }
};

async function* readSource(source: ByteSource, shape: FileShape): AsyncGenerator<FileRows> {
  if (source.readAt !== undefined) {
    yield* readRows(await openParquet(source), shape);
    return;
  }
  const folder = mkdtempSync(join(tmpdir(), "elanus-"));
  let kept: ByteSource | undefined;
  try {
    const path = join(folder, "rows.parquet");
    await pipeline(Readable.from(piecesOf(source)), createWriteStream(path, { mode: 0o600 }));
    kept = openBytes(path);
    yield* readRows(await openParquet(kept), shape);
  } finally {
    kept?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function* piecesOf(source: ByteSource): AsyncGenerator<Buffer> {
  for (let piece = await source.next(); piece !== undefined; piece = await source.next()) yield piece;
}

async function* readRows(file: ParquetFile, shape: FileShape): AsyncGenerator<FileRows> {
  const plans = planAll(file, shape);
  const most = batchRows(shape);
  let before = 0;
  for (const group of file.rowGroups) {
    const readers = plans.map(({ leaves }) => leaves.map((leaf) => leafReader(file, group, leaf)));
    const all = Number(group.num_rows);
    for (let done = 0; done < all; ) {
      const rows = Math.min(most, all - done);
      const first = before + done;
      const columns: InputColumn[] = [];
      for (const [i, plan] of plans.entries()) {
        const column = await readColumn(plan, readers[i] ?? [], rows, first);
        if (column !== undefined) columns.push(column);
      }
      yield { columns: { rowCount: rows, columns }, place: (row) => `row ${first + row + 1}` };
      done += rows;
    }
    before += all;
  }
}

async function readColumn(
  { field, read }: ColumnPlan,
  readers: readonly LeafReader[],
  rows: number,
  first: number,
): Promise<InputColumn | undefined> {
  try {
    const leaves = [];
    for (const reader of readers) leaves.push({ page: await reader.take(rows), levels: reader.levels });
    const column = read(leaves, rows);
    if (field.refusal !== undefined && column !== undefined) throw new FileFault(field.refusal, "row 1");
    const absent = field.optional ? -1 : firstAbsent(column, rows);
    if (absent >= 0) throw new FileFault(`value of field '${field.name}' is missed`, `row ${absent + 1}`);
    return column;
  } catch (error) {
    throw absolute(error, first);
  }
}

/** A row that is counted from the first of some, counted from the first of all. */
function absolute(error: unknown, first: number): unknown {
  if (!(error instanceof FileFault)) return error;
  const [, row] = /^row (\d+)$/.exec(error.place ?? "") ?? [];
  return row === undefined ? error : new FileFault(error.message, `row ${first + Number(row)}`);
}

/** The first row without a value, or -1. */
function firstAbsent(column: InputColumn | undefined, rows: number): number {
  if (column === undefined) return rows === 0 ? -1 : 0;
  const { values, valid } = column;
  return values instanceof Uint8Array ? (valid?.indexOf(0) ?? -1) : values.indexOf(null);
}

/** Which columns are read, and how. @throws FileFault for a column that is missing, or of another type */
function planAll(file: ParquetFile, shape: FileShape): readonly ColumnPlan[] {
  const plans: ColumnPlan[] = [];
  for (const field of shape.fields) {
    const node = columnOf(file, field.part?.struct ?? field.name);
    if (node !== undefined) plans.push(field.part === undefined ? planColumn(field, node) : planPart(field, node));
    else if (!field.optional && !field.made) {
      throw new FileFault(`no parquet field for milvus field '${field.part?.struct ?? field.name}'`);
    }
  }
  const meta = shape.dynamic ? columnOf(file, DYNAMIC_FIELD) : undefined;
  if (meta !== undefined) plans.push(planMeta(meta));
  return plans;
}

function columnOf({ columns }: ParquetFile, name: string): SchemaTree | undefined {
  return columns.find(({ element }) => element.name === name);
}

const META: FileField = {
  name: DYNAMIC_FIELD,
  type: "JSON",
  params: {},
  optional: true,
  primaryKey: false,
  made: false,
};

/** The dynamic field: objects as JSON text. */
function planMeta(node: SchemaTree): ColumnPlan {
  const plan = planColumn(META, node);
  return {
    ...plan,
    read(leaves, rows) {
      const column = plan.read(leaves, rows);
      if (column === undefined) return undefined;
      const texts = (column.values as readonly (string | null)[]).map((text, row) => objectText(text, row));
      return { ...column, dynamic: true, values: texts };
    },
  };
}

function objectText(text: string | null, row: number): string {
  if (text === null) return "{}";
  let value: unknown;
  try {
    value = parseStoredObject(text);
  } catch {
    throw new FileFault("illegal value for dynamic field, not a JSON format string", `row ${row + 1}`);
  }
  if (value === null) return "{}";
  if (typeof value === "object" && !Array.isArray(value)) return text;
  throw new FileFault("illegal value for dynamic field, not a JSON object", `row ${row + 1}`);
}

/** @throws FileFault for a group that lacks the column */
function leafReader(file: ParquetFile, group: RowGroup, leaf: SchemaTree): LeafReader {
  const name = leaf.path.join(".");
  const facts = group.columns.find(({ meta_data: data }) => data?.path_in_schema.join(".") === name)?.meta_data;
  if (facts === undefined) throw new FileFault(`is damaged: column '${name}' is missing in a part of it`);
  const path = pathTo(file, leaf);
  return new LeafReader(new LeafPages(file, path, facts), levelsOf(path.slice(1)));
}

/** From the root of the schema down to a leaf, as its readers want it. */
function pathTo({ root }: ParquetFile, leaf: SchemaTree): readonly SchemaTree[] {
  const path = [root];
  for (const step of leaf.path) {
    const next = path.at(-1)?.children.find(({ element }) => element.name === step);
    if (next === undefined) throw new FileFault("is damaged: its schema has a hole");
    path.push(next);
  }
  return path;
}

function batchRows({ fields }: FileShape): number {
  const bytes = fields.reduce((sum, { dimension = 0 }) => sum + dimension * 4, 1);
  return Math.max(1, Math.min(BATCH_ROWS, Math.floor(BATCH_BYTES / bytes)));
}
