import { failure } from "../../../errors.js";
import { toInteger } from "../../../values/int64.js";
import { shownText } from "../../../values/shown-text.js";
import type { FieldSchema, PrimaryKey } from "../../model/schema.js";

/**
 * The keys of a request's `id`: one value or an array, Int64 keys also as decimal strings.
 * @throws BadPrimaryKey (1806)
 */
export function decodeIds(key: FieldSchema, id: unknown): PrimaryKey[] {
  return Array.isArray(id) ? Array.from(id, (value) => decodeId(key, value)) : [decodeId(key, id)];
}

function decodeId(key: FieldSchema, value: unknown): PrimaryKey {
  if (key.type === "VarChar") {
    if (typeof value === "string") return value.isWellFormed() ? value : value.toWellFormed();
    throw failure("BadPrimaryKey", {
      detail: `invalid parameter[expected=VarChar][actual=${shownText(value)}]`,
    });
  }
  const integer = toInteger(value, "Int64");
  if (integer === undefined) {
    throw failure("BadPrimaryKey", {
      detail: `strconv.ParseInt: parsing "${shownText(value)}": invalid syntax`,
    });
  }
  return BigInt(integer);
}
