import { type DatabaseRequest, dbName } from "./request.js";
import type { ContractRows } from "./row.js";

export interface RunAnalyzerRequest extends DatabaseRequest {
  readonly text: readonly string[];
  /** JSON text, or the object itself; absent: the standard analyzer. Not beside `collectionName`. */
  readonly analyzerParams?: unknown;
  /** Where each token stands, too. */
  readonly withDetail?: boolean;
  /** The number of each token as a term of BM25, too. */
  readonly withHash?: boolean;
  /** A loaded collection whose text field says how to analyze; with `fieldName`. */
  readonly collectionName?: string;
  readonly fieldName?: string;
  /** One for all texts, or one each; only fields with several analyzers have names for them. */
  readonly analyzerNames?: readonly string[];
}

export interface AnalyzedToken {
  readonly token: string;
  /** Offsets in the UTF-8 bytes of the text. */
  readonly startOffset?: number;
  readonly endOffset?: number;
  readonly position?: number;
  readonly positionLength?: number;
  readonly hash?: number;
}

export interface AnalyzedTexts {
  /** In the order of the texts. */
  readonly results: readonly { readonly tokens: readonly AnalyzedToken[] }[];
}

export interface CommonOperations {
  /**
   * The tokens that an analyzer makes of texts.
   *
   * @throws InvalidParameter for parameters that cannot be used, CollectionNotFound, CollectionNotLoaded, FieldNotFound
   */
  "common/run_analyzer"(request: RunAnalyzerRequest): AnalyzedTexts;
}

export const common: ContractRows<CommonOperations> = {
  "common/run_analyzer": {
    request: {
      dbName,
      text: { kind: "strings", required: true, long: true, many: true },
      analyzerParams: { kind: "any" },
      withDetail: { kind: "bool" },
      withHash: { kind: "bool" },
      collectionName: { kind: "string" },
      fieldName: { kind: "string" },
      analyzerNames: { kind: "strings" },
    },
    writes: false,
    privilege: undefined,
    tellsOf: "collection",
  },
};
