import type { SpatialFunction } from "../../values/geometry.js";
import type { TextRange } from "../text-range.js";

/** The syntax tree of a filter: what was written, before any name is looked up. */

interface Node {
  readonly range: TextRange;
}

/** int64; 2^63 itself occurs only below a unary minus. */
export interface IntegerLiteral extends Node {
  readonly kind: "integer";
  readonly value: bigint;
}
export interface FloatLiteral extends Node {
  readonly kind: "float";
  readonly value: number;
}
export interface BooleanLiteral extends Node {
  readonly kind: "boolean";
  readonly value: boolean;
}
export interface StringLiteral extends Node {
  readonly kind: "string";
  /** Unescaped. */
  readonly value: string;
}
export interface ListLiteral extends Node {
  readonly kind: "list";
  readonly elements: readonly Expression[];
  /** The values, where all of them are whole numbers that were read at once. */
  readonly integers?: Float64Array;
}
/** `{name}` */
export interface Placeholder extends Node {
  readonly kind: "placeholder";
  readonly name: string;
}
export interface PathStep {
  /** `["0"]` is a key, `[0]` an index; both select the same in JSON. `[text]` is the name of a field of a struct. */
  readonly kind: "key" | "index" | "name";
  readonly text: string;
}
/** A field or dynamic key (`steps` empty), or what lies below it. */
export interface Path extends Node {
  readonly kind: "path";
  readonly name: string;
  readonly steps: readonly PathStep[];
}
/** `$[name]`: a sub-field inside a struct-array function. */
export interface SubField extends Node {
  readonly kind: "subField";
  readonly name: string;
}
export type UnaryOperator = "+" | "-" | "~" | "not";
export interface Unary extends Node {
  readonly kind: "unary";
  readonly operator: UnaryOperator;
  readonly operand: Expression;
}
export type ComparisonOperator = "==" | "!=" | "<" | "<=" | ">" | ">=";
export type ArithmeticOperator = "+" | "-" | "*" | "/" | "%" | "**";
export interface Comparison extends Node {
  readonly kind: "comparison";
  readonly operator: ComparisonOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export interface Arithmetic extends Node {
  readonly kind: "arithmetic";
  readonly operator: ArithmeticOperator;
  readonly left: Expression;
  readonly right: Expression;
}
export type BitOperator = "&" | "|" | "^";
/** Shifts are parsed, never accepted. */
export interface Bitwise extends Node {
  readonly kind: "bitwise";
  readonly operator: BitOperator | "<<" | ">>";
  readonly left: Expression;
  readonly right: Expression;
}
/** A whole chain `a and b and c`; what stood in parentheses is a node of its own. */
export interface Logical extends Node {
  readonly kind: "logical";
  readonly operator: "and" | "or";
  readonly operands: readonly Expression[];
}
/** `lower < path <= upper`; the falling form `upper >= path > lower` becomes this too. */
export interface RangeTest extends Node {
  readonly kind: "rangeTest";
  readonly path: Path | SubField;
  readonly lower: Expression;
  readonly lowerInclusive: boolean;
  readonly upper: Expression;
  readonly upperInclusive: boolean;
}
export interface Membership extends Node {
  readonly kind: "membership";
  readonly operand: Expression;
  readonly list: Expression;
  readonly negated: boolean;
}
export interface Like extends Node {
  readonly kind: "like";
  readonly operand: Expression;
  /** A text is unescaped once: `\%`, `\_` and `\\` in it are still escapes of the pattern. */
  readonly pattern: string | Placeholder;
}
/** `operand =~ pattern`, `operand !~ pattern` */
export interface RegexMatch extends Node {
  readonly kind: "regex";
  readonly operand: Expression;
  /** Of an ordinary string literal with its backslashes, but for those before quotes. */
  readonly pattern: string | Placeholder;
  readonly negated: boolean;
}
export interface NullTest extends Node {
  readonly kind: "nullTest";
  readonly path: Path;
  readonly negated: boolean;
}
export interface Exists extends Node {
  readonly kind: "exists";
  readonly operand: Expression;
}
/** `json_contains` and `array_contains` with their `_all` and `_any` forms; the two spellings mean the same. */
export interface Contains extends Node {
  readonly kind: "contains";
  readonly mode: "one" | "all" | "any";
  readonly operand: Expression;
  readonly element: Expression;
}
export interface ArrayLength extends Node {
  readonly kind: "arrayLength";
  readonly path: Path;
}
export interface TextMatch extends Node {
  readonly kind: "textMatch";
  readonly path: Path;
  readonly query: string | Placeholder;
  readonly minimumShouldMatch?: bigint;
}
export interface PhraseMatch extends Node {
  readonly kind: "phraseMatch";
  readonly path: Path;
  readonly query: string | Placeholder;
  readonly slop?: Expression;
}
/** `text_match_fuzzy(path, query, max_edit_distance=1)` */
export interface FuzzyMatch extends Node {
  readonly kind: "fuzzyMatch";
  readonly path: Path;
  readonly query: string | Placeholder;
  readonly maxEditDistance: bigint;
}
export interface RandomSample extends Node {
  readonly kind: "randomSample";
  readonly factor: Expression;
}
export interface Spatial extends Node {
  readonly kind: "spatial";
  readonly function: SpatialFunction;
  readonly path: Path;
  /** Well-known text; absent for `st_isvalid`. */
  readonly wkt?: string | Placeholder;
  /** Metres; `st_dwithin` only. */
  readonly distance?: Expression;
}
/** `field + INTERVAL '..' < ISO '..'`; the reversed form becomes this with the operator turned round. */
export interface TimestampComparison extends Node {
  readonly kind: "timestampComparison";
  readonly path: Path;
  readonly interval?: { readonly sign: 1 | -1; readonly text: string };
  readonly operator: ComparisonOperator;
  readonly instant: string;
}
export interface ElementFilter extends Node {
  readonly kind: "elementFilter";
  readonly path: Path;
  readonly predicate: Expression;
}
export interface ElementMatch extends Node {
  readonly kind: "elementMatch";
  readonly function: "match_all" | "match_any" | "match_least" | "match_most" | "match_exact";
  readonly path: Path;
  readonly predicate: Expression;
  readonly threshold?: bigint;
}
/** `membership_match(operand, {members}, type=bloom)` */
export interface MembershipMatch extends Node {
  readonly kind: "membershipMatch";
  /** Two in a filter that is right. */
  readonly arguments: readonly Expression[];
  /** As written. */
  readonly type?: string;
}
/** Any other `name(args)`. */
export interface Call extends Node {
  readonly kind: "call";
  readonly name: string;
  readonly arguments: readonly Expression[];
}

export type Expression =
  | IntegerLiteral
  | FloatLiteral
  | BooleanLiteral
  | StringLiteral
  | ListLiteral
  | Placeholder
  | Path
  | SubField
  | Unary
  | Comparison
  | Arithmetic
  | Bitwise
  | Logical
  | RangeTest
  | Membership
  | Like
  | RegexMatch
  | NullTest
  | Exists
  | Contains
  | ArrayLength
  | TextMatch
  | PhraseMatch
  | FuzzyMatch
  | RandomSample
  | Spatial
  | TimestampComparison
  | ElementFilter
  | ElementMatch
  | MembershipMatch
  | Call;

export type { SpatialFunction, TextRange };
