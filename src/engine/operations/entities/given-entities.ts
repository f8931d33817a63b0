import type { WriteRequest } from "../../contract/entities.js";
import type { Entities } from "../../write/write-path.js";

/** The entities of a request; a single object is one row. */
export function entitiesOf({ data, columns }: WriteRequest): Entities {
  if (data === undefined && columns !== undefined) return { columns };
  return { rows: Array.isArray(data) ? data : [data] };
}
