import { invalidParameter } from "../../errors.js";
import { shownText } from "../../values/shown-text.js";

/** The kinds of values that the filter language compares. */
export type Kind = "number" | "string" | "boolean";

export interface Literal {
  readonly kind: Kind;
  /** As it stands in a filter. */
  readonly text: string;
}

/** @throws InvalidParameter for what no filter can hold */
export function literal(value: unknown): Literal {
  if (typeof value === "string") return { kind: "string", text: quoted(value) };
  if (value instanceof Date && !Number.isNaN(value.getTime())) {
    return { kind: "string", text: quoted(value.toISOString()) };
  }
  if (typeof value === "boolean") return { kind: "boolean", text: String(value) };
  if (typeof value === "bigint" || (typeof value === "number" && Number.isFinite(value))) {
    return { kind: "number", text: String(value) };
  }
  throw invalidParameter(`a filter compares texts, numbers, booleans and dates, not ${shownText(value, 60)}`);
}

/** A text as the filter language writes it; half of a surrogate pair, which it has no way to write, becomes U+FFFD. */
export function quoted(text: string): string {
  return JSON.stringify(text.toWellFormed());
}

/** A list of literals, or of lists of them. */
export function list(values: readonly unknown[]): string {
  return `[${values.map((value) => (Array.isArray(value) ? list(value) : literal(value).text)).join(", ")}]`;
}
