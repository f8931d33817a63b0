import { failure } from "../../errors.js";
import { kindOf, typedArrayName } from "../../values/js-value.js";
import type { InputColumn, InputColumns } from "../contract/column.js";
import type { Collection } from "../model/collection.js";
import { functionOf } from "../model/functions.js";
import { DYNAMIC_FIELD, dimensionOf, type FieldSchema } from "../model/schema.js";
import { structOf } from "../model/structs.js";
import { denseType, FIELD_TYPES } from "../model/types/table.js";
import { functionOutputGiven, outputMayBeGiven } from "./function-outputs.js";
import { type EncodeOptions, keysMayBeGiven } from "./prepared-batch.js";
import { checkStructColumns } from "./struct-columns.js";

/**
 * Checks that columns fit a collection, in the server's order; values are looked at later.
 *
 * @returns the columns by the name of their field; vectors as bytes
 * @throws InvalidParameter, ParameterMismatch, VectorDataLength
 */
export function checkColumns(
  collection: Collection,
  input: InputColumns,
  options: EncodeOptions,
): ReadonlyMap<string, InputColumn> {
  const { rowCount } = input;
  if (!Number.isSafeInteger(rowCount) || rowCount <= 0) {
    throw failure("ParameterMismatch", {
      text: "num_rows should be greater than 0",
      expected: "invalid num_rows",
      actual: String(rowCount),
    });
  }
  if (!Array.isArray(input.columns)) throw failure("InvalidParameter", { text: "columns should be a list" });
  const { schema } = collection;
  const fields = new Map(schema.fields.map((field) => [field.name, field]));
  const found = new Map<string, InputColumn>();
  if (input.columns.length === 0) throw failure("InvalidParameter", { text: "the batch has no columns" });
  for (const column of input.columns as readonly unknown[]) {
    if (!isColumn(column)) throw failure("InvalidParameter", { text: `a column is an object, not ${kindOf(column)}` });
    const { name } = column;
    if (found.has(name)) throw failure("InvalidParameter", { text: `duplicated field name ${name} found` });
    if (!fields.has(name) && !(name === DYNAMIC_FIELD && schema.dynamic)) throw unknownColumn(name, schema.dynamic);
    found.set(name, column);
  }
  for (const field of schema.fields) checkPresence(collection, field, found.has(field.name), options);
  for (const [name, column] of found) {
    const field = fields.get(name);
    const family = field === undefined ? "scalar" : FIELD_TYPES[field.type].family;
    if (field === undefined) checkScalarColumn(column, "JSON", rowCount);
    else if (family === "sparse") checkSparseColumn(field, column, rowCount);
    else if (family === "list") checkListColumn(field, column, rowCount);
    else if (family === "dense") found.set(name, checkDenseColumn(field, column, rowCount));
    else checkScalarColumn(column, field.type, rowCount, field.elementType);
  }
  checkStructColumns(schema, found, rowCount);
  return found;
}

function isColumn(column: unknown): column is InputColumn {
  return typeof column === "object" && column !== null;
}

function unknownColumn(name: string, dynamic: boolean): Error {
  return failure("InvalidParameter", {
    text: dynamic
      ? `field ${name} does not exist in the schema, dynamic keys belong to ${DYNAMIC_FIELD}`
      : "has pass more field without dynamic schema, please check it",
  });
}

/** Whether a field must, may or must not have a column. */
function checkPresence(collection: Collection, field: FieldSchema, present: boolean, options: EncodeOptions): void {
  const made = functionOf(collection.schema.functions, field.name);
  if (made !== undefined) {
    if (present && !outputMayBeGiven(collection, made)) throw functionOutputGiven(made);
    return;
  }
  if (field.primaryKey && field.autoId) {
    if (present && !keysMayBeGiven(collection, options)) {
      throw failure("InvalidParameter", {
        text: `no need to pass pk field(${field.name}) when autoid==true in insert`,
      });
    }
    if (!present && options.operation === "upsert") {
      throw failure("InvalidParameter", { text: `must assign pk when upsert, primary field: ${field.name}` });
    }
    return;
  }
  if (present || field.nullable || field.defaultValue !== undefined) return;
  // A partial upsert builds on stored values: whether one is missing is seen row by row.
  if (options.existing === undefined || field.primaryKey) throw missingColumn(structOf(field) ?? field.name);
}

/** A field without a column that has neither a default nor null nor a stored value. */
export function missingColumn(field: string): Error {
  return failure("InvalidParameter", { text: `fieldSchema(${field}) has no corresponding fieldData pass in` });
}

function checkType(column: InputColumn, type: string): void {
  if (column.type === type) return;
  throw failure("InvalidParameter", {
    text: `the data type of field(${column.name}) is ${type}, but the column has ${column.type}`,
  });
}

function checkCount(column: InputColumn, count: number, rowCount: number): void {
  if (count === rowCount) return;
  throw failure("ParameterMismatch", {
    text: `the num_rows (${count}) of field (${column.name}) is not equal to passed num_rows (${rowCount})`,
    expected: String(rowCount),
    actual: String(count),
  });
}

function checkScalarColumn(column: InputColumn, type: string, rowCount: number, elementType?: string): void {
  checkType(column, type);
  checkElementType(column, elementType);
  if (!Array.isArray(column.values)) throw noValues(column);
  checkCount(column, column.values.length, rowCount);
}

function noValues(column: InputColumn): Error {
  return failure("InvalidParameter", { text: `the values of field(${column.name}) are of the wrong kind` });
}

function checkListColumn(field: FieldSchema, column: InputColumn, rowCount: number): void {
  checkElementType(column, field.elementType);
  const dimension = dimensionOf(field);
  const given = column.dimension ?? dimension;
  if (given !== dimension) throw wrongDimension(field, given);
  checkSparseColumn(field, column, rowCount);
}

function checkElementType(column: InputColumn, elementType: string | undefined): void {
  if (elementType === undefined || column.elementType === undefined || column.elementType === elementType) return;
  throw failure("InvalidParameter", {
    text: `the element type of field(${column.name}) is ${elementType}, but the column has ${column.elementType}`,
  });
}

function wrongDimension(field: FieldSchema, given: number): Error {
  const dimension = dimensionOf(field);
  return failure("ParameterMismatch", {
    text: `the dim (${given}) of field data(${field.name}) is not equal to schema dim (${dimension})`,
    expected: String(dimension),
    actual: String(given),
  });
}

function checkSparseColumn(field: FieldSchema, column: InputColumn, rowCount: number): void {
  checkType(column, field.type);
  const { values } = column;
  if (!Array.isArray(values)) throw noValues(column);
  if (values.length === 0 && !field.nullable) throw noVectors(field);
  checkCount(column, values.length, rowCount);
  for (const value of values) {
    if (value !== null && typedArrayName(value) !== "Uint8Array") throw noValues(column);
    if (value === null && !field.nullable) throw notNullable(field);
  }
}

function notNullable(field: FieldSchema): Error {
  return failure("InvalidParameter", { text: `the field(${field.name}) is not nullable` });
}

/** A column without a single vector, of a field that needs them. */
function noVectors(field: FieldSchema): Error {
  const vectors = field.type
    .replace(/Vector$/, "")
    .replace(/(?<=[a-z])Float/, " float")
    .toLowerCase();
  return failure("ParameterMismatch", {
    text: `${vectors} vector field '${field.name}' is illegal, array type mismatch`,
    expected: `need ${vectors} vector`,
    actual: "got nil",
  });
}

/** @returns the column with its vectors as bytes */
function checkDenseColumn(field: FieldSchema, column: InputColumn, rowCount: number): InputColumn {
  checkType(column, field.type);
  const view = column.values as unknown;
  if (!ArrayBuffer.isView(view)) throw noValues(column);
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  if (bytes.length === 0 && !field.nullable) throw noVectors(field);
  const type = denseType(field.type);
  const dimension = dimensionOf(field);
  const given = column.dimension ?? dimension;
  const size = type.bytesPerVector(given);
  if (!(size > 0) || bytes.length % size !== 0) {
    const perComponent = type.bytesPerVector(dimension) / dimension;
    throw failure("VectorDataLength", {
      length: bytes.length / perComponent,
      data: type.kernel === "bits" ? "binary" : "float",
      dimension: given,
    });
  }
  const { valid } = column;
  const count = bytes.length / size;
  const present = valid?.reduce((sum, is) => sum + (is === 0 ? 0 : 1), 0);
  if (count !== present) checkCount(column, count, rowCount);
  if (given !== dimension) throw wrongDimension(field, given);
  if (valid !== undefined) {
    checkCount(column, valid.length, rowCount);
    if (!field.nullable && present !== rowCount) throw notNullable(field);
  }
  return { ...column, values: bytes };
}
