/** A word of a text as an analyzer cuts it out. */
export interface Token {
  text: string;
  /** Where it stands in the text, in UTF-16 units, end excluded. */
  readonly start: number;
  readonly end: number;
  /** Counted before filters remove tokens, so removed ones leave gaps. */
  readonly position: number;
  readonly positionLength: number;
}

/** Cuts a text into tokens, in order. */
export type Tokenizer = (text: string) => Token[];

/** Changes, splits or removes tokens. */
export type TokenFilter = (tokens: Token[]) => Token[];

/** Analyzer parameters that cannot be used. The message is Milvus' own; the caller says which field it is about. */
export class AnalyzerError extends Error {
  override readonly name: string = "AnalyzerError";
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
