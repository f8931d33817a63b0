/**
 * Makes vectors of texts: one per text, in the order of the texts. At most 128 texts come at a time, none of them twice and none
 * empty.
 */
export type Embed = (
  texts: readonly string[],
  context: EmbedContext,
) => readonly ArrayLike<number>[] | Promise<readonly ArrayLike<number>[]>;

/** A model by its name: fields that another one makes are refused. */
export interface Embedder {
  /** As schemas name it: `model_name`. */
  readonly model: string;
  /** Of its vectors; absent: any. */
  readonly dimension?: number;
  readonly embed: Embed;
}

/** One model for all fields, or several by `collection.field`, by field, or by the model's own name. */
export type Embedders = Embed | Embedder | Readonly<Record<string, Embed | Embedder>>;

/** What an application lends to the engine: its own models. */
export interface ApplicationFunctions {
  /** Serves functions of the type TextEmbedding. A function by itself serves whatever model a schema names. */
  readonly embed?: Embedders;
  /**
   * Tells how well texts answer a query: serves the reranker `model`. One score per text, in the order of the texts; the
   * largest is best.
   */
  readonly rerank?: (
    query: string,
    texts: readonly string[],
    context: RerankContext,
  ) => ArrayLike<number> | Promise<ArrayLike<number>>;
}

/** What the texts are embedded for. */
export interface EmbedFacts {
  /** Rows that are written, or queries: some models tell them apart. */
  readonly purpose: "insert" | "search";
  readonly collectionName: string;
  /** The field that the vectors are for. */
  readonly fieldName: string;
  /** Name of the function in the schema. */
  readonly functionName: string;
  /** Its parameters as the schema has them: `provider`, `model_name`, ... */
  readonly params: Readonly<Record<string, string>>;
  readonly dimension: number;
  readonly vectorType: "FloatVector" | "Int8Vector";
}

/** What the texts are ranked for. */
export interface RerankFacts {
  readonly collectionName: string;
  /** Parameters of the ranking function, but for `queries`: `provider`, `model_name`, ... */
  readonly params: Readonly<Record<string, unknown>>;
}

interface Ending {
  /** Aborted when nobody waits any more: the call's time is up, or the database is closed. */
  readonly signal: AbortSignal;
}

export interface EmbedContext extends EmbedFacts, Ending {}
export interface RerankContext extends RerankFacts, Ending {}
