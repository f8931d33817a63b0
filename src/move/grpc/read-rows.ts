import { readColumns } from "../../api/grpc/columns/read-column.js";
import { isDenseType } from "../../api/grpc/columns/types.js";
import type { Received } from "../../api/grpc/messages/table.js";
import type { CollectionDescription } from "../../engine/contract/collections.js";
import type { InputColumn, RecordBatch, StoredColumn } from "../../engine/contract/column.js";
import type { ItemType } from "../../engine/model/data-type.js";
import type { Target } from "../../engine/model/types/field-type.js";
import { denseType, FIELD_TYPES } from "../../engine/model/types/table.js";
import { failure } from "../../errors.js";
import { type RowField, rowFields } from "../row-fields.js";

type FieldData = Received<"FieldData">;

/**
 * Rows of a reply in stored form, as an engine of our own would have answered them.
 *
 * @throws ServerRefused for values that no field of that type can have
 */
export function readRows(
  server: string,
  columns: readonly FieldData[],
  description: CollectionDescription,
): RecordBatch {
  const known = new Map(rowFields(description).map((field) => [field.name, field]));
  const input = columns.flatMap((column) => readColumns(withoutGaps(column)));
  const rowCount = Math.max(0, ...columns.map(rowsOf));
  const read: StoredColumn[] = [];
  for (const column of input) {
    if (column.dynamic === true) read.push(dynamicColumn(column));
    else {
      const field = known.get(column.name);
      // Beside its fields a server may answer what it computes.
      if (field !== undefined) read.push(storedColumn(server, column, field, rowCount));
    }
  }
  const order = [...known.keys()];
  read.sort((a, b) => place(order, a) - place(order, b));
  return { rowCount, columns: read, outputFields: read.map(({ name }) => name) };
}

function place(order: readonly string[], { name, dynamic }: StoredColumn): number {
  return dynamic === true ? order.length : order.indexOf(name);
}

/** Scalars of a reply have a place for nulls too, where those of a request have none. */
function withoutGaps(field: FieldData): FieldData {
  const struct = field.struct_arrays;
  if (struct !== undefined) {
    const fields = struct.fields.map((part) =>
      withoutGaps(part.valid_data.length > 0 ? part : { ...part, valid_data: field.valid_data }),
    );
    return { ...field, struct_arrays: { fields } };
  }
  const valid = field.valid_data;
  if (!valid.includes(false)) return field;
  if (field.vectors?.vector_array !== undefined) {
    const lists = field.vectors.vector_array;
    if (lists.data.length !== valid.length) return field;
    return {
      ...field,
      vectors: { ...field.vectors, vector_array: { ...lists, data: lists.data.filter((_, row) => valid[row]) } },
    };
  }
  if (field.scalars === undefined) return field;
  const slots = Object.entries(field.scalars).map(([slot, value]) => {
    const list = value as { readonly data?: ArrayLike<unknown> } | undefined;
    if (slot === "valid_data" || list?.data === undefined || list.data.length !== valid.length) return [slot, value];
    return [slot, { ...list, data: Array.from(list.data).filter((_, row) => valid[row]) }];
  });
  return { ...field, scalars: Object.fromEntries(slots) };
}

function rowsOf(field: FieldData): number {
  if (field.valid_data.length > 0) return field.valid_data.length;
  const part = field.struct_arrays?.fields[0];
  if (part !== undefined) return rowsOf(part);
  const vectors = field.vectors;
  if (vectors !== undefined) return vectorsOf(vectors);
  const slot = Object.entries(field.scalars ?? {}).find(
    ([name, value]) => name !== "valid_data" && value !== undefined,
  );
  return (slot?.[1] as { readonly data: ArrayLike<unknown> } | undefined)?.data.length ?? 0;
}

function vectorsOf(vectors: Received<"VectorField">): number {
  const dimension = Number(vectors.dim);
  if (vectors.sparse_float_vector !== undefined) return vectors.sparse_float_vector.contents.length;
  if (vectors.vector_array !== undefined) return vectors.vector_array.data.length;
  if (vectors.float_vector !== undefined) return vectors.float_vector.data.length / dimension;
  if (vectors.binary_vector !== undefined) return vectors.binary_vector.length / (dimension / 8);
  const halves = vectors.float16_vector ?? vectors.bfloat16_vector;
  if (halves !== undefined) return halves.length / (2 * dimension);
  return (vectors.int8_vector?.length ?? 0) / dimension;
}

function dynamicColumn(column: InputColumn): StoredColumn {
  const values = (column.values as readonly (string | null)[]).map((text) => text ?? "{}");
  return { name: "$meta", type: "JSON", dynamic: true, fieldId: 1, primaryKey: false, values };
}

/** Vectors get room where there is none. @param valid one per row */
function withRoom(bytes: Uint8Array, size: number, valid: Uint8Array): Uint8Array {
  const whole = new Uint8Array(valid.length * size);
  let from = 0;
  for (const [row, is] of valid.entries()) {
    if (is === 0) continue;
    whole.set(bytes.subarray(from, from + size), row * size);
    from += size;
  }
  return whole;
}

function storedColumn(server: string, column: InputColumn, field: RowField, rowCount: number): StoredColumn {
  const { described, nullable, struct, name } = field;
  const { type, valid } = column;
  const dimension = Number(described.params?.find(({ key }) => key === "dim")?.value ?? 0);
  const head = {
    name,
    type,
    fieldId: described.id,
    primaryKey: described.primaryKey,
    nullable,
    ...(struct !== undefined && { struct }),
    ...(described.elementType !== undefined && { elementType: described.elementType as ItemType }),
    ...(dimension > 0 && { dimension }),
  };
  if (isDenseType(type)) {
    const values = column.values as Uint8Array;
    const size = denseType(type).bytesPerVector(dimension);
    if (values.length === rowCount * size) return { ...head, values, ...(valid !== undefined && { valid }) };
    return { ...head, values: withRoom(values, size, valid ?? new Uint8Array(rowCount)), ...(valid && { valid }) };
  }
  const row = FIELD_TYPES[type];
  if (row.family !== "scalar") return { ...head, values: column.values as readonly (Uint8Array | null)[] };
  const params = Object.fromEntries((described.params ?? []).map(({ key, value }) => [key, value]));
  const target: Target = {
    field: {
      name,
      type,
      params,
      ...(described.elementType !== undefined && { elementType: described.elementType as ItemType }),
    },
    timeZone: undefined,
    late: () => {},
  };
  const values = (column.values as readonly unknown[]).map((value, at) => {
    if (value === null) return null;
    try {
      return row.encodeCell(value, target, at);
    } catch (error) {
      const reason = `it holds what no ${type} can be in field ${name}: ${(error as Error).message}`;
      throw failure("ServerRefused", { server, call: "Query", code: 0, reason }, error);
    }
  });
  return { ...head, values };
}
