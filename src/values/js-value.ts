/**
 * What a value is that a program hands over, whichever realm it was made in (another window, a `vm` context, a test runner):
 * told by its own nature, since `instanceof` only knows the classes of this realm.
 */

const typedArray = Object.getPrototypeOf(Uint8Array.prototype) as Uint8Array;
const typedArrayTag = Object.getOwnPropertyDescriptor(typedArray, Symbol.toStringTag)?.get as (
  this: unknown,
) => string | undefined;

/** `Float32Array` and so on for a typed array; undefined for everything else, a DataView among it. */
export function typedArrayName(value: unknown): string | undefined {
  return ArrayBuffer.isView(value) ? typedArrayTag.call(value) : undefined;
}

export function isFloat32Array(value: unknown): value is Float32Array {
  return typedArrayName(value) === "Float32Array";
}

/** An array or typed array; what it holds is another matter. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || typedArrayName(value) !== undefined;
}

/** @throws TypeError where the memory of a typed array is gone (it was handed to another thread): it would pass for an empty list */
export function requireContents(value: ArrayBufferView): void {
  if (value.byteLength > 0) return;
  try {
    typedArray.keys.call(value);
  } catch {
    throw new TypeError(`${kindOf(value)} whose memory is gone is no JSON value`);
  }
}

/** Items of a list of a request, at most: more than fit in a body. A program's array may have as many holes as it likes. */
export const MAX_ITEMS = 2 ** 25;

/** Milliseconds since 1970 of a Date, NaN for an invalid one; undefined for everything else. */
export function dateMilliseconds(value: unknown): number | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  // Asked first: an exception for every object that is no Date would cost more than all the rest.
  if (Object.prototype.toString.call(value) !== "[object Date]") return undefined;
  try {
    return Date.prototype.getTime.call(value);
  } catch {
    return undefined;
  }
}

/** An object whose own keys are all there is to it: a literal, or an instance of a class of the caller's. */
export function isPlainObject(value: object): boolean {
  const prototype = Object.getPrototypeOf(value) as object | null;
  if (prototype === Object.prototype || prototype === null) return true;
  return Object.prototype.toString.call(value) === "[object Object]";
}

/**
 * What an object with a `toJSON` says it is (a decimal of a library, a URL); every other value itself. Dates and typed arrays
 * are known as what they are.
 *
 * @throws TypeError for a typed array whose memory is gone
 */
export function saidValue(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  if (ArrayBuffer.isView(value)) {
    requireContents(value);
    return value;
  }
  const { toJSON } = value as { toJSON?: unknown };
  return typeof toJSON !== "function" || dateMilliseconds(value) !== undefined ? value : toJSON.call(value, "");
}

/** What a value is called: `a Map`, `a function`, `an invalid Date`. */
export function kindOf(value: unknown): string {
  if (typeof value !== "object" || value === null) return `a ${value === null ? "null" : typeof value}`;
  const tag = Object.prototype.toString.call(value).slice("[object ".length, -1);
  return /^[AEIOU]/.test(tag) ? `an ${tag}` : `a ${tag}`;
}

/** Integers that JSON text may hold have at most so many digits; more would be a number for no database. */
export const MAX_INTEGER_DIGITS = 400;
const HUGE = 10n ** BigInt(MAX_INTEGER_DIGITS);

/** Beyond every use, and slow to print. */
export function isHugeInteger(value: bigint): boolean {
  return value >= HUGE || value <= -HUGE;
}
