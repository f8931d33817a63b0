import { requireWanted } from "../../../values/wanted.js";
import type { EngineContext } from "../../context.js";
import type { CallLimits } from "../../contract/call-limits.js";
import { embeddingDisabled } from "../../model/embedding-params.js";
import { dimensionOf } from "../../model/schema.js";
import { EmbeddedTexts, TextsWanted } from "../../write/embedded-texts.js";

/**
 * Does work that may need vectors of texts: once, where it needs none; else again when the application's model has made
 * them. The work resolves names anew each time, for they may mean something else after a pause.
 *
 * @param work must not change anything before it has all the vectors it needs
 * @throws InvalidParameter where no model is served, and what `ServedFunctions.embed` throws
 */
export function withEmbeddings<T>(
  ctx: EngineContext,
  limits: CallLimits,
  work: (embedded: EmbeddedTexts) => T | Promise<T>,
): T | Promise<T> {
  const embedded = new EmbeddedTexts();
  const wanting = (error: unknown): Promise<T> => {
    if (!(error instanceof TextsWanted)) throw error;
    return afterEmbedding(ctx, limits, work, embedded, error);
  };
  try {
    const result = work(embedded);
    return result instanceof Promise ? result.catch(wanting) : result;
  } catch (error) {
    return wanting(error);
  }
}

async function afterEmbedding<T>(
  ctx: EngineContext,
  limits: CallLimits,
  work: (embedded: EmbeddedTexts) => T | Promise<T>,
  embedded: EmbeddedTexts,
  first: TextsWanted,
): Promise<T> {
  for (let wanted = first; ; ) {
    await embed(ctx, wanted, limits, embedded);
    try {
      return await ctx.deadline.during(limits.deadline, () => {
        requireWanted(limits.signal);
        ctx.deadline.check();
        return work(embedded);
      });
    } catch (error) {
      // The next function's texts, or texts that have changed meanwhile.
      if (!(error instanceof TextsWanted)) throw error;
      wanted = error;
    }
  }
}

async function embed(
  ctx: EngineContext,
  { source, texts, purpose }: TextsWanted,
  limits: CallLimits,
  embedded: EmbeddedTexts,
): Promise<void> {
  const { params, name } = source.function;
  if (!ctx.functions.has("embed")) throw embeddingDisabled(params);
  const facts = {
    purpose,
    collectionName: source.collection.name,
    fieldName: source.field.name,
    functionName: name,
    params,
    dimension: dimensionOf(source.field),
    vectorType: source.field.type as "FloatVector" | "Int8Vector",
  };
  await ctx.functions.embed(texts, facts, limits, (some, vectors) => embedded.add(source, some, vectors));
}
