import { failure, invalidParameter } from "../errors.js";
import type { EngineContext } from "./context.js";
import type { ReembedRequest, ReembedResult } from "./contract/transfers.js";
import { entityTable, fieldColumn, vectorTable } from "./entities/columns.js";
import { failpoint } from "./failpoints.js";
import { type Collection, indexOfField } from "./model/collection.js";
import { type FunctionSchema, functionOf } from "./model/functions.js";
import { NEXT } from "./model/next-field.js";
import { dimensionOf, type FieldSchema, fieldByName } from "./model/schema.js";
import { validateField } from "./model/validate-fields.js";
import { checkVectorCount, refuseTakenName } from "./operations/collections/fields/add.js";
import { dropWithIndexes } from "./operations/collections/fields/drop.js";
import { withEmbeddings } from "./operations/entities/embedding.js";
import { isInUse, requireCollection } from "./operations/resolve.js";
import type { TransferSteps } from "./transfer/transfer-scope.js";
import { fillField } from "./write/fill-field.js";

/** A field and the model that makes it. */
interface Made {
  readonly field: FieldSchema;
  readonly function: FunctionSchema;
}

/**
 * Makes the vectors of a field anew by another model: beside the old ones, in a field whose name ends in `_next`, and when all rows
 * have them it takes the old one's name. Rows that are written meanwhile carry both. Ended or killed, it goes on at the next call; who
 * asks for the same meanwhile gets the same answer.
 *
 * @throws CollectionNotFound, InvalidParameter, Aborted, and what a model is refused for
 */
export async function reembed(
  ctx: EngineContext,
  request: ReembedRequest,
  steps: TransferSteps,
): Promise<ReembedResult> {
  for (let waited = false; ; waited = true) {
    const collection = requireCollection(ctx, request);
    const planned = planOf(request, collection);
    if (planned?.isThere === false) {
      if (waited) throw droppedMeanwhile(planned);
      await tried(ctx, collection, planned);
    }
    steps.check();
    const next = begun(ctx, request);
    if (next === undefined) return { rowCount: 0 };
    const { id } = collection;
    const table = vectorTable(id, next.field.id);
    const made = await ctx.reembeds.join(table, steps, (all) => remade(ctx, { id, table, request, next }, all));
    // Where the one that was waited for has ended, this call goes on.
    if (made !== undefined) return made;
  }
}

interface Remaking {
  readonly id: number;
  readonly table: string;
  readonly request: ReembedRequest;
  readonly next: Made;
}

async function remade(
  ctx: EngineContext,
  { id, table, request, next }: Remaking,
  steps: TransferSteps,
): Promise<ReembedResult> {
  ctx.entities.filling.add(table);
  try {
    const rowCount = await filled(ctx, id, next, steps);
    // Its segments have had no rows that were there before.
    ctx.loader.fieldDropped(id, next.field.id);
    if (isInUse(ctx, current(ctx, id))) await ctx.loader.vectorIndexCreated(id, next.field.id);
    steps.check();
    failpoint("before-reembed-swap");
    takeName(ctx, current(ctx, id), request.fieldName, next);
    return { rowCount };
  } finally {
    ctx.entities.filling.delete(table);
  }
}

function droppedMeanwhile({ field }: Made): Error {
  return invalidParameter(`field ${field.name} was dropped meanwhile`);
}

/** @throws CollectionNotFound once it has been dropped */
function current(ctx: EngineContext, id: number): Collection {
  const collection = ctx.catalog.byId(id);
  if (collection === undefined) throw failure("CollectionNotFound", { database: "", collection: String(id) });
  return collection;
}

function madeField(collection: Collection, name: string): Made | undefined {
  const { schema } = collection;
  const field = fieldByName(schema, name);
  const made = field && functionOf(schema.functions, name);
  return field && made?.type === "TextEmbedding" ? { field, function: made } : undefined;
}

/** Whether it is what is asked for. */
function isBy({ field, function: made }: Made, { model, dimension }: ReembedRequest): boolean {
  return made.params["model_name"] === model && (dimension === undefined || dimensionOf(field) === dimension);
}

/** The field that is to take an old one's place, before it has an id of its own or as an earlier call has made it. */
interface Planned extends Made {
  readonly isThere: boolean;
  readonly old: FieldSchema;
}

/** Undefined when it has taken the place already. */
function planOf(request: ReembedRequest, collection: Collection): Planned | undefined {
  const { fieldName, model, dimension } = request;
  const old = madeField(collection, fieldName);
  if (old === undefined) throw invalidParameter(`field ${fieldName} of ${collection.name} is not made by a model`);
  const name = fieldName + NEXT;
  const there = madeField(collection, name);
  if (there !== undefined) {
    if (isBy(there, request)) return { ...there, isThere: true, old: old.field };
    const { function: made } = there;
    throw invalidParameter(
      `field ${fieldName} is being made anew by the model ${made.params["model_name"]} already: end that, or drop the function ${made.name}`,
    );
  }
  if (isBy(old, request)) return undefined;
  refuseTakenName(collection.schema, name);
  checkVectorCount(collection.schema, 1);
  const { function: by, field } = old;
  const params = dimension === undefined ? field.params : { ...field.params, dim: String(dimension) };
  validateField(collection.name, { ...field, name, params }, field.id);
  return {
    isThere: false,
    old: field,
    field: { ...field, name, nullable: true, params },
    function: {
      ...by,
      id: Math.max(...collection.schema.functions.map((one) => one.id)) + 1,
      name: by.name + NEXT,
      outputFieldNames: [name],
      params: { ...by.params, model_name: model },
    },
  };
}

/** Has the model make the vector of a row before anything is changed: from then on every row that is written needs it. */
async function tried(ctx: EngineContext, collection: Collection, { field, function: made }: Made): Promise<void> {
  const input = fieldByName(collection.schema, made.inputFieldNames[0] ?? "");
  if (input === undefined) return;
  const column = fieldColumn(input.id);
  const row = ctx.sql
    .prepare<[], { text: string }>(
      `SELECT ${column} AS text FROM ${entityTable(collection.id)} WHERE ${column} <> '' LIMIT 1`,
    )
    .get();
  if (row === undefined) return;
  await withEmbeddings(ctx, {}, (embedded) => embedded.of({ collection, field, function: made }, [row.text], "insert"));
}

/** The field that is to take the old one's place: made now, or by an earlier call; undefined when it has taken it already. */
function begun(ctx: EngineContext, request: ReembedRequest): Made | undefined {
  const collection = requireCollection(ctx, request);
  const planned = planOf(request, collection);
  if (planned === undefined || planned.isThere) return planned;
  const { old, function: made } = planned;
  return ctx.transaction(() => {
    const field: FieldSchema = { ...planned.field, id: ctx.catalog.reserveField(collection.id) };
    ctx.entities.createVectorTable(collection, field);
    ctx.catalog.addFunctionField(collection.id, field, made);
    const index = indexOfField(collection, old.id);
    if (index !== undefined) {
      const { id: fieldId, name } = field;
      ctx.catalog.createIndex(collection.id, { ...index, name, fieldId, fieldName: name });
    }
    return { field, function: made };
  });
}

/** Fills the field for all rows that lack it. @returns how many rows there are */
async function filled(ctx: EngineContext, id: number, next: Made, steps: TransferSteps): Promise<number> {
  const collection = current(ctx, id);
  const rows = ctx.entities.countRows(collection);
  const future = { ...collection, schema: { ...collection.schema, functions: [next.function] } };
  const progressed = (part: number): void => {
    steps.progressed({ rows: Math.floor(rows * part), totalRows: rows, bytes: 0, totalBytes: 0 });
    ctx.filled(current(ctx, id), next.field.name, Math.floor(part * 100));
  };
  await fillField({
    sql: ctx.sql,
    future,
    field: next.field,
    slice: (work) => ctx.lazily(() => ctx.transaction(work)),
    embedding(work) {
      steps.check();
      failpoint("mid-fill");
      if (current(ctx, id).schema.functions.every((one) => one.id !== next.function.id)) {
        throw droppedMeanwhile(next);
      }
      return withEmbeddings(ctx, {}, work);
    },
    lastRowId: () => ctx.catalog.numbers(current(ctx, id).id).nextRowId - 1,
    between: progressed,
    finish() {},
  });
  return ctx.entities.countRows(current(ctx, id));
}

/** The old field goes, and the new one has its name, its index and its function from now on: in one transaction. */
function takeName(ctx: EngineContext, collection: Collection, name: string, next: Made): void {
  const old = madeField(collection, name);
  const there = madeField(collection, name + NEXT);
  if (old === undefined || there?.field.id !== next.field.id) {
    throw invalidParameter(`field ${name} of ${collection.name} has been changed meanwhile`);
  }
  const { id, schema } = collection;
  const index = indexOfField(collection, old.field.id);
  ctx.transaction(() => {
    const made = { ...there.function, id: old.function.id, name: old.function.name, outputFieldNames: [name] };
    ctx.catalog.setFunctions(
      id,
      schema.functions.filter((one) => one !== old.function && one !== there.function),
    );
    dropWithIndexes(ctx, collection, old.field);
    const own = indexOfField(collection, there.field.id);
    if (own !== undefined) ctx.catalog.dropIndex(id, own.id);
    ctx.catalog.renameField(id, there.field.id, { name, nullable: old.field.nullable });
    if (index !== undefined) ctx.catalog.createIndex(id, { ...index, fieldId: there.field.id, fieldName: name });
    ctx.catalog.setFunctions(
      id,
      schema.functions.flatMap((one) => (one === old.function ? [made] : one === there.function ? [] : [one])),
    );
  });
  ctx.loader.fieldDropped(id, old.field.id);
}
