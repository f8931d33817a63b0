const NUMBERS_SHOWN = 4;

/**
 * A value in one line: vectors by their first numbers, texts cut to what a cell holds.
 *
 * @param json writes what is neither of these; where values may hold what JSON has not (`bigint`), one that knows it
 */
export function cellText(value: unknown, most = 200, json: (value: unknown) => string = JSON.stringify): string {
  if (value === null || value === undefined) return "null";
  if (typeof value === "string") return cut(value.replace(/\s+/g, " "), most);
  if (isNumbers(value) && value.length > NUMBERS_SHOWN) {
    return `[${value.slice(0, NUMBERS_SHOWN).map(shortNumber).join(", ")}, … ${value.length}]`;
  }
  return cut(json(value), most);
}

/** What a row has under a name; undefined where it has none of that name, be it one that all objects have (`constructor`). */
export function valueIn(row: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(row, name) ? row[name] : undefined;
}

/** All of a value: as it was written, for people who want to read it. */
export function wholeText(value: unknown): string {
  if (typeof value === "string") return value;
  if (isNumbers(value)) return `[${value.join(", ")}]`;
  return JSON.stringify(value, undefined, 2) ?? "null";
}

function isNumbers(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "number");
}

function shortNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most)}…`;
}

const counts = new Intl.NumberFormat("en");

export function countText(value: unknown, one: string): string {
  const count = Number(value);
  return `${counts.format(count)} ${one}${count === 1 ? "" : "s"}`;
}

export function numberText(value: number): string {
  return counts.format(value);
}

export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value.toPrecision(3)} ${units[unit]}`;
}
