import { EmbeddedActionsParser, type IToken, type ParserMethod, type TokenType, tokenMatcher } from "chevrotain";
import type { ComparisonOperator, Expression, Path, SpatialFunction, TextRange } from "./ast.js";
import { decodeFloat, decodeInteger, decodePath, decodeString } from "./literals.js";
import { ExpressionProblem, MAX_NESTING, NESTING_DETAIL } from "./problem.js";
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
]);
const RANGE = 8;
const UNARY = 14;

const TURNED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  "==": "==",
  "!=": "!=",
  "<": ">",
  "<=": ">=",
  ">": "<",
  ">=": "<=",
};

function rangeOf(token: IToken): TextRange {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

/** One rule per construct; the binary operators share one rule that climbs by binding strength. */
export class ExpressionParser extends EmbeddedActionsParser {
  /** Height of composite nodes: long operator chains nest as deeply as parentheses do. */
  #heights = new WeakMap<object, number>();
  #open = 0;

  constructor() {
    super(t.vocabulary, { maxLookahead: 2, nodeLocationTracking: "none", recoveryEnabled: false });
    this.performSelfAnalysis();
  }

  /** Forget the last text; call before each parse. */
  restart(tokens: IToken[]): void {
    this.input = tokens;
    this.#open = 0;
    this.#heights = new WeakMap();
  }

  /** Notes the height of a node and refuses what is nested too deeply. */
  #node<T extends Expression>(node: T, ...children: readonly Expression[]): T {
    let height = 1;
    for (const child of children) {
      const below = this.#heights.get(child) ?? 1;
      if (below >= height) height = below + 1;
    }
    if (height > MAX_NESTING) throw new ExpressionProblem(NESTING_DETAIL, node.range);
    this.#heights.set(node, height);
    return node;
  }

  #from(start: IToken): TextRange {
    return { start: start.startOffset, end: rangeOf(this.LA(0)).end };
  }
  #since(first: Expression): TextRange {
    return { start: first.range.start, end: rangeOf(this.LA(0)).end };
  }

  #strength(minimum: number): boolean {
    const next = this.LA(1);
    const strength = STRENGTH.get(next.tokenType);
    if (strength === undefined) return false;
    if (next.tokenType === t.Not && this.LA(2).tokenType !== t.In) return false;
    return strength >= minimum || (minimum === RANGE && this.#isRange());
  }

  /** `op path op` with both operators of one direction. */
  #isRange(): boolean {
    const first = this.LA(1).tokenType;
    const second = this.LA(3).tokenType;
    if (!this.#isPath(this.LA(2).tokenType)) return false;
    return first === t.Less || first === t.LessEqual
      ? second === t.Less || second === t.LessEqual
      : (first === t.Greater || first === t.GreaterEqual) && (second === t.Greater || second === t.GreaterEqual);
  }

  #isPath(type: TokenType): boolean {
    return type === t.Identifier || type === t.PathToken;
  }

  /** `name [+ INTERVAL '..'] < ISO` */
  #isTimestamp(): boolean {
    if (this.LA(2).tokenType === t.Plus || this.LA(2).tokenType === t.Minus) {
      return this.LA(3).tokenType === t.Interval;
    }
    return this.LA(3).tokenType === t.Iso && tokenMatcher(this.LA(2), t.ComparisonToken);
  }

  #path(token: IToken): Path {
    return this.ACTION((): Path => {
      const range = rangeOf(token);
      return { kind: "path", range, ...decodePath(token.image, range) };
    });
  }

  #text(token: IToken): string {
    return this.ACTION(() => decodeString(token.image, rangeOf(token)));
  }

  readonly filter = this.RULE("filter", (): Expression => this.SUBRULE(this.expression, { ARGS: [1] }));

  /** Operands and the operators of at least the given strength. */
  readonly expression: ParserMethod<[minimum: number], Expression> = this.RULE(
    "expression",
    (minimum: number): Expression => {
      this.ACTION(() => {
        this.#open += 1;
        if (this.#open > MAX_NESTING) throw new ExpressionProblem(NESTING_DETAIL, rangeOf(this.LA(1)));
      });
      let left = this.SUBRULE(this.prefix);
      this.MANY({
        GATE: () => this.#strength(minimum),
        DEF: () => {
          left = this.OR<Expression>({
            IGNORE_AMBIGUITIES: true,
            DEF: [
              {
                GATE: () => minimum <= RANGE && this.#isRange(),
                ALT: () => this.SUBRULE(this.rangeTail, { ARGS: [left] }),
              },
              { ALT: () => this.SUBRULE(this.logicalTail, { ARGS: [left, t.And] }), GATE: () => this.#next(t.And) },
              { ALT: () => this.SUBRULE2(this.logicalTail, { ARGS: [left, t.Or] }), GATE: () => this.#next(t.Or) },
              { ALT: () => this.SUBRULE(this.binaryTail, { ARGS: [left] }) },
              { ALT: () => this.SUBRULE(this.membershipTail, { ARGS: [left] }) },
              { ALT: () => this.SUBRULE(this.likeTail, { ARGS: [left] }) },
            ],
          });
        },
      });
      this.ACTION(() => {
        this.#open -= 1;
      });
      return left;
    },
  );

  #next(type: TokenType): boolean {
    return this.LA(1).tokenType === type;
  }

  readonly logicalTail = this.RULE("logicalTail", (left: Expression, operator: TokenType): Expression => {
    const operands = [left];
    this.AT_LEAST_ONE({
      GATE: () => this.#next(operator),
      DEF: () => {
        this.CONSUME(t.BinaryOperator);
        operands.push(this.SUBRULE(this.expression, { ARGS: [operator === t.Or ? 2 : 3] }));
      },
    });
    return this.ACTION(() =>
      this.#node(
        { kind: "logical", operator: operator === t.Or ? "or" : "and", operands, range: this.#since(left) },
        ...operands.filter((o) => this.#heights.has(o)),
      ),
    );
  });

  readonly rangeTail = this.RULE("rangeTail", (left: Expression): Expression => {
    const first = this.CONSUME(t.ComparisonToken);
    const path = this.SUBRULE(this.pathRule);
    const second = this.CONSUME2(t.ComparisonToken);
    const right = this.SUBRULE(this.expression, { ARGS: [RANGE + 1] });
    return this.ACTION(() => {
      const rising = first.image.startsWith("<");
      const [lower, upper] = rising ? [left, right] : [right, left];
      const [low, high] = rising ? [first, second] : [second, first];
      const lowerInclusive = low.image.length === 2;
      const upperInclusive = high.image.length === 2;
      const range = this.#since(left);
      return this.#node({ kind: "rangeTest", path, lower, lowerInclusive, upper, upperInclusive, range }, left, right);
    });
  });

  readonly binaryTail = this.RULE("binaryTail", (left: Expression): Expression => {
    const token = this.CONSUME(t.BinaryOperator);
    const right = this.SUBRULE(this.expression, { ARGS: [this.#rightStrength(token)] });
    return this.ACTION(() => {
      const range = this.#since(left);
      const operator = token.image as never;
      const kind = tokenMatcher(token, t.ComparisonToken)
        ? "comparison"
        : /^(?:<<|>>|[&|^])$/.test(token.image)
          ? "bitwise"
          : "arithmetic";
      return this.#node({ kind, operator, left, right, range } as Expression, left, right);
    });
  });

  #rightStrength(token: IToken): number {
    return (STRENGTH.get(token.tokenType) ?? 0) + 1;
  }

  readonly membershipTail = this.RULE("membershipTail", (left: Expression): Expression => {
    let negated = false;
    this.OPTION(() => {
      this.CONSUME(t.Not);
      negated = true;
    });
    this.CONSUME(t.In);
    const list = this.SUBRULE(this.expression, { ARGS: [10] });
    return this.ACTION(() =>
      this.#node({ kind: "membership", operand: left, list, negated, range: this.#since(left) }, left, list),
    );
  });

  readonly likeTail = this.RULE("likeTail", (left: Expression): Expression => {
    this.CONSUME(t.LikeToken);
    const token = this.CONSUME(t.StringToken);
    return this.ACTION(() => {
      const pattern = decodeString(token.image, rangeOf(token), true);
      return this.#node({ kind: "like", operand: left, pattern, range: this.#since(left) }, left);
    });
  });

  readonly prefix: ParserMethod<[], Expression> = this.RULE("prefix", (): Expression => {
    return this.OR<Expression>([{ ALT: () => this.SUBRULE(this.unary) }, { ALT: () => this.SUBRULE(this.primary) }]);
  });

  readonly unary = this.RULE("unary", (): Expression => {
    const token = this.OR([
      { ALT: () => this.CONSUME(t.SignToken) },
      { ALT: () => this.CONSUME(t.Not) },
      { ALT: () => this.CONSUME(t.Tilde) },
    ]);
    return this.OR2<Expression>([
      {
        GATE: () => token.image === "-" && this.#next(t.IntegerToken) && STRENGTH.get(this.LA(2).tokenType) !== 15,
        ALT: () => this.SUBRULE(this.negatedInteger, { ARGS: [token] }),
      },
      {
        ALT: () => {
          const operand = this.SUBRULE(this.expression, { ARGS: [UNARY] });
          return this.ACTION(() => this.#unary(token, operand));
        },
      },
    ]);
  });

  #unary(token: IToken, operand: Expression): Expression {
    const operator = tokenMatcher(token, t.Not) ? "not" : (token.image as "+" | "-" | "~");
    return this.#node({ kind: "unary", operator, operand, range: this.#from(token) }, operand);
  }

  /** `-9223372036854775808`: the one literal that is only valid with its sign. */
  readonly negatedInteger = this.RULE("negatedInteger", (sign: IToken): Expression => {
    const token = this.CONSUME(t.IntegerToken);
    let base = this.ACTION((): Expression => {
      const range = rangeOf(token);
      return { kind: "integer", value: decodeInteger(token.image, range, true), range };
    });
    this.MANY(() => {
      const power = this.CONSUME(t.Power);
      const right = this.SUBRULE(this.expression, { ARGS: [15] });
      base = this.ACTION(() =>
        this.#node(
          { kind: "arithmetic", operator: power.image as "**", left: base, right, range: this.#since(base) },
          base,
          right,
        ),
      );
    });
    return this.ACTION(() => this.#unary(sign, base));
  });

  readonly primary = this.RULE("primary", (): Expression => {
    return this.OR<Expression>({
      MAX_LOOKAHEAD: 1,
      IGNORE_AMBIGUITIES: true,
      DEF: [
        { ALT: () => this.SUBRULE(this.literal) },
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
            const operand = this.SUBRULE(this.prefix);
            return this.ACTION(() => this.#node({ kind: "exists", operand, range: this.#from(start) }, operand));
          },
        },
        {
          GATE: () => this.#next(t.Identifier) && this.#isTimestamp(),
          ALT: () => this.SUBRULE(this.timestamp),
        },
        { GATE: () => this.LA(2).tokenType === t.LeftParen, ALT: () => this.SUBRULE(this.call) },
        { ALT: () => this.SUBRULE(this.pathOrNullTest) },
        { ALT: () => this.SUBRULE(this.reversedTimestamp) },
        { ALT: () => this.SUBRULE(this.builtin) },
        {
          ALT: () => {
            const token = this.CONSUME(t.SubFieldToken);
            return this.ACTION(
              (): Expression => ({ kind: "subField", name: token.image.slice(2, -1), range: rangeOf(token) }),
            );
          },
        },
      ],
    });
  });

  readonly literal = this.RULE("literal", (): Expression => {
    const token = this.CONSUME(t.Literal);
    return this.ACTION((): Expression => {
      const range = rangeOf(token);
      const { image } = token;
      switch (token.tokenType) {
        case t.IntegerToken:
          return { kind: "integer", value: decodeInteger(image, range, false), range };
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
    return this.ACTION(() =>
      this.#node({ kind: "list", elements, range: this.#from(start) }, ...elements.filter((e) => e.kind === "list")),
    );
  });

  readonly element = this.RULE("element", (): Expression => {
    return this.OR<Expression>({
      IGNORE_AMBIGUITIES: true,
      DEF: [
        // The usual element needs none of the operator rules: long lists stay cheap.
        {
          GATE: () => this.LA(2).tokenType === t.Comma || this.LA(2).tokenType === t.RightBracket,
          ALT: () => this.SUBRULE(this.literal),
        },
        { ALT: () => this.SUBRULE(this.expression, { ARGS: [1] }) },
      ],
    });
  });

  readonly placeholder = this.RULE("placeholder", (): Expression => {
    const start = this.CONSUME(t.LeftBrace);
    const name = this.CONSUME(t.Identifier).image;
    this.CONSUME(t.RightBrace);
    return this.ACTION((): Expression => ({ kind: "placeholder", name, range: this.#from(start) }));
  });

  readonly pathRule = this.RULE("pathRule", (): Path => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.CONSUME(t.PathToken) }]);
    return this.#path(token);
  });

  readonly nameRule = this.RULE("nameRule", (): Path => this.#path(this.CONSUME(t.Identifier)));

  readonly pathOrNullTest = this.RULE("pathOrNullTest", (): Expression => {
    const path = this.OR<Path>([
      { ALT: () => this.SUBRULE(this.pathRule) },
      { ALT: () => this.#path(this.CONSUME(t.MetaToken)) },
    ]);
    let negated: boolean | undefined;
    this.OPTION(() => {
      const test = this.OR2([{ ALT: () => this.CONSUME(t.IsNull) }, { ALT: () => this.CONSUME(t.IsNotNull) }]);
      negated = test.tokenType === t.IsNotNull;
    });
    if (negated === undefined) return path;
    return { kind: "nullTest", path, negated, range: this.ACTION(() => this.#since(path)) };
  });

  readonly timestamp = this.RULE("timestamp", (): Expression => {
    const path = this.SUBRULE(this.nameRule);
    const interval = this.OPTION(() => this.SUBRULE(this.interval));
    const operator = this.CONSUME(t.ComparisonToken).image as ComparisonOperator;
    this.CONSUME(t.Iso);
    const instant = this.#text(this.CONSUME(t.StringToken));
    const range = this.ACTION(() => this.#since(path));
    return { kind: "timestampComparison", path, operator, instant, range, ...(interval && { interval }) };
  });

  readonly reversedTimestamp = this.RULE("reversedTimestamp", (): Expression => {
    const start = this.CONSUME(t.Iso);
    const instant = this.#text(this.CONSUME(t.StringToken));
    const operator = TURNED[this.CONSUME(t.ComparisonToken).image as ComparisonOperator];
    const path = this.SUBRULE(this.nameRule);
    const interval = this.OPTION({
      GATE: () => this.LA(2).tokenType === t.Interval,
      DEF: () => this.SUBRULE(this.interval),
    });
    const range = this.ACTION(() => this.#from(start));
    return { kind: "timestampComparison", path, operator, instant, range, ...(interval && { interval }) };
  });

  readonly interval = this.RULE("interval", (): { readonly sign: 1 | -1; readonly text: string } => {
    const sign = this.CONSUME(t.SignToken).image === "-" ? -1 : 1;
    this.CONSUME(t.Interval);
    return { sign, text: this.#text(this.CONSUME(t.StringToken)) };
  });

  readonly call = this.RULE("call", (): Expression => {
    const start = this.CONSUME(t.Identifier);
    this.CONSUME(t.LeftParen);
    const args: Expression[] = [];
    this.OPTION(() => {
      args.push(this.SUBRULE(this.expression, { ARGS: [1] }));
      this.MANY({
        GATE: () => this.LA(2).tokenType !== t.RightParen,
        DEF: () => {
          this.CONSUME(t.Comma);
          args.push(this.SUBRULE2(this.expression, { ARGS: [1] }));
        },
      });
      this.OPTION2(() => this.CONSUME2(t.Comma));
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(() =>
      this.#node({ kind: "call", name: start.image, arguments: args, range: this.#from(start) }, ...args.slice(0, 64)),
    );
  });

  readonly builtin = this.RULE("builtin", (): Expression => {
    return this.OR<Expression>([
      { ALT: () => this.SUBRULE(this.contains) },
      { ALT: () => this.SUBRULE(this.arrayLength) },
      { ALT: () => this.SUBRULE(this.textMatch) },
      { ALT: () => this.SUBRULE(this.phraseMatch) },
      { ALT: () => this.SUBRULE(this.randomSample) },
      { ALT: () => this.SUBRULE(this.spatial) },
      { ALT: () => this.SUBRULE(this.elementFunction) },
    ]);
  });

  readonly contains = this.RULE("contains", (): Expression => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.ContainsOne) },
      { ALT: () => this.CONSUME(t.ContainsAll) },
      { ALT: () => this.CONSUME(t.ContainsAny) },
    ]);
    this.CONSUME(t.LeftParen);
    const operand = this.SUBRULE(this.expression, { ARGS: [1] });
    this.CONSUME(t.Comma);
    const element = this.SUBRULE2(this.expression, { ARGS: [1] });
    this.CONSUME(t.RightParen);
    return this.ACTION(() => {
      const type = start.tokenType;
      const mode = type === t.ContainsAll ? "all" : type === t.ContainsAny ? "any" : "one";
      return this.#node({ kind: "contains", mode, operand, element, range: this.#from(start) }, operand, element);
    });
  });

  readonly arrayLength = this.RULE("arrayLength", (): Expression => {
    const start = this.CONSUME(t.ArrayLengthToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.pathRule);
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => ({ kind: "arrayLength", path, range: this.#from(start) }));
  });

  readonly textMatch = this.RULE("textMatch", (): Expression => {
    const start = this.CONSUME(t.TextMatchToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    this.CONSUME(t.Comma);
    const query = this.#text(this.CONSUME(t.StringToken));
    const minimumShouldMatch = this.OPTION(() => {
      this.CONSUME2(t.Comma);
      this.CONSUME(t.MinimumShouldMatch);
      this.CONSUME(t.Assign);
      return this.#count(this.CONSUME(t.IntegerToken));
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(
      (): Expression => ({
        kind: "textMatch",
        path,
        query,
        ...(minimumShouldMatch !== undefined && { minimumShouldMatch }),
        range: this.#from(start),
      }),
    );
  });

  #count(token: IToken): bigint {
    return this.ACTION(() => decodeInteger(token.image, rangeOf(token), false));
  }

  readonly phraseMatch = this.RULE("phraseMatch", (): Expression => {
    const start = this.CONSUME(t.PhraseMatchToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    this.CONSUME(t.Comma);
    const query = this.#text(this.CONSUME(t.StringToken));
    const slop = this.OPTION(() => {
      this.CONSUME2(t.Comma);
      return this.SUBRULE(this.expression, { ARGS: [1] });
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(() =>
      this.#node(
        { kind: "phraseMatch", path, query, ...(slop && { slop }), range: this.#from(start) },
        ...(slop ? [slop] : []),
      ),
    );
  });

  readonly randomSample = this.RULE("randomSample", (): Expression => {
    const start = this.CONSUME(t.RandomSampleToken);
    this.CONSUME(t.LeftParen);
    const factor = this.SUBRULE(this.expression, { ARGS: [1] });
    this.CONSUME(t.RightParen);
    return this.ACTION(() => this.#node({ kind: "randomSample", factor, range: this.#from(start) }, factor));
  });

  readonly spatial = this.RULE("spatial", (): Expression => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.SpatialToken) },
      { ALT: () => this.CONSUME(t.DistanceWithin) },
      { ALT: () => this.CONSUME(t.IsValid) },
    ]);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    let wkt: string | undefined;
    let distance: Expression | undefined;
    this.OPTION({
      GATE: () => start.tokenType !== t.IsValid,
      DEF: () => {
        this.CONSUME(t.Comma);
        wkt = this.#text(this.CONSUME(t.StringToken));
      },
    });
    this.OPTION2({
      GATE: () => start.tokenType === t.DistanceWithin,
      DEF: () => {
        this.CONSUME2(t.Comma);
        distance = this.SUBRULE(this.expression, { ARGS: [1] });
      },
    });
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => {
      const range = this.#from(start);
      const name = start.image.toLowerCase() as SpatialFunction;
      if ((name !== "st_isvalid" && wkt === undefined) || (name === "st_dwithin" && distance === undefined)) {
        const missing = rangeOf(this.LA(0));
        throw new ExpressionProblem(`mismatched input ')' expecting ','`, missing);
      }
      return this.#node(
        {
          kind: "spatial",
          function: name,
          path,
          ...(wkt !== undefined && { wkt }),
          ...(distance && { distance }),
          range,
        },
        ...(distance ? [distance] : []),
      );
    });
  });

  readonly elementFunction = this.RULE("elementFunction", (): Expression => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.ElementFilterToken) },
      { ALT: () => this.CONSUME(t.ElementMatchToken) },
      { ALT: () => this.CONSUME(t.CountedMatchToken) },
    ]);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    this.CONSUME(t.Comma);
    const predicate = this.SUBRULE(this.expression, { ARGS: [1] });
    const threshold = this.OPTION(() => {
      this.CONSUME2(t.Comma);
      this.CONSUME(t.Threshold);
      this.CONSUME(t.Assign);
      return this.#count(this.CONSUME(t.IntegerToken));
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(() => {
      const range = this.#from(start);
      if (start.tokenType === t.ElementFilterToken) {
        return this.#node({ kind: "elementFilter", path, predicate, range }, predicate);
      }
      const name = start.image.toLowerCase() as "match_all";
      return this.#node(
        { kind: "elementMatch", function: name, path, predicate, ...(threshold !== undefined && { threshold }), range },
        predicate,
      );
    });
  });
}
