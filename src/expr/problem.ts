import { ElanusError, failure } from "../errors.js";
import { positionOf, type TextRange } from "./text-range.js";

/** A fault found by the parser or the checker; becomes an `ElanusError` where the plan (query, delete) is known. */
export class ExpressionProblem extends Error {
  readonly detail: string;
  readonly range: TextRange;
  /** Set when the text has a value but is no predicate: its type. */
  readonly dataType: string | undefined;

  constructor(detail: string, range: TextRange, dataType?: string) {
    super(detail);
    this.detail = detail;
    this.range = range;
    this.dataType = dataType;
  }
}

/** Longest text that is accepted; longer lists of values come as templates. */
export const MAX_TEXT_BYTES = 1_048_576;

/** Deepest nesting of brackets that is accepted: parentheses, lists, calls, `exists`. */
export const MAX_NESTING = 400;
/** Greatest height of a syntax tree: operator chains and prefix operators nest as brackets do. */
export const MAX_HEIGHT = 1000;

/** Longer texts are quoted in part. */
const MAX_QUOTED = 1000;

export const NESTING_DETAIL = `expression nesting depth exceeds the limit of ${MAX_NESTING}`;

/**
 * Runs a stage of the language and turns what it throws into an `ElanusError` (`InvalidExpression`, `NotAPredicate`)
 * whose details carry `range`, `line` and `column`.
 */
export function reporting<T>(text: string, plan: "query" | "delete", stage: () => T): T {
  try {
    return stage();
  } catch (error) {
    if (error instanceof ElanusError) throw error;
    const expression = text.length > MAX_QUOTED ? `${text.slice(0, MAX_QUOTED)}...` : text;
    if (error instanceof ExpressionProblem) {
      if (error.dataType !== undefined) {
        throw failure("NotAPredicate", { plan, expression, dataType: error.dataType });
      }
      const position = positionOf(text, error.range.start);
      const { detail, range } = error;
      throw failure("InvalidExpression", { plan, expression, detail, range, ...position });
    }
    // The depth limits keep the stages far from the end of the stack, unless the caller has used most of it.
    if (error instanceof RangeError && /call stack/.test(error.message)) {
      throw failure("InvalidExpression", { plan, expression, detail: NESTING_DETAIL }, error);
    }
    throw failure("InvalidExpression", { plan, expression, detail: `unsupported expression: ${expression}` }, error);
  }
}
