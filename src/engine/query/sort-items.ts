import { invalidParameter } from "../../errors.js";

/** One item of `orderByFields`, read: `price:desc:nulls_last`. */
export interface SortItem {
  /** What is sorted by, as written. */
  readonly spec: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

const DIRECTIONS: ReadonlyMap<string, boolean> = new Map([
  ["asc", false],
  ["ascending", false],
  ["desc", true],
  ["descending", true],
]);

/**
 * Reads `orderByFields`: `field[:direction[:nulls]]`. Null is the largest value unless it is said where nulls go.
 *
 * @param must the verb of the server's complaint: queries say `must be`, searches `expected`
 * @throws InvalidParameter
 */
export function readSortItems(items: readonly string[], must: "must be" | "expected"): SortItem[] {
  return items
    .map((item) => item.trim())
    .filter((item) => item !== "")
    .map((item) => readSortItem(item, must));
}

/** Without what sorts by something that has been sorted by before: it changes nothing, however often it is there. */
export function firstOfEach<T>(order: readonly T[], by: (item: T) => unknown): T[] {
  const first = new Map<unknown, T>();
  for (const item of order) if (!first.has(by(item))) first.set(by(item), item);
  return [...first.values()];
}

function readSortItem(item: string, must: string): SortItem {
  const [spec = "", direction = "", nulls = "", ...more] = splitOutsideBrackets(item).map((part) => part.trim());
  if (more.length > 0) throw invalidParameter(`too many order_by field options in '${item}'`);
  const descending = direction === "" ? false : DIRECTIONS.get(direction.toLowerCase());
  if (descending === undefined) {
    throw invalidParameter(`invalid order direction '${direction}' for field '${spec}', ${must} 'asc' or 'desc'`);
  }
  const ordering = nulls.toLowerCase();
  if (ordering !== "" && ordering !== "nulls_first" && ordering !== "nulls_last") {
    throw invalidParameter(`invalid null ordering '${nulls}', ${must} 'nulls_first' or 'nulls_last'`);
  }
  return { spec, descending, nullsFirst: ordering === "" ? descending : ordering === "nulls_first" };
}

/** Parts between colons; a colon inside of brackets belongs to the path that it stands in. */
function splitOutsideBrackets(item: string): string[] {
  const parts = [""];
  let depth = 0;
  for (const character of item) {
    if (character === "[") depth++;
    else if (character === "]") depth--;
    if (character === ":" && depth <= 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts;
}
