import type { SearchHits } from "../../engine/contract/column.js";
import type { EntityData } from "../../engine/contract/reply.js";
import { contract, type OperationPath } from "../../engine/contract/table.js";
import type { Reply } from "../engine-port.js";
import { bucketObjects } from "../rows/bucket-objects.js";
import { LazyRows } from "../rows/lazy-rows.js";
import type { Int64Form } from "../rows/show-value.js";

/**
 * The `data` of a reply in the form of REST v1 and v2: entities as rows, keys as the caller asked for them
 * (`Accept-Type-Allow-Int64`), everything else as it is. Values stay plain (`bigint` only where a number would not be exact).
 */
export function encodeData(path: OperationPath, reply: Reply<unknown>, int64: Int64Form): unknown {
  const { data } = reply;
  switch (contract[path].result) {
    case "rows":
    case "hits": {
      const entities = data as EntityData;
      const aggregated = "topks" in entities ? entities.aggregated : undefined;
      if (aggregated !== undefined) return bucketObjects(entities as SearchHits, aggregated, int64);
      return new LazyRows(entities, int64);
    }
    case "keys":
      return int64 === "text" ? keysAsText(data as Readonly<Record<string, unknown>>) : data;
    default:
      return data;
  }
}

/** Lists of keys as decimal strings; counts stay numbers. */
function keysAsText(data: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : value]),
  );
}
