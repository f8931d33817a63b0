import { invalidParameter } from "../../../../errors.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";
import { attached, refuseComputed } from "./attached.js";

const REFUSED = (type: string) =>
  `currently does not support alter ${type} function; drop it with its output fields and re-add`;

/**
 * Gives a function of a model another definition, for rows that are written from now on.
 *
 * @throws CollectionNotFound, InvalidParameter, MissingParameter
 */
export const alterFunction: Operation<"collections/alter_function"> = {
  path: "collections/alter_function",
  run(ctx, request) {
    const { functionName: name, function: definition } = request;
    const collection = requireCollection(ctx, request);
    const { functions } = collection.schema;
    refuseComputed(definition.type, REFUSED);
    if (definition.name !== name) throw invalidParameter("invalid function config, name not match");
    const current = functions.find((known) => known.name === name);
    if (current === undefined) throw invalidParameter(`function ${name} not found`);
    refuseComputed(current.type, REFUSED);
    const others = functions.filter((known) => known !== current);
    const made = { ...attached(ctx, collection, definition, others), id: current.id };
    ctx.transaction(() =>
      ctx.catalog.setFunctions(
        collection.id,
        functions.map((known) => (known === current ? made : known)),
      ),
    );
    return { data: {} };
  },
};
