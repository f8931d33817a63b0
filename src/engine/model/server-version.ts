import { failure } from "../../errors.js";

/** Which Milvus clients are told that they talk to. */
export type ServerVersion = "2.6" | "3.0";

export const DEFAULT_SERVER_VERSION: ServerVersion = "2.6";

/** Fields of a collection. */
const MAX_FIELDS: Readonly<Record<ServerVersion, number>> = { "2.6": 64, "3.0": 256 };

/** @throws FieldLimit for more fields than a server of that version takes */
export function checkFieldCount(count: number, version: ServerVersion): void {
  const limit = MAX_FIELDS[version];
  if (count > limit) throw failure("FieldLimit", { limit });
}
