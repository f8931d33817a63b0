import { failure } from "../../../../errors.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";

/**
 * Takes the model from a field, which stays with its vectors and is written by callers from now on. Nothing happens where there is no such
 * function.
 *
 * @throws CollectionNotFound, FunctionNeedsField
 */
export const dropFunction: Operation<"collections/drop_function"> = {
  path: "collections/drop_function",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const { functions } = collection.schema;
    const name = request.functionName.trim();
    const dropped = functions.find((known) => known.name === name);
    if (dropped === undefined) return { data: {} };
    if (dropped.type !== "TextEmbedding") throw failure("FunctionNeedsField", { function: name });
    ctx.transaction(() =>
      ctx.catalog.setFunctions(
        collection.id,
        functions.filter((known) => known !== dropped),
      ),
    );
    return { data: {} };
  },
};
