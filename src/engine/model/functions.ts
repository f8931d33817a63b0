/** Functions of a schema: fields that are computed when a row is written. */

/** The types that Milvus knows, with their numbers in the wire protocol. */
export const FUNCTION_TYPES: Readonly<Record<string, number>> = {
  Unknown: 0,
  BM25: 1,
  TextEmbedding: 2,
  Rerank: 3,
  MinHash: 4,
};

/** Those that a schema may have: a model of the application computes TextEmbedding, the engine the others. */
export type FunctionType = "BM25" | "TextEmbedding" | "MinHash";

export interface FunctionSchema {
  /** 100 and up in the order of the definition. */
  readonly id: number;
  readonly name: string;
  readonly description: string;
  readonly type: FunctionType;
  readonly inputFieldNames: readonly string[];
  readonly outputFieldNames: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

/** One function as a request defines it. */
export interface FunctionDefinition {
  readonly name?: string;
  readonly description?: string;
  /** `BM25`, `TextEmbedding` or `MinHash`, case-sensitive. */
  readonly type?: string;
  readonly inputFieldNames?: readonly string[];
  readonly outputFieldNames?: readonly string[];
  readonly params?: Readonly<Record<string, unknown>>;
}

/** The function whose output a field is. */
export function functionOf(functions: readonly FunctionSchema[], field: string): FunctionSchema | undefined {
  return functions.find((f) => f.outputFieldNames.includes(field));
}
