import { invalidParameter } from "../../../../errors.js";
import type { EngineContext } from "../../../context.js";
import type { Collection } from "../../../model/collection.js";
import type { FunctionDefinition, FunctionSchema } from "../../../model/functions.js";
import { readFunctions } from "../../../model/read-functions.js";

/**
 * A function that computes a field which is there, as the collection would have it.
 *
 * @param others functions of the collection beside it
 * @throws InvalidParameter, MissingParameter
 */
export function attached(
  ctx: EngineContext,
  { schema }: Collection,
  definition: FunctionDefinition,
  others: readonly FunctionSchema[],
): FunctionSchema {
  const read = readFunctions([...others, definition], schema.fields, ctx.functions.has("embed"));
  return read.at(-1) as FunctionSchema;
}

/** What BM25 and MinHash have computed is of no use without them, and what they have not computed is of no use to them. */
export function refuseComputed(type: string | undefined, text: (type: string) => string): void {
  if (type === "BM25" || type === "MinHash") throw invalidParameter(text(type));
}
