import { failure } from "../../../errors.js";
import { shortestFloat } from "../../../values/float32.js";
import { isList, isPlainObject } from "../../../values/js-value.js";
import { shownText } from "../../../values/shown-text.js";
import { mismatch, numberOf } from "./faults.js";
import type { SparseCodec, SparseFieldType } from "./field-type.js";
import { malformedQuery, missingVector } from "./vector-faults.js";

/** Index and value take four bytes each. */
const ENTRY_BYTES = 8;
/** The largest index but one that 32 bits hold: the last one is reserved. */
const MAX_INDEX = 0xffff_fffe;

const UNSORTED = "unsorted or same indices in sparse float vector";
const NEGATIVE = "negative value in sparse float vector";
const DECIMAL = /^\d+$/;

type Entry = readonly [index: number, value: number];

/** A rule of sparse vectors that is broken; each caller words it in its own way. */
class SparseFault {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

function readIndex(given: unknown): number {
  const index = numberOf(given);
  if (index === undefined || !Number.isInteger(index) || index < 0) {
    throw new SparseFault(`invalid index in JSON: ${shownText(given)}`);
  }
  if (index > MAX_INDEX) throw new SparseFault(`index too large in JSON: ${shownText(given)}`);
  return index;
}

function readKey(key: string): number {
  if (!DECIMAL.test(key)) throw new SparseFault(`strconv.ParseUint: parsing "${shownText(key)}": invalid syntax`);
  return readIndex(Number(key));
}

/** Go's names of JSON's kinds. */
function kindOfJson(value: unknown): string {
  if (value === null || value === undefined) return "<nil>";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "string") return "string";
  return Array.isArray(value) ? "[]interface {}" : "map[string]interface {}";
}

function readValue(given: unknown): number {
  const value = numberOf(given);
  if (value === undefined) throw new SparseFault(`invalid value type in JSON: ${kindOfJson(given)}`);
  if (!Number.isFinite(value)) throw new SparseFault(`invalid value in JSON: ${shownText(given)}`);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) throw new SparseFault(`value too large in JSON: ${shownText(given)}`);
  // A negative zero is no other value.
  return rounded + 0;
}

function readEntries(value: unknown): Entry[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || !isPlainObject(value)) {
    throw new SparseFault("invalid JSON input");
  }
  const { indices, values } = value as { indices?: unknown; values?: unknown };
  if (indices === undefined && values === undefined) {
    return Object.keys(value).map((key) => [readKey(key), readValue((value as Record<string, unknown>)[key])]);
  }
  if (!isList(indices) || !isList(values)) throw new SparseFault("invalid JSON input");
  if (indices.length !== values.length) throw new SparseFault("indices and values length mismatch");
  return Array.from(indices, (index, i) => [readIndex(index), readValue(values[i])]);
}

/** Sorts, checks what all entries must keep to, and writes. */
function toBytes(entries: Entry[]): Uint8Array {
  const sorted = entries.sort(([a], [b]) => a - b);
  const view = new DataView(new ArrayBuffer(sorted.length * ENTRY_BYTES));
  let last = -1;
  for (const [i, [index, value]] of sorted.entries()) {
    if (index === last) throw new SparseFault(UNSORTED);
    if (value < 0) throw new SparseFault(NEGATIVE);
    last = index;
    view.setUint32(i * ENTRY_BYTES, index, true);
    view.setFloat32(i * ENTRY_BYTES + 4, value, true);
  }
  return new Uint8Array(view.buffer);
}

function fromBytes(bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.length / ENTRY_BYTES }, (_, i) => [
    view.getUint32(i * ENTRY_BYTES, true),
    view.getFloat32(i * ENTRY_BYTES + 4, true) + 0,
  ]);
}

/** Entries that came as bytes, in any order. */
function checkedEntries(bytes: Uint8Array): Entry[] {
  if (bytes.length % ENTRY_BYTES !== 0) {
    throw new SparseFault(`invalid data length in sparse float vector: ${bytes.length}`);
  }
  const entries = fromBytes(bytes);
  for (const [index, value] of entries) {
    if (index > MAX_INDEX) throw new SparseFault("invalid index in sparse float vector: must be less than 2^32-1");
    if (!Number.isFinite(value)) throw new SparseFault(`invalid value in sparse float vector: ${value}`);
  }
  return entries;
}

/** Runs `work` and words its fault. */
function worded<T>(work: () => T, word: (text: string) => Error): T {
  try {
    return work();
  } catch (fault) {
    throw fault instanceof SparseFault ? word(fault.text) : fault;
  }
}

const codec: SparseCodec = {
  encode(value, { field }) {
    if (value === undefined || value === null || value === "") throw missingVector(field);
    return worded(
      () => toBytes(readEntries(value)),
      (text) => mismatch(text, field.type, value),
    );
  },
  encodeCell(bytes) {
    return worded(
      () => toBytes(checkedEntries(bytes)),
      (detail) => failure("BadRow", { detail }),
    );
  },
  encodeQuery(value, field) {
    return worded(
      () => toBytes(readEntries(value)),
      (text) => malformedQuery(field, text, value),
    );
  },
  decode: (bytes) => Object.fromEntries(fromBytes(bytes).map(([index, value]) => [index, shortestFloat(value)])),
  json(bytes) {
    const members = fromBytes(bytes).map(([index, value]) => `"${index}":${shortestFloat(value)}`);
    return `{${members.join(",")}}`;
  },
};

/** Pairs of index and value; it has no dimension. */
export const sparseFloatVector: SparseFieldType = {
  family: "sparse",
  name: "SparseFloatVector",
  number: 104,
  served: true,
  indexTypes: ["SPARSE_INVERTED_INDEX", "SPARSE_WAND"],
  metrics: ["IP", "BM25"],
  foreignMetrics: [],
  kernel: "sparse",
  refuseMetric: () => "only IP&BM25 is the supported metric type for sparse index",
  checkParams(field, _collection, fieldId) {
    if (field.params["dim"] !== undefined) throw failure("DimensionOnSparse", { field: field.name, fieldId });
  },
  codec,
};
