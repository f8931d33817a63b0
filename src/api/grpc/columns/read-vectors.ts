import type { InputColumn } from "../../../engine/contract/column.js";
import { denseType, typeName } from "../../../engine/model/types/table.js";
import { failure } from "../../../errors.js";
import { toBFloat16, toFloat16 } from "../../../values/float16.js";
import type { Received } from "../messages/table.js";
import { DENSE_SLOTS, type DenseTypeName, isDenseType, wrongSlot } from "./types.js";

type Field = Received<"FieldData">;
type Vectors = Received<"VectorField">;

/** Bytes of a pair of a sparse vector: index, value. */
const PAIR_BYTES = 8;

/**
 * Vectors of a fixed width as the engine takes them: the bytes of the message, those of null rows left out.
 *
 * @throws InvalidParameter for another slot than the type's, ParameterMismatch for too few vectors beside the flags
 */
export function readVectors(field: Field, type: DenseTypeName): Pick<InputColumn, "values" | "valid" | "dimension"> {
  const { vectors, field_name: name } = field;
  const flags = validOf(field);
  const dimension = Number(vectors?.dim ?? 0);
  const known = dimension > 0 && { dimension };
  const bytes = vectors === undefined ? NO_BYTES : denseBytes(name, type, vectors);
  const absent = flags.reduce((sum, is) => (is ? sum : sum + 1), 0);
  if (absent === 0) return { values: bytes, ...known };
  const present = flags.length - absent;
  const size = dimension > 0 ? denseType(type).bytesPerVector(dimension) : bytes.length / Math.max(1, present);
  if (bytes.length !== present * size) {
    throw failure("ParameterMismatch", {
      text: `the length of field(${name}) is wrong`,
      expected: String(present),
      actual: String(size > 0 ? bytes.length / size : bytes.length),
    });
  }
  return { values: bytes, valid: Uint8Array.from(flags, Number), ...known };
}

const NO_BYTES = new Uint8Array(0);

function validOf(field: Field): readonly boolean[] {
  const own = field.vectors?.valid_data ?? [];
  return own.length > 0 ? own : field.valid_data;
}

function denseBytes(name: string, type: DenseTypeName, vectors: Vectors): Uint8Array {
  const { float_vector: floats } = vectors;
  if (floats !== undefined) {
    // Plain floats may come for fields that keep them in 16 bits.
    if (type === "FloatVector") return bytesOf(floats.data);
    if (type === "Float16Vector") return bytesOf(Uint16Array.from(floats.data, toFloat16));
    if (type === "BFloat16Vector") return bytesOf(Uint16Array.from(floats.data, toBFloat16));
    throw wrongSlot(name, type, "float_vector");
  }
  for (const slot of Object.values(DENSE_SLOTS)) {
    const bytes = slot === "float_vector" ? undefined : vectors[slot];
    if (bytes === undefined) continue;
    if (slot !== DENSE_SLOTS[type]) throw wrongSlot(name, type, slot);
    return bytes;
  }
  if (vectors.sparse_float_vector !== undefined) throw wrongSlot(name, type, "sparse_float_vector");
  if (vectors.vector_array !== undefined) throw wrongSlot(name, type, "vector_array");
  return NO_BYTES;
}

function bytesOf(view: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

/**
 * Lists of vectors as the engine takes them: the bytes of all vectors of each row.
 *
 * @throws InvalidParameter, ParameterMismatch
 */
export function readLists(field: Field): Pick<InputColumn, "values" | "dimension" | "elementType"> {
  const { vectors, field_name: name } = field;
  const lists = vectors?.vector_array;
  if (vectors !== undefined && lists === undefined && denseSlotOf(vectors) !== undefined) {
    throw wrongSlot(name, "ArrayOfVector", String(denseSlotOf(vectors)));
  }
  const element = typeName(lists?.element_type ?? 0) ?? "";
  const rows = lists?.data ?? [];
  if (rows.length > 0 && !isDenseType(element)) {
    throw failure("InvalidParameter", { text: `the element type ${element} of field(${name}) is no type of vectors` });
  }
  const dimension = Number(lists?.dim ?? 0);
  return {
    values: withFlags(
      name,
      rows.map((row) => denseBytes(name, element as DenseTypeName, row)),
      validOf(field),
    ),
    ...(isDenseType(element) && { elementType: element }),
    ...(dimension > 0 && { dimension }),
  };
}

/** Sparse vectors, one per row, ascending by index as the engine wants them. @throws InvalidParameter, ParameterMismatch */
export function readSparse(field: Field): readonly (Uint8Array | null)[] {
  const { vectors, field_name: name } = field;
  if (vectors !== undefined && vectors.sparse_float_vector === undefined && denseSlotOf(vectors) !== undefined) {
    throw wrongSlot(name, "SparseFloatVector", String(denseSlotOf(vectors)));
  }
  return withFlags(name, (vectors?.sparse_float_vector?.contents ?? []).map(ascending), validOf(field));
}

/** @param flags one per row, or none: all rows have a value */
function withFlags(
  name: string,
  rows: readonly Uint8Array[],
  flags: readonly boolean[],
): readonly (Uint8Array | null)[] {
  if (flags.length === 0) return rows;
  const present = flags.filter(Boolean).length;
  if (rows.length !== present) {
    throw failure("ParameterMismatch", {
      text: `the length of field(${name}) is wrong`,
      expected: String(present),
      actual: String(rows.length),
    });
  }
  let next = 0;
  return flags.map((is) => (is ? (rows[next++] as Uint8Array) : null));
}

function denseSlotOf(vectors: Vectors): string | undefined {
  return Object.values(DENSE_SLOTS).find((slot) => vectors[slot] !== undefined);
}

/** The pairs of a sparse vector in the order of their indices. What is no whole number of pairs is left to be refused. */
export function ascending(bytes: Uint8Array): Uint8Array {
  if (bytes.length % PAIR_BYTES !== 0) return bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const indexAt = (pair: number) => view.getUint32(pair * PAIR_BYTES, true);
  const count = bytes.length / PAIR_BYTES;
  let sorted = true;
  for (let pair = 1; pair < count && sorted; pair++) sorted = indexAt(pair - 1) <= indexAt(pair);
  if (sorted) return bytes;
  const order = Array.from({ length: count }, (_, pair) => pair).sort((a, b) => indexAt(a) - indexAt(b));
  const result = new Uint8Array(bytes.length);
  for (const [to, from] of order.entries()) {
    result.set(bytes.subarray(from * PAIR_BYTES, (from + 1) * PAIR_BYTES), to * PAIR_BYTES);
  }
  return result;
}
