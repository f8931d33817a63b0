import { failure } from "../../../errors.js";
import type { WriteRequest } from "../../contract/entities.js";
import type { Entities } from "../../write/write-path.js";

/**
 * The entities of a request; a single object is one row.
 * @throws MalformedRequest
 */
export function entitiesOf({ data, columns }: WriteRequest): Entities {
  if (Array.isArray(data)) return { rows: data };
  if (data !== null && typeof data === "object") return { rows: [data] };
  if (data === undefined && columns !== undefined) return { columns };
  throw failure("MalformedRequest", {
    detail: `json: cannot unmarshal ${typeof data} into Go struct field CollectionDataReq.data of type []map[string]interface {}`,
  });
}
