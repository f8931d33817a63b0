import type { PhraseToken } from "../../text/match.js";
import type { Members } from "../../values/membership/members.js";
import type { ArithmeticOperator, BitOperator, ComparisonOperator, SpatialFunction } from "../syntax/ast.js";
import type { FilterType, ResolvedField } from "./scope.js";

/**
 * The checked form of a filter: names resolved, constants folded and cast, templates filled.
 * Every node is TRUE, FALSE or UNKNOWN for a row; the compiler and the evaluator cannot fail on it.
 */

export type Constant =
  | { readonly kind: "bool"; readonly value: boolean }
  | { readonly kind: "int"; readonly value: bigint }
  | { readonly kind: "float"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }
  | {
      readonly kind: "array";
      readonly elements: readonly Constant[];
      /** The values, where all of them are whole numbers that are exact as such. */
      readonly integers?: Float64Array;
    };

export type Scalar = Exclude<Constant, { readonly kind: "array" }>;

/** What a leaf looks at: a column, or a value inside a JSON or Array column. */
export interface Operand {
  readonly field: ResolvedField;
  /** JSON: keys and indexes from the root; Array: one index, or `EACH`; else empty. */
  readonly path: readonly string[];
  /** Type of the value: `JSON` for JSON paths, the element type for array elements, `Array` for whole arrays. */
  readonly type: FilterType;
  /** The JSON path has an index: its literal is written into the statement. */
  readonly indexed: boolean;
}

/** In place of an index: the element of a struct array that is looked at. */
export const EACH = "*";

/** For how many elements a predicate must hold. */
export type Quantifier = "all" | { readonly operator: ">=" | "<=" | "=="; readonly count: bigint };

/** Elements of a struct array that a predicate holds for; the columns of the row may stand in it too. */
export interface Elements {
  readonly struct: string;
  /** A list that has one value per element. */
  readonly source: ResolvedField;
  readonly predicate: TypedExpression;
}

export type FieldOperator = Exclude<ArithmeticOperator, "**">;

/** Arithmetic domain: int64 with wrap-around, float32, float64, or by the kind of the JSON number. */
export type ArithmeticMode = "int" | "float32" | "double" | "json";

export type TypedExpression =
  | { readonly kind: "constant"; readonly value: boolean }
  | { readonly kind: "and" | "or"; readonly operands: readonly TypedExpression[] }
  | { readonly kind: "not"; readonly operand: TypedExpression }
  | {
      readonly kind: "compare";
      readonly operand: Operand;
      readonly operator: ComparisonOperator;
      /** Cast to the operand's type; an array only for JSON and whole arrays. */
      readonly value: Constant;
    }
  | {
      /** Of plain columns. An integer is first converted to the other column's floating type. */
      readonly kind: "compareColumns";
      readonly left: ResolvedField;
      readonly operator: ComparisonOperator;
      readonly right: ResolvedField;
    }
  | {
      readonly kind: "in";
      readonly operand: Operand;
      readonly values: readonly Constant[];
      /** The same, as of an array. */
      readonly integers?: Float64Array;
    }
  | {
      readonly kind: "range";
      readonly operand: Operand;
      readonly lower: Scalar;
      readonly lowerInclusive: boolean;
      readonly upper: Scalar;
      readonly upperInclusive: boolean;
    }
  /** `pattern` never ends in an unpaired backslash. */
  | { readonly kind: "like"; readonly operand: Operand; readonly pattern: string }
  /** `pattern` is one of RE2; some part of the text must match. */
  | { readonly kind: "regex"; readonly operand: Operand; readonly pattern: string }
  | {
      readonly kind: "arithmetic";
      readonly operand: Operand;
      readonly mode: ArithmeticMode;
      readonly arithmetic: FieldOperator;
      readonly by: Scalar;
      readonly operator: ComparisonOperator;
      readonly value: Scalar;
    }
  | {
      /** Of int64; JSON numbers are cut to it. */
      readonly kind: "bitwise";
      readonly operand: Operand;
      readonly bits: BitOperator;
      readonly by: bigint;
      readonly operator: ComparisonOperator;
      readonly value: bigint;
    }
  | {
      readonly kind: "length";
      readonly operand: Operand;
      readonly operator: ComparisonOperator;
      readonly value: bigint;
    }
  | {
      /** Counts the elements of a struct array; UNKNOWN where that is null. */
      readonly kind: "elements";
      readonly source: ResolvedField;
      readonly quantifier: Quantifier;
      readonly predicate: TypedExpression;
    }
  | { readonly kind: "exists"; readonly operand: Operand }
  /** Of a whole column. */
  | { readonly kind: "isNull"; readonly field: ResolvedField }
  | {
      readonly kind: "contains";
      readonly operand: Operand;
      readonly mode: "all" | "any";
      readonly values: readonly Constant[];
    }
  | {
      readonly kind: "textMatch";
      readonly field: ResolvedField;
      /** Tokens of the query; one that stands twice counts twice. */
      readonly tokens: readonly string[];
      readonly minimum: number;
    }
  | {
      readonly kind: "phraseMatch";
      readonly field: ResolvedField;
      readonly tokens: readonly PhraseToken[];
      readonly slop: number;
    }
  | {
      readonly kind: "fuzzyMatch";
      readonly field: ResolvedField;
      readonly tokens: readonly string[];
      /** Changes of one character by which a word may differ: 0, 1 or 2. */
      readonly distance: number;
    }
  | {
      readonly kind: "spatial";
      readonly field: ResolvedField;
      readonly function: SpatialFunction;
      readonly wkt: string;
      /** Metres; 0 unless `st_dwithin`. */
      readonly distance: number;
    }
  | {
      readonly kind: "shiftedTimestamp";
      readonly field: ResolvedField;
      readonly sign: 1 | -1;
      /** Calendar months, applied before `micros`. */
      readonly months: number;
      readonly micros: bigint;
      readonly operator: ComparisonOperator;
      readonly value: bigint;
    }
  /** Of integers and texts; other JSON values are never members. */
  | { readonly kind: "membership"; readonly operand: Operand; readonly members: Members }
  | { readonly kind: "startsWith"; readonly text: TextArgument; readonly prefix: TextArgument };

export type TextArgument =
  | { readonly kind: "column"; readonly operand: Operand }
  | { readonly kind: "text"; readonly value: string };
