import { EmbeddedActionsParser, type IToken, type ParserMethod, type TokenType } from "chevrotain";
import type { Expression, Path, SubField, TextRange } from "./ast.js";
import { decodeInteger, decodePath, decodeString } from "./literals.js";
import * as t from "./tokens.js";

export function rangeOf(token: IToken): TextRange {
  return { start: token.startOffset, end: token.startOffset + token.image.length };
}

/** What all rules share: positions, depth, names. */
export abstract class ParserBase extends EmbeddedActionsParser {
  /** Operators and operands from the given binding strength on; 1 is a whole expression. */
  abstract readonly expression: ParserMethod<[minimum: number], Expression>;

  /** @param checked whether the grammar itself is looked at for faults: a test does that, not each process */
  constructor(checked = false) {
    super(t.vocabulary, {
      maxLookahead: 1,
      nodeLocationTracking: "none",
      recoveryEnabled: false,
      skipValidations: !checked,
    });
  }

  protected from(start: IToken): TextRange {
    return { start: start.startOffset, end: rangeOf(this.LA(0)).end };
  }
  protected since(first: Expression): TextRange {
    return { start: first.range.start, end: rangeOf(this.LA(0)).end };
  }

  protected next(type: TokenType): boolean {
    return this.LA(1).tokenType === type;
  }

  protected path(token: IToken): Path {
    return this.ACTION((): Path => {
      const range = rangeOf(token);
      return { kind: "path", range, ...decodePath(token.image, range) };
    });
  }

  /** The value of a string token. */
  protected text(token: IToken): string {
    return this.ACTION(() => decodeString(token.image, rangeOf(token)));
  }

  protected count(token: IToken): bigint {
    return this.ACTION(() => decodeInteger(token.image, rangeOf(token), false));
  }

  readonly pathRule = this.RULE("pathRule", (): Path => {
    const token = this.OR([{ ALT: () => this.CONSUME(t.Identifier) }, { ALT: () => this.CONSUME(t.PathToken) }]);
    return this.path(token);
  });

  readonly subField = this.RULE("subField", (): SubField => {
    const token = this.CONSUME(t.SubFieldToken);
    return this.ACTION((): SubField => ({ kind: "subField", name: token.image.slice(2, -1), range: rangeOf(token) }));
  });

  readonly nameRule = this.RULE("nameRule", (): Path => this.path(this.CONSUME(t.Identifier)));
}
