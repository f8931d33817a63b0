import type { FilterType } from "./scope.js";
import type { Constant } from "./typed.js";

/** The type rules and how types and values are spelt in messages. */

export function isInteger(type: FilterType | "None"): boolean {
  return type === "Int8" || type === "Int16" || type === "Int32" || type === "Int64";
}
export function isFloating(type: FilterType | "None"): boolean {
  return type === "Float" || type === "Double";
}
export function isNumeric(type: FilterType | "None"): boolean {
  return isInteger(type) || isFloating(type);
}

export function constantType(value: Constant): FilterType {
  switch (value.kind) {
    case "bool":
      return "Bool";
    case "int":
      return "Int64";
    case "float":
      return "Double";
    case "string":
      return "VarChar";
    case "array":
      return "Array";
  }
}

/** Common type of the elements of a list literal; `None` when empty or mixed. */
export function elementTypeOf(elements: readonly Constant[]): FilterType | "None" {
  const [first, ...rest] = elements;
  if (first === undefined) return "None";
  const type = constantType(first);
  return rest.every((e) => constantType(e) === type) ? type : "None";
}

/** May values of the two types be compared at all? (Both scalar types, or JSON.) */
export function comparable(left: FilterType | "None", right: FilterType | "None"): boolean {
  if (left === "JSON") return right === "JSON" || right === "Bool" || right === "VarChar" || isNumeric(right);
  if (left === "Bool" || left === "VarChar") return right === left || right === "JSON";
  return isNumeric(left) && (isNumeric(right) || right === "JSON");
}

/** The value as the server's messages show it: `int64_val:7`, `float_val:2`, `string_val:"x"`. */
export function showConstant(value: Constant): string {
  switch (value.kind) {
    case "bool":
      return `bool_val:${value.value}`;
    case "int":
      return `int64_val:${value.value}`;
    case "float":
      return `float_val:${value.value}`;
    case "string":
      return `string_val:${JSON.stringify(clip(value.value))}`;
    case "array": {
      const shown = value.elements.slice(0, 16).map((e) => `array:{${showConstant(e)}}`);
      return `array_val:{${shown.join(" ")}${value.elements.length > 16 ? " ..." : ""}}`;
    }
  }
}

function clip(text: string): string {
  return text.length > 256 ? `${text.slice(0, 256)}...` : text;
}

/**
 * Casts a constant to the type of a field: only integers to floating types; Float is rounded to 32 bits.
 * @returns undefined when the cast is not allowed.
 */
export function castConstant(type: FilterType, value: Constant): Constant | undefined {
  if (type === "JSON") return value;
  if (type === "Array") return value.kind === "array" ? value : undefined;
  if (type === "Bool") return value.kind === "bool" ? value : undefined;
  if (type === "VarChar") return value.kind === "string" ? value : undefined;
  if (isInteger(type)) return value.kind === "int" ? value : undefined;
  if (!isFloating(type) || (value.kind !== "int" && value.kind !== "float")) return undefined;
  const number = Number(value.value);
  return { kind: "float", value: type === "Float" ? Math.fround(number) : number };
}
