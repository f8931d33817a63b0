import { createRequire } from "node:module";
import { failure } from "../errors.js";

/**
 * Time zones by name, from Temporal: that of the runtime, or a polyfill that is loaded when a zone is first asked for.
 * UTC and fixed offsets need neither.
 */

/** The build puts what is required here into the bundle, where it runs at the first call as well. */
const requireBundled = createRequire(import.meta.url);

interface ZonedTime {
  readonly epochMilliseconds: number;
  readonly offsetNanoseconds: number;
}
interface TemporalLibrary {
  readonly Instant: {
    fromEpochMilliseconds(milliseconds: number): { toZonedDateTimeISO(zone: string): ZonedTime };
  };
  readonly PlainDateTime: { from(text: string): { toZonedDateTime(zone: string): ZonedTime } };
}

let loaded: TemporalLibrary | undefined;

function temporal(): TemporalLibrary {
  loaded ??= (globalThis as { Temporal?: TemporalLibrary }).Temporal ?? loadPolyfill();
  return loaded;
}

function loadPolyfill(): TemporalLibrary {
  try {
    return (requireBundled("temporal-polyfill") as { Temporal: TemporalLibrary }).Temporal;
  } catch (cause) {
    const reason = `the library for time zones does not load: ${cause instanceof Error ? cause.message : String(cause)}`;
    throw failure("Unavailable", { reason }, cause);
  }
}

/** Minutes east of UTC in a zone at an instant (milliseconds); undefined when there is no such zone or instant. */
export function zoneMinutes(zone: string, instant: number): number | undefined {
  const { Instant } = temporal();
  try {
    // Before there were zones, towns kept their own time, to the second.
    return Math.round(Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone).offsetNanoseconds / 60e9);
  } catch {
    return undefined;
  }
}

/**
 * The instant (milliseconds) of a local time in a zone. A time that the clock shows twice is the first of the two; one that it
 * leaves out is what the clock would have shown had it not been moved.
 * @param local `2025-01-01T08:00:00`
 * @returns undefined when there is no such zone
 */
export function instantInZone(zone: string, local: string): number | undefined {
  const { PlainDateTime } = temporal();
  try {
    return PlainDateTime.from(local).toZonedDateTime(zone).epochMilliseconds;
  } catch {
    return undefined;
  }
}
