import { isVectorType } from "./data-type.js";
import { functionOf } from "./functions.js";
import type { CollectionSchema, FieldSchema } from "./schema.js";

/** What is behind the name of a field while its vectors are made anew, and behind that of its function: it takes the old one's place. */
export const NEXT = "_next";

/** The vector fields of a collection, without those that are being made in the place of others. */
export function finishedVectors({ fields, functions }: CollectionSchema): readonly FieldSchema[] {
  return fields.filter(({ name, type }) => {
    if (!isVectorType(type)) return false;
    const made = functionOf(functions, name);
    if (made === undefined || !name.endsWith(NEXT)) return true;
    return functionOf(functions, name.slice(0, -NEXT.length))?.name !== made.name.slice(0, -NEXT.length);
  });
}
