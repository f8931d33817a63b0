import { invalidParameter } from "../../../../errors.js";
import { parseJson } from "../../../../values/json-reader.js";
import { shownText } from "../../../../values/shown-text.js";
import { numberOf } from "../../../model/types/faults.js";
import { readBoolean } from "../../../model/types/parameters.js";

/** The parameters of functions that rank: texts or JSON values. */
export type Params = Readonly<Record<string, unknown>>;

/** Keys of functions are read in any case. */
export function lowerCaseKeys(params: Params): Params {
  return Object.fromEntries(Object.entries(params).map(([key, value]) => [key.toLowerCase(), value]));
}

/** Lists and objects travel as JSON text in functions. */
export function parsed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return parseJson(value, "number");
  } catch {
    return value;
  }
}

/** Absent is false; undefined for what is no flag. */
export function readFlag(value: unknown): boolean | undefined {
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  return readBoolean(String(value));
}

/** A finite number, also as text; undefined for everything else. */
export function finiteNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : numberOf(value);
  return number !== undefined && Number.isFinite(number) ? number : undefined;
}

/** @throws InvalidParameter */
export function readNumber(name: string, value: unknown): number {
  const number = finiteNumber(value);
  if (number === undefined) throw invalidParameter(`param ${name}:${shownText(value)} is not a number`);
  return number;
}
