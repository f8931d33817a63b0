import { decimalMagnitude, FIRST_DIGITS, MOST_DIGITS, POWERS, shortestFloat } from "./float32.js";

const ZERO = 48;
const POINT = 46;
const MINUS = 45;

/** Longest text of a number (`-1.2345678901234567e-123` has 24 characters). */
export const NUMBER_BYTES = 24;

/** Text of numbers and of what stands between them, written as bytes: several times faster than strings put together. */
export class AsciiText {
  #bytes = Buffer.allocUnsafeSlow(4096);
  #at = 0;

  /** Begins a text of at most so many characters. */
  begin(room: number): void {
    if (this.#bytes.length < room) this.#bytes = Buffer.allocUnsafeSlow(room);
    this.#at = 0;
  }

  /** What was written since `begin`. */
  end(): string {
    return this.#bytes.toString("latin1", 0, this.#at);
  }

  /** @param text of ASCII characters */
  text(text: string): void {
    const bytes = this.#bytes;
    let at = this.#at;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#at = at;
  }

  /** As `String(value)`. @param value an integer */
  integer(value: number): void {
    const size = Math.abs(value);
    if (size >= 1e9) {
      this.text(String(value));
      return;
    }
    if (value < 0) this.#bytes[this.#at++] = MINUS;
    this.#digits(size, integerDigits(size));
  }

  /** As `String(shortestFloat(value))`; numbers that JavaScript prints with an exponent, and those near it, take that way. */
  float32(value: number): void {
    const size = Math.abs(value);
    if (size < 1e9 && Number.isInteger(value)) {
      this.integer(value);
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
        if (value < 0) this.#bytes[this.#at++] = MINUS;
        this.#decimal(scaled, decimals);
        return;
      }
    }
    this.text(String(shortestFloat(value)));
  }

  /** `scaled / 10^decimals` without trailing zeros; there is at least one decimal, and `scaled` fits 32 bits. */
  #decimal(scaled: number, decimals: number): void {
    let rest = scaled;
    let left = decimals;
    while (left > 0 && rest % 10 === 0) {
      rest = (rest / 10) | 0;
      left--;
    }
    const digits = integerDigits(rest);
    const bytes = this.#bytes;
    if (digits <= left) {
      bytes[this.#at++] = ZERO;
      bytes[this.#at++] = POINT;
      for (let zeros = left - digits; zeros > 0; zeros--) bytes[this.#at++] = ZERO;
      this.#digits(rest, digits);
      return;
    }
    if (left === 0) {
      this.#digits(rest, digits);
      return;
    }
    const power = POWERS[left] as number;
    const whole = (rest / power) | 0;
    this.#digits(whole, digits - left);
    bytes[this.#at++] = POINT;
    this.#digits(rest - whole * power, left);
  }

  /** Exactly `count` digits, zeros in front. */
  #digits(value: number, count: number): void {
    const bytes = this.#bytes;
    const from = this.#at;
    let rest = value | 0;
    for (let i = from + count - 1; i >= from; i--) {
      const next = (rest / 10) | 0;
      bytes[i] = ZERO + (rest - next * 10);
      rest = next;
    }
    this.#at = from + count;
  }
}

function integerDigits(value: number): number {
  let digits = 1;
  while (value >= (POWERS[digits] as number)) digits++;
  return digits;
}
