import { failure, invalidParameter } from "../../../../errors.js";
import { requireWanted } from "../../../../values/wanted.js";
import type { EngineContext } from "../../../context.js";
import type { AddFunctionFieldRequest } from "../../../contract/function-fields.js";
import { vectorTable } from "../../../entities/columns.js";
import { failpoint } from "../../../failpoints.js";
import type { Collection, Leftover } from "../../../model/collection.js";
import { isTextType } from "../../../model/data-type.js";
import type { FunctionSchema, FunctionType } from "../../../model/functions.js";
import { readFunctions } from "../../../model/read-functions.js";
import { type CollectionSchema, type FieldSchema, fieldByName } from "../../../model/schema.js";
import { checkFieldCount } from "../../../model/server-version.js";
import { fieldCount, structByName } from "../../../model/structs.js";
import { checkTextField } from "../../../model/text-fields.js";
import { type NewField, readField, validateField } from "../../../model/validate-fields.js";
import { fillField } from "../../../write/fill-field.js";
import { withEmbeddings } from "../../entities/embedding.js";
import { planIndexes, writeIndexes } from "../../indexes/plan.js";
import type { Operation } from "../../operation.js";
import { collectionNotFound, isInUse, requireCollection } from "../../resolve.js";
import { checkVectorCount, refuseOtherField, refuseSystemField } from "../fields/add.js";
import { freeLeftovers } from "../free-leftovers.js";

/**
 * Adds a function with the field that it computes, for all rows that are there too, and an index on that. The field is part of the
 * collection when it is computed for all rows; until then its table counts as left over, which a compaction removes.
 *
 * @throws CollectionNotFound, InvalidParameter, MissingParameter, VectorFieldLimit, and what `readIndex` refuses
 */
export const addFunctionField: Operation<"collections/add_function_field"> = {
  path: "collections/add_function_field",
  async run(ctx, request, limits) {
    const collection = requireCollection(ctx, request);
    const { id, name } = collection;
    const planned = plan(ctx, collection, request, 0);
    const begun = ctx.transaction((): FieldSchema => {
      const field = { ...planned.field, id: ctx.catalog.reserveField(id) };
      ctx.entities.createVectorTable(collection, field);
      ctx.catalog.addLeftover(id, leftoverOf(collection, field));
      return field;
    });
    const leftover = leftoverOf(collection, begun);
    ctx.entities.filling.add(leftover.name);
    const current = (): Collection => {
      const found = ctx.catalog.byId(id);
      if (found === undefined) throw collectionNotFound("", name, "missing");
      return found;
    };
    try {
      await fillField({
        sql: ctx.sql,
        future: future(collection.schema, [planned.function], collection, begun),
        field: begun,
        slice: (work) => ctx.lazily(() => ctx.transaction(work)),
        embedding: (work) => withEmbeddings(ctx, limits, work),
        lastRowId: () => ctx.catalog.numbers(current().id).nextRowId - 1,
        between(part) {
          failpoint("mid-fill");
          requireWanted(limits.signal);
          ctx.filled(current(), begun.name, Math.floor(part * 100));
        },
        finish: () => adopt(ctx, current(), request, begun, inputIds(collection, planned.function), leftover),
      });
    } finally {
      ctx.entities.filling.delete(leftover.name);
      if (ctx.catalog.byId(id)?.leftovers.some((left) => left.name === leftover.name)) {
        await freeLeftovers(ctx, id, [leftover]);
      }
    }
    if (isInUse(ctx, current())) await ctx.loader.vectorIndexCreated(id, begun.id);
    return { data: {} };
  },
  recall(ctx, request) {
    const { functions } = requireCollection(ctx, request).schema;
    return functions.some(({ name }) => name === request.function.name) ? { data: {} } : undefined;
  },
};

interface Plan {
  readonly field: NewField;
  readonly function: FunctionSchema;
}

/** What the request asks for, of a collection as it is now. */
function plan(
  ctx: EngineContext,
  collection: Collection,
  { function: definition, outputField, indexParams }: AddFunctionFieldRequest,
  fieldId: number,
): Plan {
  const { schema, name } = collection;
  const output = (outputField.fieldName ?? "").trim();
  if (indexParams !== undefined) refuseOtherField(indexParams, "outputField", output);
  if (schema.functions.some((known) => known.name === definition.name)) {
    throw invalidParameter(`function already exists, name: ${definition.name}`);
  }
  if (fieldByName(schema, output) !== undefined || structByName(schema, output) !== undefined) {
    throw invalidParameter(`field already exists, name: ${output}`);
  }
  refuseSystemField(output);
  const field = readField(outputField, false, collection.properties["timezone"]);
  checkFieldCount(fieldCount(schema) + 1, ctx.server);
  checkVectorCount(schema, 1);
  validateField(name, field, 100 + schema.fields.length);
  const fields = [...schema.fields, field];
  for (const each of schema.fields) {
    if (isTextType(each.type)) checkTextField(each, { name, fields, functions: [definition] });
  }
  const [made] = readFunctions([definition], fields, ctx.functions.has("embed"));
  if (made === undefined || !made.outputFieldNames.includes(output)) {
    throw invalidParameter(`function output field not found: ${output}`);
  }
  const last = Math.max(99, ...schema.functions.map(({ id }) => id));
  const planned = { field, function: { ...made, id: last + 1 } };
  // Refused before any row is computed.
  indexesOf(ctx, future(schema, [planned.function], collection, { ...field, id: fieldId }), planned, indexParams);
  return planned;
}

/** The function, its field and its index become part of the collection, in one transaction. */
function adopt(
  ctx: EngineContext,
  collection: Collection,
  request: AddFunctionFieldRequest,
  field: FieldSchema,
  computedFrom: readonly (number | undefined)[],
  leftover: Leftover,
): void {
  // What was planned for may have changed since.
  const planned = plan(ctx, collection, request, field.id);
  const inputs = inputIds(collection, planned.function);
  if (inputs.some((id, i) => id !== computedFrom[i])) throw failure("SchemaMismatch", { collection: collection.name });
  ctx.transaction(() => {
    ctx.catalog.leftoverFreed(collection.id, leftover);
    ctx.catalog.addFunctionField(collection.id, field, planned.function);
    const current = ctx.catalog.byId(collection.id);
    if (current !== undefined) writeIndexes(ctx, collection.id, indexesOf(ctx, current, planned, request.indexParams));
  });
}

/** A field that is dropped and added anew has another id. */
function inputIds({ schema }: Collection, { inputFieldNames }: FunctionSchema): readonly (number | undefined)[] {
  return inputFieldNames.map((name) => fieldByName(schema, name)?.id);
}

/** What is made by a function is compared so where nothing is said. */
const METRICS: { readonly [Type in FunctionType]: string } = {
  BM25: "BM25",
  TextEmbedding: "COSINE",
  MinHash: "MHJACCARD",
};

function indexesOf(
  ctx: EngineContext,
  collection: Collection,
  { field, function: made }: Plan,
  given: AddFunctionFieldRequest["indexParams"],
) {
  const metric = given?.metricType ? {} : { metricType: METRICS[made.type] };
  return planIndexes(collection, [{ ...given, ...metric, fieldName: field.name }], "create index", ctx.server);
}

/** The collection with the new field in it. */
function future(
  schema: CollectionSchema,
  functions: readonly FunctionSchema[],
  collection: Collection,
  field: FieldSchema,
): Collection {
  return { ...collection, schema: { ...schema, fields: [...schema.fields, field], functions } };
}

function leftoverOf({ id }: Collection, field: FieldSchema): Leftover {
  return { kind: "table", name: vectorTable(id, field.id), filler: undefined, emptied: false };
}
