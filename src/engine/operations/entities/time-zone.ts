import { failure } from "../../../errors.js";
import { isTimeZone } from "../../../values/timestamptz.js";

interface WithTimeZone {
  readonly timezone?: string;
  readonly searchParams?: Readonly<Record<string, unknown>>;
}

/**
 * The time zone of a request, which a search may also name among its parameters: that of the points in time that it shows, and of
 * those in its filters that name none. Undefined: that of the collection.
 *
 * @throws InvalidParameter
 */
export function readTimeZone({ timezone, searchParams }: WithTimeZone): string | undefined {
  const zone = timezone ?? searchParams?.["timezone"];
  if (zone === undefined || zone === null || zone === "") return undefined;
  if (typeof zone === "string" && isTimeZone(zone)) return zone;
  throw failure("InvalidParameter", { text: `unknown or invalid IANA Time Zone ID: ${String(zone)}` });
}
