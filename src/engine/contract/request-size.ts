import { invalidParameter } from "../../errors.js";
import { MAX_REQUEST_ITEMS, MAX_REQUEST_TEXT } from "../model/limits.js";
import type { RequestField } from "./row.js";
import { contract, type OperationPath } from "./table.js";

type Shape = Readonly<Record<string, RequestField>>;

/** Items that were met. */
interface Count {
  items: number;
}

/**
 * Refuses a request whose texts are longer, or whose lists have more items together, than any that a server's user sends, before
 * anything is done with them: what reads names or definitions one by one need not look at how many there are.
 *
 * @throws InvalidParameter
 */
export function checkRequestSize(path: OperationPath, request: object): void {
  checkObject(contract[path].request, request, "", { items: 0 });
}

function checkObject(shape: Shape, value: object, where: string, count: Count): void {
  for (const [key, field] of boundedFields(shape)) {
    const part = (value as Record<string, unknown>)[key];
    if (part !== undefined && part !== null) checkField(field, part, where === "" ? key : `${where}.${key}`, count);
  }
}

function checkField(field: RequestField, value: unknown, where: string, count: Count): void {
  if (typeof value === "string") checkText(field, value, where);
  else if (Array.isArray(value)) checkList(field, value, where, count);
  else if (field.shape !== undefined && typeof value === "object") {
    checkObject(field.shape, value as object, where, count);
  }
}

function checkText({ long = false }: RequestField, { length }: string, where: string): void {
  if (!long && length > MAX_REQUEST_TEXT) throw tooMuch(`length of ${where}`, MAX_REQUEST_TEXT, length);
}

function checkList(field: RequestField, value: readonly unknown[], where: string, count: Count): void {
  const { many = false, shape } = field;
  if (!many) count.items += value.length;
  if (count.items > MAX_REQUEST_ITEMS) throw tooMuch(`number of items up to ${where}`, MAX_REQUEST_ITEMS, count.items);
  for (let i = 0; i < value.length; i++) {
    const item = value[i];
    if (typeof item === "string") checkText(field, item, where);
    else if (shape !== undefined && typeof item === "object" && item !== null) {
      checkObject(shape, item, `${where}[${i}]`, count);
    }
  }
}

function tooMuch(what: string, most: number, given: number): Error {
  return invalidParameter(`the ${what} should be limited to ${most}, but got ${given}`);
}

const known = new WeakMap<Shape, readonly (readonly [string, RequestField])[]>();

/** The fields of a shape that are looked at: made once, since every call asks. */
function boundedFields(shape: Shape): readonly (readonly [string, RequestField])[] {
  let fields = known.get(shape);
  if (fields === undefined) {
    fields = Object.entries(shape).filter(([, { kind, shape: inner }]) => {
      return kind === "string" || kind === "strings" || inner !== undefined;
    });
    known.set(shape, fields);
  }
  return fields;
}
