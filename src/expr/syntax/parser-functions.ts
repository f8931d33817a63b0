import type { IToken } from "chevrotain";
import { ExpressionProblem } from "../problem.js";
import type { Expression, Placeholder, SpatialFunction } from "./ast.js";
import { ParserBase, rangeOf } from "./parser-base.js";
import * as t from "./tokens.js";

/** Everything that looks like a function with a keyword for its name. */
export abstract class FunctionParser extends ParserBase {
  readonly placeholder = this.RULE("placeholder", (): Placeholder => {
    const start = this.CONSUME(t.LeftBrace);
    const name = this.CONSUME(t.Identifier).image;
    this.CONSUME(t.RightBrace);
    return this.ACTION((): Placeholder => ({ kind: "placeholder", name, range: this.from(start) }));
  });

  readonly textOrVariable = this.RULE("textOrVariable", (): string | Placeholder => {
    return this.OR([
      { ALT: (): string | Placeholder => this.text(this.CONSUME(t.StringToken)) },
      { ALT: (): string | Placeholder => this.SUBRULE(this.placeholder) },
    ]);
  });

  readonly builtin = this.RULE("builtin", (): Expression => {
    return this.OR([
      { ALT: () => this.SUBRULE(this.contains) },
      { ALT: () => this.SUBRULE(this.arrayLength) },
      { ALT: () => this.SUBRULE(this.textMatch) },
      { ALT: () => this.SUBRULE(this.phraseMatch) },
      { ALT: () => this.SUBRULE(this.fuzzyMatch) },
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
    return this.ACTION((): Expression => {
      const type = start.tokenType;
      const mode = type === t.ContainsAll ? "all" : type === t.ContainsAny ? "any" : "one";
      return { kind: "contains", mode, operand, element, range: this.from(start) };
    });
  });

  readonly arrayLength = this.RULE("arrayLength", (): Expression => {
    const start = this.CONSUME(t.ArrayLengthToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.pathRule);
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => ({ kind: "arrayLength", path, range: this.from(start) }));
  });

  readonly textMatch = this.RULE("textMatch", (): Expression => {
    const start = this.CONSUME(t.TextMatchToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    this.CONSUME(t.Comma);
    const query = this.SUBRULE(this.matchQuery, { ARGS: [start] });
    const minimumShouldMatch = this.OPTION(() => {
      this.CONSUME2(t.Comma);
      this.CONSUME(t.MinimumShouldMatch);
      this.CONSUME(t.Assign);
      return this.count(this.CONSUME(t.IntegerToken));
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(
      (): Expression => ({
        kind: "textMatch",
        path,
        query,
        ...(minimumShouldMatch !== undefined && { minimumShouldMatch }),
        range: this.from(start),
      }),
    );
  });

  readonly phraseMatch = this.RULE("phraseMatch", (): Expression => {
    const start = this.CONSUME(t.PhraseMatchToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    this.CONSUME(t.Comma);
    const query = this.SUBRULE(this.matchQuery, { ARGS: [start] });
    const slop = this.OPTION(() => {
      this.CONSUME2(t.Comma);
      return this.SUBRULE(this.expression, { ARGS: [1] });
    });
    this.CONSUME(t.RightParen);
    return this.ACTION(
      (): Expression => ({ kind: "phraseMatch", path, query, ...(slop && { slop }), range: this.from(start) }),
    );
  });

  readonly fuzzyMatch = this.RULE("fuzzyMatch", (): Expression => {
    const start = this.CONSUME(t.FuzzyMatchToken);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    this.CONSUME(t.Comma);
    const query = this.SUBRULE(this.matchQuery, { ARGS: [start] });
    this.CONSUME2(t.Comma);
    // No keyword: a field may have this name.
    const option = this.CONSUME(t.Identifier);
    this.CONSUME(t.Assign);
    const negative = this.OPTION(() => this.CONSUME(t.Minus)) !== undefined;
    const distance = this.CONSUME(t.IntegerToken);
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => {
      if (option.image.toLowerCase() !== "max_edit_distance") {
        throw new ExpressionProblem(
          `unexpected option "${option.image}" in text_match_fuzzy, expected max_edit_distance`,
          rangeOf(option),
        );
      }
      const value = this.#editDistance(distance);
      return { kind: "fuzzyMatch", path, query, maxEditDistance: negative ? -value : value, range: this.from(start) };
    });
  });

  #editDistance(token: IToken): bigint {
    try {
      return this.count(token);
    } catch (error) {
      if (!(error instanceof ExpressionProblem)) throw error;
      throw new ExpressionProblem(`invalid max_edit_distance value: ${token.image.slice(0, 80)}`, rangeOf(token));
    }
  }

  /** What a text is searched for: words, or a variable that holds them. */
  readonly matchQuery = this.RULE("matchQuery", (start: IToken): string | Placeholder => {
    const query = this.SUBRULE(this.expression, { ARGS: [1] });
    return this.ACTION(() => {
      if (query.kind === "string") return query.value;
      if (query.kind === "placeholder") return query;
      const name = start.image.toLowerCase();
      throw new ExpressionProblem(`${name} query should be a string literal or template variable`, query.range);
    });
  });

  readonly randomSample = this.RULE("randomSample", (): Expression => {
    const start = this.CONSUME(t.RandomSampleToken);
    this.CONSUME(t.LeftParen);
    const factor = this.SUBRULE(this.expression, { ARGS: [1] });
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => ({ kind: "randomSample", factor, range: this.from(start) }));
  });

  readonly spatial = this.RULE("spatial", (): Expression => {
    const start = this.OR([
      { ALT: () => this.CONSUME(t.SpatialToken) },
      { ALT: () => this.CONSUME(t.DistanceWithin) },
      { ALT: () => this.CONSUME(t.IsValid) },
    ]);
    this.CONSUME(t.LeftParen);
    const path = this.SUBRULE(this.nameRule);
    let wkt: string | Placeholder | undefined;
    let distance: Expression | undefined;
    this.OPTION({
      GATE: () => start.tokenType !== t.IsValid,
      DEF: () => {
        this.CONSUME(t.Comma);
        wkt = this.SUBRULE(this.textOrVariable);
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
      const range = this.from(start);
      const name = start.image.toLowerCase() as SpatialFunction;
      if ((name !== "st_isvalid" && wkt === undefined) || (name === "st_dwithin" && distance === undefined)) {
        const missing = rangeOf(this.LA(0));
        throw new ExpressionProblem(`mismatched input ')' expecting ','`, missing);
      }
      return {
        kind: "spatial",
        function: name,
        path,
        ...(wkt !== undefined && { wkt }),
        ...(distance && { distance }),
        range,
      };
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
      const negative = this.OPTION2(() => this.CONSUME(t.Minus)) !== undefined;
      const count = this.count(this.CONSUME(t.IntegerToken));
      return negative ? -count : count;
    });
    this.CONSUME(t.RightParen);
    return this.ACTION((): Expression => {
      const range = this.from(start);
      if (start.tokenType === t.ElementFilterToken) {
        return { kind: "elementFilter", path, predicate, range };
      }
      const name = start.image.toLowerCase() as "match_all";
      const counted = threshold !== undefined && { threshold };
      return { kind: "elementMatch", function: name, path, predicate, ...counted, range };
    });
  });
}
