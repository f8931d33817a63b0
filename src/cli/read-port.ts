import { UsageError } from "./arguments.js";

/** @throws UsageError for what is no port */
export function readPort(name: string, value: string): number {
  if (!/^\d{1,5}$/.test(value) || Number(value) > 65535) {
    throw new UsageError(`--${name} must be 0 to 65535, not ${value}`);
  }
  return Number(value);
}
