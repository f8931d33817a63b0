import type { CollectionDescription } from "../../engine/contract/collections.js";
import { invalidParameter } from "../../errors.js";
import type { Fields } from "./filter.js";
import { jsonOperand } from "./operand.js";

/** What the keys of a filter are in a collection: its fields, and what it keeps beside them. */
export function fieldsOf({ collectionName, fields, enableDynamicField }: CollectionDescription): Fields {
  return ([first, ...path]) => {
    const field = fields.find(({ name }) => name === first);
    if (field === undefined && enableDynamicField) return jsonOperand("$meta", [first, ...path]);
    if (field === undefined) throw invalidParameter(`${collectionName} has no field ${JSON.stringify(first)}`);
    if (field.type === "JSON") return jsonOperand(first, path);
    if (path.length > 0) throw invalidParameter(`the field ${first} has no parts that a filter could name`);
    return { text: first, holds: field.type === "Array" ? "array" : "scalar" };
  };
}
