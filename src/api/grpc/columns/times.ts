import { failure } from "../../../errors.js";
import { formatTimestamptz } from "../../../values/timestamptz.js";

/** How points in time are written. */
export interface Times {
  /** Undefined: UTC. */
  readonly timeZone: string | undefined;
  /** Numbers in place of a text: `year`, `month`, `day`, `hour`, `minute`, `second`, `microsecond`. */
  readonly parts: readonly string[] | undefined;
}

const PARTS = ["year", "month", "day", "hour", "minute", "second"];
const MICROSECONDS = 1_000_000n;

/**
 * Parts of a point in time, in its zone.
 *
 * @param micros microseconds since 1970 UTC
 * @throws InvalidParameter for a part that there is not
 */
export function timeParts(micros: bigint, parts: readonly string[], timeZone: string | undefined): number[] {
  // `2025-01-01T08:00:00`: years have more digits where they need them.
  const numbers = formatTimestamptz(micros, timeZone)
    .split(/(?<!^)[-T:.+Z]/)
    .map(Number);
  return parts.map((part) => {
    const name = part.toLowerCase();
    if (name === "microsecond") return Number(((micros % MICROSECONDS) + MICROSECONDS) % MICROSECONDS);
    const position = PARTS.indexOf(name);
    if (position >= 0) return numbers[position] as number;
    throw failure("InvalidParameter", {
      text: `unsupported field for extraction: ${part}, fields should be seprated by ',' or ' '`,
    });
  });
}
