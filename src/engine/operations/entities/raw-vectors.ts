import { failure } from "../../../errors.js";
import { termVector } from "../../../text/term-vector.js";
import { toBFloat16, toFloat16 } from "../../../values/float16.js";
import { shortestFloat } from "../../../values/float32.js";
import type { QueryVectors } from "../../contract/column.js";
import type { Collection } from "../../model/collection.js";
import { isVectorType } from "../../model/data-type.js";
import { MAX_RESULT_WINDOW } from "../../model/limits.js";
import { finishedVectors } from "../../model/next-field.js";
import { dimensionOf, type FieldSchema } from "../../model/schema.js";
import { atOnce } from "../../model/types/faults.js";
import type { DenseFieldType } from "../../model/types/field-type.js";
import { denseType, elementOfList, vectorType } from "../../model/types/table.js";
import { checkQueryForm } from "./list-search.js";
import { type QueryTexts, queryAnalyzer, queryEmbedding, querySignature } from "./search-vectors.js";

/**
 * The vector field of a search by bytes: the named one, or the only one.
 *
 * @throws AnnsFieldAmbiguous, InvalidParameter for a name that is no vector field
 */
export function annsField(collection: Collection, name: string | undefined): FieldSchema {
  if (name === undefined || name === "") {
    const fields = finishedVectors(collection.schema);
    if (fields.length === 1) return fields[0] as FieldSchema;
    throw failure("AnnsFieldAmbiguous");
  }
  const field = collection.schema.fields.find((f) => f.name === name && isVectorType(f.type));
  if (field === undefined) {
    throw failure("InvalidParameter", { text: `failed to get field schema by name: fieldName(${name}) not found` });
  }
  return field;
}

/**
 * Query vectors that came as bytes, in the bytes of the field's type.
 *
 * @throws QueryVectorCount, QueryVectorSize, QueryVectorType, BeyondFloat16, BelowFloat16, TextsWanted, and what NaN and
 *   infinities are refused with
 */
export function takeQueryVectors(
  collection: Collection,
  field: FieldSchema,
  { type, values, lists = false }: QueryVectors,
  { embedded, analyzerName }: QueryTexts,
): readonly Uint8Array[] {
  if (values.length === 0 || values.length > MAX_RESULT_WINDOW) {
    throw failure("QueryVectorCount", { count: values.length, limit: MAX_RESULT_WINDOW });
  }
  const analyzer = queryAnalyzer(collection, field, analyzerName);
  if (analyzer !== undefined) {
    if (type !== "VarChar") {
      throw failure("InvalidParameter", {
        text: `please provide varchar/text for BM25 Function based search, got ${type}`,
      });
    }
    return values.map((text) => termVector(analyzer.words(textOf(text))));
  }
  const sign = querySignature(collection, field);
  if (sign !== undefined && type === "VarChar") return values.map((text) => sign(textOf(text)));
  const embedding = queryEmbedding(collection, field);
  if (embedding !== undefined && type === "VarChar") return embedded.of(embedding, values.map(textOf), "search");
  checkQueryForm(collection, field, lists);
  // What a list holds is compared with what queries hold.
  const own = field.type === "ArrayOfVector" ? elementOfList(field).name : field.type;
  const convert = CONVERSIONS[`${type} ${own}`];
  if (type !== own && convert === undefined) throw failure("QueryVectorType", { field: own, query: type });
  const row = vectorType(own);
  if (row.family === "sparse") {
    return values.map((bytes, i) => row.codec.encodeCell(bytes, { field, timeZone: undefined, late: atOnce }, i));
  }
  const given = denseType(type);
  const dimension = dimensionOf(field);
  const expected = given.bytesPerVector(dimension);
  return values.map((bytes) => {
    const fits = lists ? bytes.byteLength > 0 && bytes.byteLength % expected === 0 : bytes.byteLength === expected;
    if (!fits) throw failure("QueryVectorSize", { expected, actual: bytes.byteLength });
    checkValues(given, field, bytes);
    return convert === undefined ? bytes : convert(bytes, (bytes.byteLength / expected) * dimension);
  });
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function checkValues(type: DenseFieldType, field: FieldSchema, bytes: Uint8Array): void {
  type.codec.checkBytes(bytes, { field, timeZone: undefined, late: atOnce });
}

const FLOAT_BYTES = 4;

/** Clients send plain floats for fields that keep them in 16 bits. */
const CONVERSIONS: Readonly<Record<string, (bytes: Uint8Array, dimension: number) => Uint8Array>> = {
  "FloatVector Float16Vector": (bytes, dimension) => narrowed(bytes, dimension, checkedFloat16),
  "FloatVector BFloat16Vector": (bytes, dimension) => narrowed(bytes, dimension, toBFloat16),
};

function narrowed(
  bytes: Uint8Array,
  dimension: number,
  convert: (value: number, dimension: number) => number,
): Uint8Array {
  const wide = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const narrow = new DataView(new ArrayBuffer(2 * dimension));
  for (let i = 0; i < dimension; i++) narrow.setUint16(2 * i, convert(wide.getFloat32(FLOAT_BYTES * i, true), i), true);
  return new Uint8Array(narrow.buffer);
}

const LARGEST_FLOAT16 = 65504;
const SMALLEST_NORMAL_FLOAT16 = 2 ** -14;

/** Of a query no number may become an infinity or a subnormal number; rows are not that strict. */
function checkedFloat16(value: number, dimension: number): number {
  const size = Math.abs(value);
  if (size > LARGEST_FLOAT16) throw failure("BeyondFloat16", { dimension, value: goText(value) });
  if (size > 0 && size < SMALLEST_NORMAL_FLOAT16) throw failure("BelowFloat16", { dimension, value: goText(value) });
  return toFloat16(value);
}

/** A float32 as Go prints it: with an exponent of two digits below 1e-4 and from 1e21 on. */
function goText(value: number): string {
  const text = String(shortestFloat(value));
  const exponential = Math.abs(value) < 1e-4 ? shortestFloat(value).toExponential() : text;
  return exponential.replace(/e([+-])(\d)$/, (_, sign: string, digit: string) => `e${sign}0${digit}`);
}
