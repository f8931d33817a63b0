import { createToken, type ITokenConfig, Lexer, type TokenType } from "chevrotain";
import { scanPlainList } from "./plain-list.js";
import { scanPath, scanString } from "./scan.js";

/** The vocabulary, longest spelling first. Keywords are case-sensitive in the listed spellings only. */

function scanned(scan: (text: string, start: number) => number): ITokenConfig["pattern"] {
  return {
    exec(text: string, offset: number): RegExpExecArray | null {
      const end = scan(text, offset);
      return end === -1 ? null : ([text.slice(offset, end)] as unknown as RegExpExecArray);
    },
  } as unknown as RegExp;
}

const NAME_STARTS = [..."ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_$"];

const WhiteSpace = createToken({ name: "WhiteSpace", pattern: /[ \t\r\n]+/, group: Lexer.SKIPPED });

/** Stand-ins for groups of tokens. */
export const Literal = createToken({ name: "Literal", pattern: Lexer.NA });
export const BinaryOperator = createToken({ name: "BinaryOperator", pattern: Lexer.NA });
export const ComparisonToken = createToken({
  name: "ComparisonToken",
  pattern: Lexer.NA,
  categories: [BinaryOperator],
});
export const RegexOperator = createToken({ name: "RegexOperator", pattern: Lexer.NA });
export const SignToken = createToken({ name: "SignToken", pattern: Lexer.NA });

export const PathToken = createToken({
  name: "PathToken",
  pattern: scanned(scanPath) as RegExp,
  start_chars_hint: NAME_STARTS,
  line_breaks: false,
});
export const MetaToken = createToken({ name: "MetaToken", pattern: /\$meta(?![A-Za-z_0-9])/ });
export const Identifier = createToken({ name: "Identifier", pattern: /[A-Za-z_][A-Za-z_0-9]*/ });

export const StringToken = createToken({
  name: "StringToken",
  pattern: scanned(scanString) as RegExp,
  start_chars_hint: ['"', "'", "r", "R"],
  line_breaks: false,
  categories: [Literal],
});

const HexFloat = createToken({
  name: "HexFloat",
  pattern: /0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][+-]?[0-9]+/,
  categories: [Literal],
});
const DecimalFloat = createToken({
  name: "DecimalFloat",
  pattern: /(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+/,
  categories: [Literal],
});
export const IntegerToken = createToken({
  name: "IntegerToken",
  pattern: /0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*/,
  categories: [Literal],
});

const reserved = new Set<string>();
/** Words that have a meaning of their own, and are no names. */
export const reservedWords: ReadonlySet<string> = reserved;

/** A keyword in some spellings, and the symbol that says the same. */
function keyword(name: string, spellings: readonly string[], categories: TokenType[] = [], symbol = ""): TokenType {
  for (const spelling of spellings) reserved.add(spelling);
  const pattern = new RegExp(symbol === "" ? spellings.join("|") : `${spellings.join("|")}|${symbol}`);
  return createToken({ name: name.toUpperCase(), pattern, longer_alt: Identifier, categories });
}
function inBothCases(words: readonly string[]): readonly string[] {
  return words.flatMap((each) => [each, each.toUpperCase()]);
}
/** A keyword in lower or upper case. */
function word(text: string): TokenType {
  return keyword(text, inBothCases([text]));
}
/** Words that say the same in other places. */
function words(name: string, of: readonly string[]): TokenType {
  return keyword(name, inBothCases(of));
}
function symbol(name: string, pattern: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern, categories });
}

export const IsNotNull = createToken({ name: "is not null", pattern: /is not null|IS NOT NULL/ });
export const IsNull = createToken({ name: "is null", pattern: /is null|IS NULL/ });
export const True = keyword("true", ["true", "True", "TRUE"], [Literal]);
export const False = keyword("false", ["false", "False", "FALSE"], [Literal]);
export const And = keyword("and", ["and", "AND"], [BinaryOperator], "&&");
export const Or = keyword("or", ["or", "OR"], [BinaryOperator], "\\|\\|");
export const RegexMatches = symbol("=~", "=~", [RegexOperator]);
export const RegexDiffers = symbol("!~", "!~", [RegexOperator]);
export const NotEqual = symbol("!=", "!=", [ComparisonToken]);
export const Not = keyword("not", ["not", "NOT"], [], "!");
export const In = word("in");
export const LikeToken = word("like");
export const ExistsToken = word("exists");
export const Iso = word("iso");
export const Interval = word("interval");
export const MinimumShouldMatch = word("minimum_should_match");
export const Threshold = word("threshold");

export const ContainsAll = words("contains_all", ["json_contains_all", "array_contains_all"]);
export const ContainsAny = words("contains_any", ["json_contains_any", "array_contains_any"]);
export const ContainsOne = words("contains", ["json_contains", "array_contains"]);
export const ArrayLengthToken = word("array_length");
export const TextMatchToken = word("text_match");
export const FuzzyMatchToken = word("text_match_fuzzy");
export const PhraseMatchToken = word("phrase_match");
export const RandomSampleToken = word("random_sample");
export const ElementFilterToken = word("element_filter");
/** `match_all(field, predicate)` and its like. */
export const ElementMatchToken = words("match", ["match_all", "match_any"]);
export const CountedMatchToken = words("counted match", ["match_least", "match_most", "match_exact"]);
export const SpatialToken = words(
  "spatial",
  ["equals", "touches", "overlaps", "crosses", "contains", "intersects", "within"].map((name) => `st_${name}`),
);
export const DistanceWithin = word("st_dwithin");
export const IsValid = word("st_isvalid");

export const Power = symbol("**", "**", [BinaryOperator]);
export const Star = symbol("*", "*", [BinaryOperator]);
export const Slash = symbol("/", "/", [BinaryOperator]);
export const Percent = symbol("%", "%", [BinaryOperator]);
export const Plus = symbol("+", "+", [BinaryOperator, SignToken]);
export const Minus = symbol("-", "-", [BinaryOperator, SignToken]);
export const ShiftLeft = symbol("<<", "<<", [BinaryOperator]);
export const ShiftRight = symbol(">>", ">>", [BinaryOperator]);
export const LessEqual = symbol("<=", "<=", [ComparisonToken]);
export const GreaterEqual = symbol(">=", ">=", [ComparisonToken]);
export const Less = symbol("<", "<", [ComparisonToken]);
export const Greater = symbol(">", ">", [ComparisonToken]);
export const Equal = symbol("==", "==", [ComparisonToken]);
export const Assign = symbol("=", "=");
export const BitAnd = symbol("&", "&", [BinaryOperator]);
export const BitXor = symbol("^", "^", [BinaryOperator]);
export const BitOr = symbol("|", "|", [BinaryOperator]);
export const Tilde = symbol("~", "~");
export const LeftParen = symbol("(", "(");
export const RightParen = symbol(")", ")");
export const PlainListToken = createToken({
  name: "PlainListToken",
  pattern: scanned(scanPlainList) as RegExp,
  start_chars_hint: ["["],
  line_breaks: false,
});
export const LeftBracket = symbol("[", "[");
export const RightBracket = symbol("]", "]");
export const LeftBrace = symbol("{", "{");
export const RightBrace = symbol("}", "}");
export const Comma = symbol(",", ",");
export const SubFieldToken = createToken({ name: "SubFieldToken", pattern: /\$\[[A-Za-z_][A-Za-z_0-9]*\]/ });

export const vocabulary: TokenType[] = [
  WhiteSpace,
  PathToken,
  SubFieldToken,
  MetaToken,
  StringToken,
  HexFloat,
  DecimalFloat,
  IntegerToken,
  IsNotNull,
  IsNull,
  True,
  False,
  And,
  Or,
  NotEqual,
  RegexMatches,
  RegexDiffers,
  Not,
  // Before `in`, whose letters they start with.
  Interval,
  In,
  LikeToken,
  ExistsToken,
  Iso,
  MinimumShouldMatch,
  Threshold,
  ContainsAll,
  ContainsAny,
  ContainsOne,
  ArrayLengthToken,
  // Before `text_match`, which it starts with.
  FuzzyMatchToken,
  TextMatchToken,
  PhraseMatchToken,
  RandomSampleToken,
  ElementFilterToken,
  ElementMatchToken,
  CountedMatchToken,
  SpatialToken,
  DistanceWithin,
  IsValid,
  Power,
  Star,
  Slash,
  Percent,
  Plus,
  Minus,
  ShiftLeft,
  ShiftRight,
  LessEqual,
  GreaterEqual,
  Less,
  Greater,
  Equal,
  Assign,
  BitAnd,
  BitXor,
  BitOr,
  Tilde,
  LeftParen,
  RightParen,
  PlainListToken,
  LeftBracket,
  RightBracket,
  LeftBrace,
  RightBrace,
  Comma,
  Identifier,
  Literal,
  BinaryOperator,
  ComparisonToken,
  RegexOperator,
  SignToken,
];

let lexer: Lexer | undefined;

/** Stops at the first fault, so that hostile text costs linear time. A test checks the vocabulary, not each process. */
export const LEXER_CONFIG = { recoveryEnabled: false, positionTracking: "onlyOffset", skipValidations: true } as const;

/** The lexer of all: stateless, made at the first text, because that takes longer than loading it. */
export function expressionLexer(): Lexer {
  lexer ??= new Lexer(vocabulary, LEXER_CONFIG);
  return lexer;
}
