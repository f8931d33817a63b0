import { INT64_MAX } from "../../values/int64.js";
import { ExpressionProblem } from "../problem.js";
import type { PathStep, TextRange } from "./ast.js";
import { scanName, scanStep } from "./scan.js";

/** Values of literal tokens, by the rules of Go's `strconv`. */

/** One more than the largest: a literal only below a minus. */
const INT64_LIMIT = INT64_MAX + 1n;

/**
 * An integer literal in decimal, octal (leading zero), hexadecimal or binary.
 * @returns 0 .. 2^63-1, or 2^63 when `negated` (the caller folds the minus).
 */
export function decodeInteger(image: string, range: TextRange, negated: boolean): bigint {
  const prefix = /^0[xXbB]/.test(image) ? image.slice(0, 2).toLowerCase() : "";
  const digits = image.slice(prefix.length).replace(/^0+(?=.)/, "");
  // 64 characters hold every int64 in every base: longer text is refused before it is converted.
  let value = digits.length > 64 ? INT64_LIMIT + 1n : 0n;
  if (value === 0n) {
    const octal = prefix === "" && image.length > 1 && image.startsWith("0");
    value = BigInt(prefix !== "" ? prefix + digits : octal ? `0o${digits}` : digits);
  }
  if (value < INT64_LIMIT || (value === INT64_LIMIT && negated && prefix === "" && !image.startsWith("0")))
    return value;
  throw new ExpressionProblem(
    `int64 overflow: strconv.ParseInt: parsing "${image.slice(0, 80)}": value out of range`,
    range,
  );
}

/** A decimal or hexadecimal floating literal. */
export function decodeFloat(image: string, range: TextRange): number {
  const value = /^0[xX]/.test(image) ? hexFloat(image) : Number(image);
  if (Number.isFinite(value)) return value;
  throw new ExpressionProblem(`strconv.ParseFloat: parsing "${image.slice(0, 80)}": value out of range`, range);
}

function hexFloat(image: string): number {
  const [mantissa = "", exponent = "0"] = image.slice(2).toLowerCase().split("p");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  if (digits === "") return 0;
  const power = BigInt(exponent) - 4n * BigInt(fraction.length);
  if (digits.length > 4096 || power > 1_000_000n) return Number.POSITIVE_INFINITY;
  if (power < -1_000_000n) return 0;
  let bits = BigInt(`0x${digits}`);
  let shift = Number(power);
  // Keep 64 significant bits, the last one sticky: the rounding of Number() is then that of the exact value.
  const excess = bits.toString(2).length - 64;
  if (excess > 0) {
    const lost = bits & ((1n << BigInt(excess)) - 1n);
    bits >>= BigInt(excess);
    if (lost !== 0n) bits |= 1n;
    shift += excess;
  }
  return scale(Number(bits), shift);
}

/** `value * 2^power` in steps that do not leave the range of a double too early. */
function scale(value: number, power: number): number {
  let result = value;
  let rest = power;
  while (rest > 1000 && Number.isFinite(result)) {
    result *= 2 ** 1000;
    rest -= 1000;
  }
  while (rest < -1000 && result !== 0) {
    result *= 2 ** -1000;
    rest += 1000;
  }
  return result * 2 ** rest;
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  '"': '"',
  "'": "'",
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/**
 * The value of a string token (quotes included in `image`).
 * `\xHH` and `\ooo` are bytes: together they must be UTF-8.
 */
export function decodeString(image: string, range: TextRange): string {
  const raw = rawString(image);
  if (raw !== undefined) return raw;
  const body = image.slice(1, -1);
  if (!body.includes("\\")) return body;
  const parts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      parts.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes)));
    } catch {
      throw invalidString(image, range);
    }
    bytes = [];
  };
  for (let at = 0; at < body.length; ) {
    const slash = body.indexOf("\\", at);
    const plainEnd = slash === -1 ? body.length : slash;
    if (plainEnd > at) {
      flush();
      parts.push(body.slice(at, plainEnd));
    }
    if (slash === -1) break;
    const kind = body[slash + 1] ?? "";
    const simple = SIMPLE_ESCAPES[kind];
    if (simple !== undefined) {
      flush();
      parts.push(simple);
      at = slash + 2;
    } else {
      const coded = codeEscape(body, slash + 1);
      if (coded === undefined) throw invalidString(image, range);
      if (coded.byte) {
        bytes.push(coded.code);
      } else {
        flush();
        parts.push(String.fromCodePoint(coded.code));
      }
      at = slash + 1 + coded.length;
    }
  }
  flush();
  return parts.join("");
}

/** What stands between the quotes of a raw string, backslashes as they are; undefined for an ordinary string. */
function rawString(image: string): string | undefined {
  return /^[rR]/.test(image) ? image.slice(2, -1) : undefined;
}

/** A regular expression keeps its backslashes, but for those before quotes, which mean the quote with and without them. */
export function decodePattern(image: string): string {
  const body = rawString(image) ?? image.slice(1, -1);
  return body.replace(/\\([\s\S])/g, (whole, next: string) => (/["']/.test(next) ? next : whole));
}

function invalidString(image: string, range: TextRange): ExpressionProblem {
  return new ExpressionProblem(`invalid string literal: ${image.slice(0, 200)}`, range);
}

/** `\xHH`, `\uHHHH`, `\UHHHHHHHH`, `\ooo`: what follows the backslash at `start`. */
function codeEscape(
  body: string,
  start: number,
): { readonly code: number; readonly length: number; readonly byte: boolean } | undefined {
  const rest = body.slice(start, start + 9);
  const hex = /^(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/.exec(rest);
  if (hex !== null) {
    const code = Number.parseInt(hex[1] ?? hex[2] ?? hex[3] ?? "", 16);
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    return { code, length: hex[0].length, byte: hex[1] !== undefined };
  }
  const octal = /^[0-3][0-7]{2}/.exec(rest);
  return octal === null ? undefined : { code: Number.parseInt(octal[0], 8), length: 3, byte: true };
}

/** Name and steps of a path token. */
export function decodePath(
  image: string,
  range: TextRange,
): { readonly name: string; readonly steps: readonly PathStep[] } {
  const nameEnd = scanName(image, 0);
  const steps: PathStep[] = [];
  for (let at = nameEnd; at < image.length; ) {
    const end = scanStep(image, at);
    const inner = image.slice(at + 1, end - 1);
    if (/^[rR]?["']/.test(inner)) {
      const text = rawString(inner) ?? decodeKey(inner.slice(1, -1));
      if (text === "") throw new ExpressionProblem(`invalid identifier: ${image}`, range);
      steps.push({ kind: "key", text });
    } else {
      steps.push({ kind: /^\d/.test(inner) ? "index" : "name", text: inner });
    }
    at = end;
  }
  return { name: image.slice(0, nameEnd), steps };
}

const KEY_ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\",
  '"': '"',
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** A key that is in no stored value: half of a surrogate pair. */
const NO_KEY = "\ud800";

/**
 * A key of a path. First `\uHHHH` is decoded; what remains is compared with the key as a JSON text spells it, so that JSON's
 * own escapes work and any other backslash selects nothing.
 */
function decodeKey(raw: string): string {
  if (!raw.includes("\\")) return raw;
  const spelt = raw.replace(/\\u([0-9a-fA-F]{4})|\\[\s\S]/g, (whole, hex: string | undefined) =>
    hex === undefined ? whole : String.fromCharCode(Number.parseInt(hex, 16)),
  );
  let known = true;
  const key = spelt.replace(/\\([\s\S]?)/g, (_whole, kind: string) => {
    const char = KEY_ESCAPES[kind];
    if (char === undefined) known = false;
    return char ?? "";
  });
  return known ? key : NO_KEY;
}
