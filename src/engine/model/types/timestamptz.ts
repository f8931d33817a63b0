import { compactInteger } from "../../../values/int64.js";
import { formatTimestamptz, parseTimestamptz } from "../../../values/timestamptz.js";
import { mismatch, wrongDefault } from "./faults.js";
import type { ScalarFieldType, StoredScalar, Target } from "./field-type.js";
import { noParams } from "./parameters.js";

function encode(value: unknown, { timeZone }: Target): number | bigint {
  const instant = typeof value === "string" ? parseTimestamptz(value, timeZone) : undefined;
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
  groups: false,
  element: false,
  checkParams: noParams,
  encode,
  encodeCell(value, target) {
    if (typeof value !== "bigint") return encode(value, target);
    if (BigInt.asIntN(64, value) !== value) throw mismatch("invalid timestamptz", "Timestamptz", value);
    return compactInteger(value);
  },
  decode: (stored, { timeZone }) => shown(stored, timeZone),
  json: (stored, { timeZone }) => `"${shown(stored, timeZone)}"`,
  readDefault(value, timeZone) {
    const instant = typeof value === "string" ? parseTimestamptz(value, timeZone) : undefined;
    if (instant === undefined) throw wrongDefault("string", value);
    return compactInteger(instant);
  },
  describeDefault: (stored, timeZone) => ({ StringData: shown(stored, timeZone) }),
};
