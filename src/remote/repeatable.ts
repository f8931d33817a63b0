import { V2_PREFIX } from "../api/rest/v2/routes.js";
import { contract, isOperation } from "../engine/contract/table.js";

/** Whether a request changes nothing, so that it may be made twice. */
export function repeatable(method: string, path: string): boolean {
  if (method === "GET" || method === "HEAD" || method === "OPTIONS") return true;
  const operation = path.startsWith(V2_PREFIX) ? path.slice(V2_PREFIX.length) : "";
  return method === "POST" && isOperation(operation) && !contract[operation].writes;
}
