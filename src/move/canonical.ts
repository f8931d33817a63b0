import { createHash } from "node:crypto";
import { isDenseType } from "../api/grpc/columns/types.js";
import type { RecordBatch, StoredColumn } from "../engine/contract/column.js";
import { denseType } from "../engine/model/types/table.js";
import { parseJsonText } from "../values/json-text.js";
import { compareKeys } from "./key-filter.js";
import type { Key } from "./side.js";

/** A row whose values can be compared with those of another store. */
export interface ComparedRow {
  readonly key: Key;
  /** By field, in one form for what means the same; a null, and a field that is not there, is none. */
  readonly values: ReadonlyMap<string, string | Uint8Array>;
}

/** The rows of a batch in ascending order of their keys, without the fields of other names than those. */
export function comparedRows(batch: RecordBatch, keyName: string, omitted: ReadonlySet<string>): ComparedRow[] {
  const keys = keysOf(batch, keyName);
  const columns = batch.columns
    .filter(({ name }) => !omitted.has(name))
    .map((column) => [column.name, reader(column)] as const);
  const rows = keys.map((key, row): ComparedRow => {
    const values = new Map<string, string | Uint8Array>();
    for (const [name, read] of columns) {
      const value = read(row);
      if (value !== undefined) values.set(name, value);
    }
    return { key, values };
  });
  return rows.sort((a, b) => compareKeys(a.key, b.key));
}

export function keysOf(batch: RecordBatch, keyName: string): readonly Key[] {
  return (batch.columns.find(({ name }) => name === keyName)?.values ?? []) as readonly Key[];
}

/** The hash of rows in their order: two stores that have the same have the same rows. */
export function digestOf(rows: readonly ComparedRow[]): string {
  const hash = createHash("sha256");
  for (const { values } of rows) {
    for (const name of [...values.keys()].sort()) {
      const value = values.get(name) as string | Uint8Array;
      hash.update(`${name}\0${value.length}\0`);
      hash.update(value);
    }
    hash.update("\n");
  }
  return hash.digest("hex");
}

/** Names of the fields in which two rows differ. */
export function differingFields(a: ComparedRow, b: ComparedRow): readonly string[] {
  const names = new Set([...a.values.keys(), ...b.values.keys()]);
  return [...names].filter((name) => !isSame(a.values.get(name), b.values.get(name)));
}

function isSame(a: string | Uint8Array | undefined, b: string | Uint8Array | undefined): boolean {
  if (a instanceof Uint8Array && b instanceof Uint8Array) return Buffer.compare(a, b) === 0;
  return a === b;
}

/** Reads a value of a column; undefined: a null. */
function reader(column: StoredColumn): (row: number) => string | Uint8Array | undefined {
  const { type, values, valid, dimension = 0 } = column;
  if (isDenseType(type)) {
    const size = denseType(type).bytesPerVector(dimension);
    const bytes = values as Uint8Array;
    return (row) => (valid?.[row] === 0 ? undefined : bytes.subarray(row * size, (row + 1) * size));
  }
  const list = values as readonly unknown[];
  const shown = (value: unknown): string | Uint8Array | undefined => {
    if (value === null || value instanceof Uint8Array) return value ?? undefined;
    if (type !== "JSON" && type !== "Array") return String(value);
    const text = canonicalJson(parseJsonText(String(value)));
    return column.dynamic === true && text === "{}" ? undefined : text;
  };
  return (row) => shown(list[row]);
}

/** JSON text with keys in order and numbers by what they are worth: how somebody wrote them is no difference. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value instanceof Number) return numberText(Number(value));
  if (typeof value === "object" && value !== null) {
    const object = value as Readonly<Record<string, unknown>>;
    const members = Object.keys(object).sort();
    return `{${members.map((key) => `${JSON.stringify(key)}:${canonicalJson(object[key])}`).join(",")}}`;
  }
  if (typeof value === "bigint") return String(value);
  return typeof value === "number" ? numberText(value) : JSON.stringify(value);
}

function numberText(value: number): string {
  return Object.is(value, -0) ? "0" : String(value);
}
