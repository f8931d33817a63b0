import { tokenMatcher } from "chevrotain";
import { ExpressionProblem } from "../problem.js";
import type { ComparisonOperator, Expression, Placeholder } from "./ast.js";
import { decodeFloat, decodeInteger, decodePattern, decodeString } from "./literals.js";
import { rangeOf } from "./parser-base.js";
import { FunctionParser } from "./parser-functions.js";
import { plainList, readPlainList } from "./plain-list.js";
import * as t from "./tokens.js";

const TURNED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

/** No keyword: a name like any other, but for what may stand in its parentheses. */
const MEMBERSHIP_MATCH = "membership_match";

/** Binds tighter than every operator: nothing but prefix operators and one operand. */
export const STRONGEST = 16;

/** Literals, lists, names and their null tests, timestamps, calls. */
export abstract class OperandParser extends FunctionParser {
  /** `name [+ INTERVAL '..'] < ISO` */
  #isTimestamp(): boolean {
    if (this.LA(2).tokenType === t.Plus || this.LA(2).tokenType === t.Minus) {
      return this.LA(3).tokenType === t.Interval;
    }
    return this.LA(3).tokenType === t.Iso && tokenMatcher(this.LA(2), t.ComparisonToken);
  }

  /** @param negated a minus sign stands directly before: 2^63 is then a literal */
  readonly primary = this.RULE("primary", (negated: boolean): Expression => {
    return this.OR({
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { ALT: () => this.SUBRULE(this.literal, { ARGS: [negated] }) },
        { ALT: () => this.SUBRULE(this.list) },
        { ALT: () => this.SUBRULE(this.placeholder) },
        {
          ALT: () => {
            this.CONSUME(t.LeftParen);
            const inner = this.SUBRULE(this.expression, { ARGS: [1] });
            this.CONSUME(t.RightParen);
            return inner;
          },
        },
        {
          ALT: () => {
            const start = this.CONSUME(t.ExistsToken);
            const operand = this.SUBRULE2(this.expression, { ARGS: [STRONGEST] });
            return this.ACTION((): Expression => ({ kind: "exists", operand, range: this.from(start) }));
          },
        },
        {
          GATE: () => this.next(t.Identifier) && this.#isTimestamp(),
          ALT: () => this.SUBRULE(this.timestamp),
        },
        { GATE: () => this.LA(2).tokenType === t.LeftParen, ALT: () => this.SUBRULE(this.call) },
        { ALT: () => this.SUBRULE(this.pathOrNullTest) },
        { ALT: () => this.SUBRULE(this.reversedTimestamp) },
        { ALT: () => this.SUBRULE(this.builtin) },
        { ALT: () => this.SUBRULE(this.subField) },
      ],
    });
  });

  readonly literal = this.RULE("literal", (negated: boolean): Expression => {
    const token = this.CONSUME(t.Literal);
    return this.ACTION((): Expression => {
      const range = rangeOf(token);
      const { image } = token;
      switch (token.tokenType) {
        case t.IntegerToken:
          return { kind: "integer", value: decodeInteger(image, range, negated), range };
        case t.StringToken:
          return { kind: "string", value: decodeString(image, range), range };
        case t.True:
        case t.False:
          return { kind: "boolean", value: token.tokenType === t.True, range };
        default:
          return { kind: "float", value: decodeFloat(image, range), range };
      }
    });
  });

  readonly list = this.RULE("list", (): Expression => {
    return this.OR([
      {
        ALT: () => {
          const token = this.CONSUME(t.PlainListToken);
          return this.ACTION((): Expression => {
            const { integers } = readPlainList(token.image, 0) as { readonly integers: Float64Array };
            return plainList(integers, token.image, rangeOf(token));
          });
        },
      },
      { ALT: () => this.SUBRULE(this.elements) },
    ]);
  });

  readonly elements = this.RULE("elements", (): Expression => {
    const start = this.CONSUME(t.LeftBracket);
    const elements: Expression[] = [];
    this.OPTION(() => {
      elements.push(this.SUBRULE(this.element));
      this.MANY({
        GATE: () => this.LA(2).tokenType !== t.RightBracket,
        DEF: () => {
          this.CONSUME(t.Comma);
          elements.push(this.SUBRULE2(this.element));
        },
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightBracket);
    return this.ACTION((): Expression => ({ kind: "list", elements, range: this.from(start) }));
  });

  readonly element = this.RULE("element", (): Expression => {
    return this.OR({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        // The usual element needs none of the operator rules: long lists stay cheap.
        {
          GATE: () => this.LA(2).tokenType === t.Comma || this.LA(2).tokenType === t.RightBracket,
          ALT: () => this.SUBRULE(this.literal, { ARGS: [false] }),
        },
        { ALT: () => this.SUBRULE(this.expression, { ARGS: [1] }) },
      ],
    });
  });

  readonly regexPattern = this.RULE("regexPattern", (): string | Placeholder => {
    return this.OR([
      {
        ALT: (): string | Placeholder => {
          const token = this.CONSUME(t.StringToken);
          return this.ACTION(() => decodePattern(token.image));
        },
      },
      { ALT: (): string | Placeholder => this.SUBRULE(this.placeholder) },
    ]);
  });

  readonly pathOrNullTest = this.RULE("pathOrNullTest", (): Expression => {
    const path = this.OR([
      { ALT: () => this.SUBRULE(this.pathRule) },
      { ALT: () => this.path(this.CONSUME(t.MetaToken)) },
    ]);
    let negated: boolean | undefined;
    this.OPTION(() => {
      const test = this.OR2([{ ALT: () => this.CONSUME(t.IsNull) }, { ALT: () => this.CONSUME(t.IsNotNull) }]);
      negated = test.tokenType === t.IsNotNull;
    });
    if (negated === undefined) return path;
    return { kind: "nullTest", path, negated, range: this.ACTION(() => this.since(path)) };
  });

  readonly timestamp = this.RULE("timestamp", (): Expression => {
    const path = this.SUBRULE(this.nameRule);
    const interval = this.OPTION(() => this.SUBRULE(this.interval));
    const operator = this.CONSUME(t.ComparisonToken).image as ComparisonOperator;
    this.CONSUME(t.Iso);
    const instant = this.text(this.CONSUME(t.StringToken));
    const range = this.ACTION(() => this.since(path));
    return { kind: "timestampComparison", path, operator, instant, range, ...(interval && { interval }) };
  });

  readonly reversedTimestamp = this.RULE("reversedTimestamp", (): Expression => {
    const start = this.CONSUME(t.Iso);
    const instant = this.text(this.CONSUME(t.StringToken));
    const operator = TURNED[this.CONSUME(t.ComparisonToken).image as ComparisonOperator];
    const path = this.SUBRULE(this.nameRule);
    const interval = this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Interval,
      DEF: () => this.SUBRULE(this.interval),
    });
    const range = this.ACTION(() => this.from(start));
    return { kind: "timestampComparison", path, operator, instant, range, ...(interval && { interval }) };
  });

  readonly interval = this.RULE("interval", (): { readonly sign: 1 | -1; readonly text: string } => {
    const sign = this.CONSUME(t.SignToken).image === "-" ? -1 : 1;
    this.CONSUME(t.Interval);
    return { sign, text: this.text(this.CONSUME(t.StringToken)) };
  });

  readonly call = this.RULE("call", (): Expression => {
    const start = this.CONSUME(t.Identifier);
    this.CONSUME(t.LeftParen);
    const args: Expression[] = [];
    let option: NamedOption | undefined;
    const more = (ahead: number): boolean =>
      this.LA(ahead).tokenType !== t.RightParen && this.LA(ahead + 1).tokenType !== t.Assign;
    this.OPTION(() => {
      args.push(this.SUBRULE(this.expression, { ARGS: [1] }));
      this.MANY({
        GATE: () => more(2),
        DEF: () => {
          this.CONSUME(t.Comma);
          args.push(this.SUBRULE2(this.expression, { ARGS: [1] }));
        },
      });
      this.OPTION2(() => {
        this.CONSUME2(t.Comma);
        option = this.OPTION3({
          GATE: () => start.image === MEMBERSHIP_MATCH,
          DEF: () => this.SUBRULE(this.namedOption),
        });
      });
    });
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => {
      const range = this.from(start);
      if (start.image !== MEMBERSHIP_MATCH) return { kind: "call", name: start.image, arguments: args, range };
      return { kind: "membershipMatch", arguments: args, ...(option !== undefined && { type: option.value }), range };
    });
  });

  readonly namedOption = this.RULE("namedOption", (): NamedOption => {
    const name = this.CONSUME(t.Identifier);
    this.CONSUME(t.Assign);
    const value = this.CONSUME2(t.Identifier);
    return this.ACTION(() => {
      if (name.image.toLowerCase() === "type") return { value: value.image };
      const detail = `unexpected option "${name.image}" in ${MEMBERSHIP_MATCH}, expected type`;
      throw new ExpressionProblem(detail, rangeOf(name));
    });
  });
}

interface NamedOption {
  readonly value: string;
}
