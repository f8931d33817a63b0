import type { OperationPath } from "../engine/contract/table.js";
import { contract } from "../engine/contract/table.js";
import { failure } from "../errors.js";
import { toInteger } from "../values/int64.js";
import { isList } from "../values/js-value.js";
import { jsonText } from "../values/json-text.js";
import { shownText } from "../values/shown-text.js";
import type { KnownField } from "./schemas.js";

type Given = Readonly<Record<string, unknown>>;

/** About databases themselves, or about what lies in none: a request that names no database means no other than it says. */
const WITHOUT_DATABASE = /^(?:databases|users|roles|privilege_groups|resource_groups|rbac)\//;

/** A request as a server takes it. @throws Unsupported for what only the engine can do */
export function serverRequest(path: OperationPath, request: Given, database: string | undefined): Given {
  if (request["limit"] === Number.POSITIVE_INFINITY) {
    throw failure("Unsupported", {
      what: "a server answers no query without a limit: queryIterator goes through all rows",
    });
  }
  const names = Object.hasOwn(contract[path].request, "dbName") && !WITHOUT_DATABASE.test(path);
  return database === undefined || !names || request["dbName"] !== undefined
    ? request
    : { ...request, dbName: database };
}

/** A delete by keys as one by filter, which is all that servers of Milvus take. @throws BadPrimaryKey */
export function deleteByFilter(request: Given, primary: KnownField): Given {
  const { id, ...others } = request;
  const keys = isList(id) ? Array.from(id) : [id];
  return { ...others, filter: `${primary.name} in [${keys.map((key) => keyText(key, primary)).join(",")}]` };
}

/** A key in a filter: nothing of it is read as anything else. */
function keyText(key: unknown, { type }: KnownField): string {
  if (type !== "Int64") return jsonText(String(key));
  const integer = toInteger(key, "Int64");
  if (integer === undefined) throw failure("BadPrimaryKey", { detail: `${shownText(key)} is no Int64` });
  return String(integer);
}
