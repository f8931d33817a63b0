import { failure } from "../../../../errors.js";
import { isVectorType } from "../../../model/data-type.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";
import { dropWithIndexes } from "../fields/drop.js";

/**
 * Drops a function with the field that it computes, at once, loaded or not.
 *
 * @throws CollectionNotFound, InvalidParameter
 */
export const dropFunctionField: Operation<"collections/drop_function_field"> = {
  path: "collections/drop_function_field",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const name = request.functionName.trim();
    const { functions, fields } = collection.schema;
    const made = functions.find((known) => known.name === name);
    if (made === undefined) throw failure("InvalidParameter", { text: `function not found: ${name}` });
    const outputs = fields.filter((field) => made.outputFieldNames.includes(field.name));
    if (!fields.some((field) => isVectorType(field.type) && !outputs.includes(field))) {
      throw failure("InvalidParameter", {
        text: `cannot drop function ${name}: it would leave no vector field in the collection`,
      });
    }
    ctx.removal(() => {
      ctx.catalog.setFunctions(
        collection.id,
        functions.filter((known) => known !== made),
      );
      for (const field of outputs) dropWithIndexes(ctx, collection, field);
    });
    for (const field of outputs) ctx.loader.fieldDropped(collection.id, field.id);
    return { data: {} };
  },
};
