/**
 * A JSON number that was written as a double although its value is integral (`1.0`, `1e3`).
 * JavaScript cannot tell `1.0` from `1`; the column types of Milvus can: Int64 refuses it, a dynamic key stores a double.
 */
export class JsonDouble extends Number {
  /**
   * Any Number object counts: that is what a structured clone (a message to another thread) makes of one.
   * Read it with `Number(value)`.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && Object.prototype.toString.call(value) === "[object Number]";
  }

  /** How the number was written, where that says more than the value does: for messages. Lost on the way to another thread. */
  readonly source: string | undefined;

  constructor(value: number, source?: string) {
    super(value);
    this.source = source;
  }

  get value(): number {
    return this.valueOf();
  }

  /** Text that reads as a double again: always with a point or an exponent. */
  override toString(): string {
    return doubleText(this.valueOf());
  }
}

/** A number as a text that reads as a double again: always with a point or an exponent, and with the sign of zero. */
export function doubleText(value: number): string {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** A number of a losslessly read JSON text: safe integers and true fractions as number, larger integers as bigint. */
export type JsonNumber = number | bigint | JsonDouble;

/** True for every form that a JSON number takes here. */
export function isJsonNumber(value: unknown): value is JsonNumber {
  return typeof value === "number" || typeof value === "bigint" || value instanceof JsonDouble;
}
