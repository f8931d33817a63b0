import { type IToken, type ParserMethod, type TokenType, tokenMatcher } from "chevrotain";
import { ExpressionProblem, MAX_NESTING, NESTING_DETAIL } from "../problem.js";
import type { Expression, Path, SubField } from "./ast.js";
import { rangeOf } from "./parser-base.js";
import { OperandParser, STRONGEST } from "./parser-operands.js";
import * as t from "./tokens.js";

/** Binding strength of the operators that stand between operands; prefix operators bind as `UNARY`. */
const STRENGTH: ReadonlyMap<TokenType, number> = new Map([
  [t.Or, 1],
  [t.And, 2],
  [t.BitOr, 3],
  [t.BitXor, 4],
  [t.BitAnd, 5],
  [t.Equal, 6],
  [t.NotEqual, 6],
  [t.Less, 7],
  [t.LessEqual, 7],
  [t.Greater, 7],
  [t.GreaterEqual, 7],
  [t.In, 9],
  [t.Not, 9],
  [t.ShiftLeft, 10],
  [t.ShiftRight, 10],
  [t.Plus, 11],
  [t.Minus, 11],
  [t.Star, 12],
  [t.Slash, 12],
  [t.Percent, 12],
  [t.Power, 14],
  [t.LikeToken, 15],
  [t.RegexMatches, 15],
  [t.RegexDiffers, 15],
]);
const RANGE = 8;
/** What follows a prefix operator binds at least as tightly as a power: `-2 ** 2` is -(2 ** 2). */
const PREFIXED = 14;

/**
 * The operators, in one rule that climbs by binding strength: a rule per level would use up the stack a dozen times faster.
 * Nested levels cost two rules each.
 */
export class ExpressionParser extends OperandParser {
  #open = 0;

  constructor(checked = false) {
    super(checked);
    this.performSelfAnalysis();
  }

  /** Forgets the last text; call before each parse. */
  restart(tokens: IToken[]): void {
    this.input = tokens;
    this.#open = 0;
  }

  readonly filter: ParserMethod<[], Expression> = this.RULE(
    "filter",
    (): Expression => this.SUBRULE(this.expression, { ARGS: [1] }),
  );

  readonly expression: ParserMethod<[minimum: number], Expression> = this.RULE(
    "expression",
    (minimum: number): Expression => {
      // Right operands nest too, but only as deep as there are strengths.
      const level = minimum === 1 || minimum === STRONGEST ? 1 : 0;
      this.ACTION(() => {
        this.#open += level;
        if (this.#open > MAX_NESTING) throw new ExpressionProblem(NESTING_DETAIL, rangeOf(this.LA(1)));
      });
      const prefixes: IToken[] = [];
      this.MANY(() => {
        prefixes.push(
          this.OR([
            { ALT: () => this.CONSUME(t.SignToken) },
            { ALT: () => this.CONSUME(t.Not) },
            { ALT: () => this.CONSUME(t.Tilde) },
          ]),
        );
      });
      let left = this.SUBRULE(this.primary, { ARGS: [prefixes.at(-1)?.image === "-"] });
      /** The chain that grows in this rule: operands in parentheses stay nodes of their own. */
      let chain: Expression[] | undefined;
      const more = (): boolean => {
        if (prefixes.length > 0) {
          if (this.#continues(PREFIXED)) return true;
          left = this.#prefixed(prefixes, left);
        }
        return this.#continues(minimum);
      };
      this.MANY2({
        GATE: more,
        DEF: () => {
          left = this.OR2({
            IGNORE_AMBIGUITIES: true,
            DEF: [
              {
                GATE: () => minimum <= RANGE && this.#isRange(),
                ALT: () => {
                  const first = this.CONSUME(t.ComparisonToken);
                  const path = this.OR3([
                    { ALT: (): Path | SubField => this.SUBRULE(this.pathRule) },
                    { ALT: (): Path | SubField => this.SUBRULE(this.subField) },
                  ]);
                  const second = this.CONSUME2(t.ComparisonToken);
                  const right = this.SUBRULE(this.expression, { ARGS: [RANGE + 1] });
                  return this.ACTION(() => this.#range(left, first, path, second, right));
                },
              },
              {
                ALT: () => {
                  const token = this.CONSUME(t.BinaryOperator);
                  const strength = STRENGTH.get(token.tokenType) ?? 0;
                  const right = this.SUBRULE2(this.expression, { ARGS: [strength + 1] });
                  return this.ACTION((): Expression => {
                    if (strength > 2) return this.#binary(left, token, right);
                    const operator = strength === 1 ? "or" : "and";
                    if (left.kind === "logical" && left.operands === chain && left.operator === operator) {
                      // The list of the chain, which both share, has the new operand.
                      chain.push(right);
                      return { ...left, range: this.since(left) };
                    }
                    chain = [left, right];
                    return this.#logical(operator, chain);
                  });
                },
              },
              {
                ALT: () => {
                  const negated = this.OPTION(() => this.CONSUME2(t.Not)) !== undefined;
                  this.CONSUME(t.In);
                  const list = this.SUBRULE3(this.expression, { ARGS: [10] });
                  return this.ACTION(
                    (): Expression => ({ kind: "membership", operand: left, list, negated, range: this.since(left) }),
                  );
                },
              },
              {
                ALT: () => {
                  this.CONSUME(t.LikeToken);
                  const pattern = this.SUBRULE(this.textOrVariable);
                  return this.ACTION(
                    (): Expression => ({ kind: "like", operand: left, pattern, range: this.since(left) }),
                  );
                },
              },
              {
                ALT: () => {
                  const negated = this.CONSUME(t.RegexOperator).tokenType === t.RegexDiffers;
                  const pattern = this.SUBRULE(this.regexPattern);
                  return this.ACTION(
                    (): Expression => ({ kind: "regex", operand: left, pattern, negated, range: this.since(left) }),
                  );
                },
              },
            ],
          });
        },
      });
      this.ACTION(() => {
        if (prefixes.length > 0) left = this.#prefixed(prefixes, left);
        this.#open -= level;
      });
      return left;
    },
  );

  /** Does an operator of at least the given strength come next? */
  #continues(minimum: number): boolean {
    const next = this.LA(1).tokenType;
    const strength = STRENGTH.get(next);
    if (strength === undefined || (next === t.Not && this.LA(2).tokenType !== t.In)) return false;
    return strength >= minimum || (minimum === RANGE && this.#isRange());
  }

  /** `op path op` with both operators of one direction. */
  #isRange(): boolean {
    const first = this.LA(1).tokenType;
    const second = this.LA(3).tokenType;
    const path = this.LA(2).tokenType;
    if (path !== t.Identifier && path !== t.PathToken && path !== t.SubFieldToken) return false;
    return first === t.Less || first === t.LessEqual
      ? second === t.Less || second === t.LessEqual
      : (first === t.Greater || first === t.GreaterEqual) && (second === t.Greater || second === t.GreaterEqual);
  }

  /** Applies the prefix operators, the innermost first, and takes them from the list. */
  #prefixed(prefixes: IToken[], operand: Expression): Expression {
    let result = operand;
    for (let token = prefixes.pop(); token !== undefined; token = prefixes.pop()) {
      const operator = tokenMatcher(token, t.Not) ? "not" : (token.image as "+" | "-" | "~");
      result = { kind: "unary", operator, operand: result, range: this.from(token) };
    }
    return result;
  }

  #range(left: Expression, first: IToken, path: Path | SubField, second: IToken, right: Expression): Expression {
    const rising = first.image.startsWith("<");
    const [lower, upper] = rising ? [left, right] : [right, left];
    const [low, high] = rising ? [first, second] : [second, first];
    const lowerInclusive = low.image.length === 2;
    const upperInclusive = high.image.length === 2;
    const range = this.since(left);
    return { kind: "rangeTest", path, lower, lowerInclusive, upper, upperInclusive, range };
  }

  #binary(left: Expression, token: IToken, right: Expression): Expression {
    const kind = tokenMatcher(token, t.ComparisonToken)
      ? "comparison"
      : /^(?:<<|>>|[&|^])$/.test(token.image)
        ? "bitwise"
        : "arithmetic";
    const operator = token.image as never;
    return { kind, operator, left, right, range: this.since(left) } as Expression;
  }

  #logical(operator: "and" | "or", operands: readonly Expression[]): Expression {
    const [first] = operands as [Expression];
    return { kind: "logical", operator, operands, range: this.since(first) };
  }
}
