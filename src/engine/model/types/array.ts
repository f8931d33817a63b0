import { failure } from "../../../errors.js";
import { shortestFloat } from "../../../values/float32.js";
import { isList, saidValue } from "../../../values/js-value.js";
import { parseJsonText } from "../../../values/json-text.js";
import type { ElementType, ItemType } from "../data-type.js";
import { bool } from "./bool.js";
import { mismatch, noDefault } from "./faults.js";
import type { ScalarFieldType, Target, TypedField } from "./field-type.js";
import { double, float } from "./floats.js";
import { int8, int16, int32, int64 } from "./integers.js";
import { checkMaxCapacity, checkMaxLength } from "./parameters.js";
import { varchar } from "./varchar.js";

/** What an Array may hold. */
export const ELEMENT_TYPES: Readonly<Record<ElementType, ScalarFieldType>> = {
  Bool: bool,
  Int8: int8,
  Int16: int16,
  Int32: int32,
  Int64: int64,
  Float: float,
  Double: double,
  VarChar: varchar,
};

/** In JSON text a Float element keeps all digits of its float32, so that filters see the stored number. */
const STORED_AS: Readonly<Record<ElementType, ScalarFieldType>> = { ...ELEMENT_TYPES, Float: double };

function encode(value: unknown, target: Target, row: number): string {
  const { field, late } = target;
  const type = field.elementType as ElementType;
  if (!isList(value)) throw mismatch("not an array", `Array[${type}]`, value);
  const element = ELEMENT_TYPES[type];
  const { json } = STORED_AS[type];
  const texts = type === "VarChar" ? { ...target, late: () => {} } : target;
  let text = "";
  // By index: a hole counts as an element that is missing.
  for (let i = 0; i < value.length; i++) {
    const item = saidValue(value[i]);
    if (item === null || item === undefined) throw mismatch("element is null", type, value);
    text += `${i === 0 ? "" : ","}${json(element.encode(item, texts, row), {})}`;
    if (type === "VarChar") checkElement(String(item), i, target, row);
  }
  const capacity = Number(field.params["max_capacity"]);
  if (value.length > capacity) late(arrayBeyondCapacity(value.length, capacity));
  return `[${text}]`;
}

export function arrayBeyondCapacity(length: number, capacity: number): Error {
  return failure("InvalidParameter", { text: `the length (${length}) of array exceeds max capacity (${capacity})` });
}

/** The server has words of its own for texts in arrays that are too long. */
function checkElement(text: string, index: number, { field, late }: Target, row: number): void {
  const max = Number(field.params["max_length"]);
  const length = Buffer.byteLength(text);
  if (length <= max) return;
  late(
    failure("InvalidParameter", {
      text: `length of Array array field "${field.name}" exceeds max length, row number: ${row}, array index: ${index}, length: ${length}, max length: ${max}`,
    }),
  );
}

/** The elements of the JSON text of an array, each as its own text. */
export function elementsOf(stored: string, elementType: ItemType | undefined): readonly string[] {
  if (stored === "[]") return [];
  if (elementType === "VarChar") return (JSON.parse(stored) as string[]).map((text) => varchar.json(text, {}));
  return stored.slice(1, -1).split(",");
}

export function countElements(stored: string, { elementType }: TypedField): number {
  return elementsOf(stored, elementType).length;
}

/** One stored array behind the other. */
export function appendElements(stored: string, added: string): string {
  if (stored === "[]") return added;
  return added === "[]" ? stored : `${stored.slice(0, -1)},${added.slice(1)}`;
}

/** A stored array without all elements that equal one of another. */
export function removeElements(stored: string, removed: string, { elementType }: TypedField): string {
  // There are two ways to write zero, and they are equal.
  const floats = elementType === "Float" || elementType === "Double";
  const value = (text: string) => (floats ? Number(text) + 0 : text);
  const gone = new Set(elementsOf(removed, elementType).map(value));
  return `[${elementsOf(stored, elementType)
    .filter((text) => !gone.has(value(text)))
    .join(",")}]`;
}

const DIGITS = /-?\d+/g;

/** Scalars of one type, as JSON text. */
export const array: ScalarFieldType = {
  family: "scalar",
  name: "Array",
  number: 22,
  column: "TEXT",
  indexTypes: ["INVERTED", "BITMAP", "HYBRID"],
  groups: false,
  queries: [],
  element: false,
  checkParams(field, collection) {
    if (field.elementType === "VarChar") checkMaxLength(field, collection);
    checkMaxCapacity(field, collection);
  },
  encode,
  encodeCell: encode,
  decode(stored, { elementType }) {
    const text = String(stored);
    if (elementType === "Double") return JSON.parse(text);
    return elementType === "Float" ? (JSON.parse(text) as number[]).map(shortestFloat) : parseJsonText(text);
  },
  json(stored, { elementType, int64AsText }) {
    const text = String(stored);
    if (elementType === "Float") return `[${(JSON.parse(text) as number[]).map(shortestFloat).join(",")}]`;
    return elementType === "Int64" && int64AsText === true ? text.replaceAll(DIGITS, '"$&"') : text;
  },
  readDefault() {
    throw noDefault("Array");
  },
  describeDefault: (stored) => ({ StringData: stored }),
};
