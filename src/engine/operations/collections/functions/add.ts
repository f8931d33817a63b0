import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";
import { attached, refuseComputed } from "./attached.js";

/**
 * Gives a vector field that is there a model of the application, which computes it from now on. Vectors that rows have stay.
 *
 * @throws CollectionNotFound, InvalidParameter, MissingParameter
 */
export const addFunction: Operation<"collections/add_function"> = {
  path: "collections/add_function",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const { functions } = collection.schema;
    refuseComputed(
      request.function.type,
      (type) => `currently does not support adding ${type} function through this API, use AlterCollectionSchema`,
    );
    const made = attached(ctx, collection, request.function, functions);
    const last = Math.max(99, ...functions.map(({ id }) => id));
    ctx.transaction(() => ctx.catalog.setFunctions(collection.id, [...functions, { ...made, id: last + 1 }]));
    return { data: {} };
  },
};
