import { failure } from "../../../../errors.js";
import { isVectorType } from "../../../model/data-type.js";
import { readStruct, type StructDefinition } from "../../../model/read-structs.js";
import { checkFieldCount } from "../../../model/server-version.js";
import { fieldCount } from "../../../model/structs.js";
import { validateField } from "../../../model/validate-fields.js";
import type { Operation } from "../../operation.js";
import { requireCollection } from "../../resolve.js";
import { checkVectorCount, refuseSystemField, refuseTakenName } from "../fields/add.js";

/**
 * Appends a nullable struct array field, loaded or not. Rows that are there read null; its vectors want indexes before they
 * are searched.
 *
 * @throws CollectionNotFound, InvalidParameter, and what a struct of a new collection is refused for
 */
export const addStruct: Operation<"collections/struct_fields/add"> = {
  path: "collections/struct_fields/add",
  run(ctx, request) {
    const collection = requireCollection(ctx, request);
    const { schema } = collection;
    checkType(request.schema);
    refuseSystemField((request.schema.fieldName ?? "").trim());
    const struct = readStruct(request.schema, ctx.server);
    if (!struct.nullable) {
      throw failure("InvalidParameter", {
        text: `added struct field must be nullable, please check it, struct field name = ${struct.name}`,
      });
    }
    refuseTakenName(schema, struct.name);
    checkFieldCount(fieldCount(schema) + struct.fields.length + 1, ctx.server);
    checkVectorCount(schema, struct.fields.filter(({ type }) => isVectorType(type)).length);
    refuseTwins(struct.fields);
    for (const field of struct.fields) validateField(collection.name, field, 100 + fieldCount(schema));
    ctx.transaction(() => {
      const added = ctx.catalog.addStruct(collection.id, struct);
      const current = ctx.catalog.byId(collection.id);
      if (current !== undefined) for (const field of added) ctx.entities.addField(current, field);
    });
    return { data: {} };
  },
};

function checkType({ dataType = "ArrayOfStruct", elementDataType = "" }: StructDefinition): void {
  if (dataType === "ArrayOfStruct" || (dataType === "Array" && elementDataType === "Struct")) return;
  throw failure("InvalidParameter", {
    text: `StructArray field must use ArrayOfStruct or Array with Struct element, got dataType ${dataType} and elementDataType ${elementDataType}`,
  });
}

function refuseTwins(fields: readonly { readonly name: string }[]): void {
  const names = new Set<string>();
  for (const { name } of fields) {
    if (names.has(name)) throw failure("InvalidParameter", { text: `duplicated field name ${name}` });
    names.add(name);
  }
}
