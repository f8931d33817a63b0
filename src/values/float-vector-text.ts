import { decimalMagnitude, FIRST_DIGITS, MOST_DIGITS, POWERS, shortestFloat } from "./float32.js";

const ZERO = 48;
const POINT = 46;
const MINUS = 45;
const COMMA = 44;

/** Longest text of one float32 (`-1.17549435e-38` has 15 characters), and the comma behind it. */
const TEXT_BYTES = 17;

let scratch = new Uint8Array(4096);
let at = 0;

/**
 * A float32 vector as JSON text: each element as `String(shortestFloat(element))`, several times faster.
 */
export function floatVectorText(vector: Float32Array): string {
  const room = vector.length * TEXT_BYTES + 2;
  if (scratch.length < room) scratch = new Uint8Array(room);
  at = 0;
  scratch[at++] = 91;
  for (let i = 0; i < vector.length; i++) {
    if (i > 0) scratch[at++] = COMMA;
    writeFloat(vector[i] as number);
  }
  scratch[at++] = 93;
  return asciiText(scratch, at);
}

function asciiText(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, length).toString("latin1");
}

/** Writes one element; numbers that JavaScript prints with an exponent, and those near it, take the plain way. */
function writeFloat(value: number): void {
  const size = Math.abs(value);
  if (size < 1e9 && Number.isInteger(value)) {
    if (value < 0) scratch[at++] = MINUS;
    writeDigits(size, integerDigits(size));
    return;
  }
  if (size >= 1e-6 && size < 1e9) {
    const magnitude = decimalMagnitude(size);
    for (let digits = FIRST_DIGITS; digits <= MOST_DIGITS; digits++) {
      const decimals = digits - 1 - magnitude;
      const power = POWERS[decimals];
      if (power === undefined) break;
      const scaled = Math.round(size * power);
      if (Math.fround(scaled / power) !== size) continue;
      if (value < 0) scratch[at++] = MINUS;
      writeDecimal(scaled, decimals);
      return;
    }
  }
  const text = String(shortestFloat(value));
  for (let i = 0; i < text.length; i++) scratch[at++] = text.charCodeAt(i);
}

/** `scaled / 10^decimals` without trailing zeros; there is at least one decimal, and `scaled` fits 32 bits. */
function writeDecimal(scaled: number, decimals: number): void {
  let rest = scaled;
  let left = decimals;
  while (left > 0 && rest % 10 === 0) {
    rest = (rest / 10) | 0;
    left--;
  }
  const digits = integerDigits(rest);
  if (digits <= left) {
    scratch[at++] = ZERO;
    scratch[at++] = POINT;
    for (let zeros = left - digits; zeros > 0; zeros--) scratch[at++] = ZERO;
    writeDigits(rest, digits);
    return;
  }
  if (left === 0) {
    writeDigits(rest, digits);
    return;
  }
  const power = POWERS[left] as number;
  const whole = (rest / power) | 0;
  writeDigits(whole, digits - left);
  scratch[at++] = POINT;
  writeDigits(rest - whole * power, left);
}

function integerDigits(value: number): number {
  let digits = 1;
  while (value >= (POWERS[digits] as number)) digits++;
  return digits;
}

/** Exactly `count` digits, zeros in front. */
function writeDigits(value: number, count: number): void {
  let rest = value | 0;
  for (let i = at + count - 1; i >= at; i--) {
    const next = (rest / 10) | 0;
    scratch[i] = ZERO + (rest - next * 10);
    rest = next;
  }
  at += count;
}
