import { compactInteger } from "../../../values/int64.js";
import { dateMilliseconds } from "../../../values/js-value.js";
import { formatTimestamptz, parseTimestamptz } from "../../../values/timestamptz.js";
import { mismatch, wrongDefault } from "./faults.js";
import type { ScalarFieldType, StoredScalar } from "./field-type.js";
import { noParams } from "./parameters.js";

/** From here to there, in microseconds, ISO 8601 text has a year of four digits: 0000-01-01 to 9999-12-31 UTC. */
const FIRST = -62_167_219_200_000_000n;
const LAST = 253_402_300_799_999_999n;

/** Microseconds of a text, a Date, or microseconds. */
function instantOf(value: unknown, timeZone: string | undefined): bigint | undefined {
  const milliseconds = dateMilliseconds(value);
  let instant: bigint | undefined;
  if (typeof value === "string") instant = parseTimestamptz(value, timeZone);
  else if (typeof value === "bigint") instant = value;
  else if (milliseconds !== undefined && !Number.isNaN(milliseconds)) instant = BigInt(milliseconds) * 1000n;
  return instant !== undefined && instant >= FIRST && instant <= LAST ? instant : undefined;
}

function encode(value: unknown, timeZone: string | undefined): number | bigint {
  const instant = instantOf(value, timeZone);
  if (instant === undefined) throw mismatch("invalid timestamptz", "Timestamptz", value);
  return compactInteger(instant);
}

function shown(stored: StoredScalar, timeZone: string | undefined): string {
  return formatTimestamptz(BigInt(stored), timeZone);
}

/** An instant, from and to ISO 8601 text. */
export const timestamptz: ScalarFieldType = {
  family: "scalar",
  name: "Timestamptz",
  number: 26,
  column: "INTEGER",
  indexTypes: ["INVERTED", "STL_SORT"],
  groups: false,
  queries: ["group", "compare"],
  element: false,
  checkParams: noParams,
  encode(value, { timeZone }) {
    // Only a column says that its numbers are microseconds.
    if (typeof value === "bigint") throw mismatch("invalid timestamptz", "Timestamptz", value);
    return encode(value, timeZone);
  },
  encodeCell: (value, { timeZone }) => encode(value, timeZone),
  decode: (stored, { timeZone }) => shown(stored, timeZone),
  json: (stored, { timeZone }) => `"${shown(stored, timeZone)}"`,
  readDefault(value, timeZone) {
    const instant = typeof value === "string" ? instantOf(value, timeZone) : undefined;
    if (instant === undefined) throw wrongDefault("string", value);
    return compactInteger(instant);
  },
  describeDefault: (stored, timeZone) => ({ StringData: shown(stored, timeZone) }),
};
