import { INT64_MAX, INT64_MIN } from "./int64.js";
import { instantInZone, zoneMinutes } from "./time-zones.js";

/** Timestamptz values: microseconds since the epoch in UTC, as bigint. Texts are ISO 8601. */

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|z|[+-]\d{2}(?::?\d{2})?)?$/;

/**
 * Reads an ISO 8601 date or date-time; fractions beyond microseconds are cut off.
 * @param timeZone IANA name or offset that applies when the text has none; default UTC.
 * @returns microseconds UTC, or undefined when the text is no valid instant.
 */
export function parseTimestamptz(text: string, timeZone = "UTC"): bigint | undefined {
  const match = ISO.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", zone] = match;
  const fields = [year, month, day, hour, minute, second].map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const local = utcMilliseconds(...fields);
  if (local === undefined) return undefined;
  const instant = inZone(zone ?? timeZone, local);
  if (instant === undefined) return undefined;
  return BigInt(instant) * 1000n + BigInt(fraction.padEnd(6, "0").slice(0, 6));
}

/** Milliseconds of a civil time taken as UTC; undefined for the 30th of February and the like. */
function utcMilliseconds(
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime();
}

function daysIn(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
}

/** Minutes east of UTC of `+08`, `+0800`, `+08:00`. */
function parseOffset(text: string): number | undefined {
  const match = /^([+-])(\d{2}):?(\d{2})?$/.exec(text);
  if (match === null) return undefined;
  const hours = Number(match[2]);
  const minutes = Number(match[3] ?? "0");
  if (hours > 18 || minutes > 59) return undefined;
  return (match[1] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

function isUtc(timeZone: string): boolean {
  return /^(?:utc|z)?$/i.test(timeZone);
}

/** Milliseconds of a local time in a zone. @param local the same time taken as UTC */
function inZone(timeZone: string, local: number): number | undefined {
  if (isUtc(timeZone)) return local;
  const fixed = parseOffset(timeZone);
  if (fixed !== undefined) return local - fixed * 60_000;
  return instantInZone(timeZone, new Date(local).toISOString().slice(0, -1));
}

/** True for a zone that `parseTimestamptz` and `formatTimestamptz` understand. */
export function isTimeZone(timeZone: string): boolean {
  return isUtc(timeZone) || (parseOffset(timeZone) ?? zoneMinutes(timeZone, 0)) !== undefined;
}

/**
 * Writes microseconds UTC as `2025-01-01T08:00:00+08:00` (`Z` for UTC), with a fraction only where there is one.
 * @param timeZone IANA name or offset; default UTC.
 */
export function formatTimestamptz(micros: bigint, timeZone = "UTC"): string {
  const milliseconds = Number(floorDivide(micros, 1000n));
  const utc = isUtc(timeZone);
  const offset = utc ? 0 : (parseOffset(timeZone) ?? zoneMinutes(timeZone, milliseconds) ?? 0);
  const date = new Date(Math.floor(milliseconds / 1000) * 1000 + offset * 60_000);
  if (Number.isNaN(date.getTime())) return String(micros);
  const fraction = micros - floorDivide(micros, 1_000_000n) * 1_000_000n;
  const seconds = date.toISOString().slice(0, -5);
  const tail = fraction === 0n ? "" : `.${String(fraction).padStart(6, "0").replace(/0+$/, "")}`;
  return `${seconds}${tail}${utc ? "Z" : writeOffset(offset)}`;
}

function writeOffset(minutes: number): string {
  const size = Math.abs(minutes);
  const two = (n: number): string => String(n).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b < 0n ? quotient - 1n : quotient;
}

export interface Duration {
  /** Years and months: steps of the calendar. */
  readonly months: number;
  /** Everything of fixed length (a day has 24 hours). */
  readonly micros: bigint;
}

const DURATION = /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Reads an ISO 8601 duration `PnYnMnDTnHnMnS` of integers; undefined when it is none or too long for an int64. */
export function parseDuration(text: string): Duration | undefined {
  const match = DURATION.exec(text);
  if (match === null || text.length > 100) return undefined;
  const [years, months, days, hours, minutes, seconds] = match.slice(1).map((part) => BigInt(part ?? "0")) as [
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const steps = years * 12n + months;
  const micros = (((days * 24n + hours) * 60n + minutes) * 60n + seconds) * 1_000_000n;
  if (steps > 12_000_000n || micros > INT64_MAX) return undefined;
  return { months: Number(steps), micros };
}

/** Keeps a sum of microseconds inside int64. */
export function clampMicros(micros: bigint): bigint {
  return micros > INT64_MAX ? INT64_MAX : micros < INT64_MIN ? INT64_MIN : micros;
}

/** `micros` moved by `sign * duration`: first the months (a day that the month lacks becomes its last), then the rest. */
export function shiftTimestamptz(micros: bigint, sign: 1 | -1, duration: Duration): bigint {
  let moved = micros;
  if (duration.months !== 0) {
    const milliseconds = Number(floorDivide(micros, 1000n));
    const date = new Date(milliseconds);
    if (!Number.isNaN(date.getTime())) {
      const target = date.getUTCFullYear() * 12 + date.getUTCMonth() + sign * duration.months;
      const year = Math.floor(target / 12);
      const month = target - year * 12;
      const day = Math.min(date.getUTCDate(), daysIn(year, month + 1));
      const timeOfDay = micros - floorDivide(micros, 86_400_000_000n) * 86_400_000_000n;
      const start = new Date(0);
      start.setUTCFullYear(year, month, day);
      if (!Number.isNaN(start.getTime())) moved = BigInt(start.getTime()) * 1000n + timeOfDay;
    }
  }
  return clampMicros(moved + BigInt(sign) * duration.micros);
}
