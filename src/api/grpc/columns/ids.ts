import type { Received, Sent } from "../messages/table.js";

/** Primary keys; nothing where there are none. */
export function writeIds(ids: readonly (number | bigint | string)[]): Sent<"IDs"> | undefined {
  const [first] = ids;
  if (first === undefined) return undefined;
  return typeof first === "string"
    ? { str_id: { data: ids as readonly string[] } }
    : { int_id: { data: ids as readonly (number | bigint)[] } };
}

export function readIds(ids: Received<"IDs"> | undefined): readonly (number | bigint | string)[] {
  return ids?.int_id?.data ?? ids?.str_id?.data ?? [];
}
