import { UsageError } from "./arguments.js";

/** @throws UsageError for what is no port */
export function readPort(name: string, value: string): number {
  return readInteger(name, value, 0, 65535);
}

/** @throws UsageError for what is no integer between these */
export function readInteger(name: string, value: string, least: number, most: number): number {
  const number = Number(value);
  if (!/^\d{1,9}$/.test(value) || number < least || number > most) {
    throw new UsageError(`--${name} must be ${least} to ${most}, not ${value}`);
  }
  return number;
}
