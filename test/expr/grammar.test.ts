import { Lexer } from "chevrotain";
import { describe, expect, it } from "vitest";
import { ExpressionParser } from "../../src/expr/syntax/parser.js";
import { LEXER_CONFIG, vocabulary } from "../../src/expr/syntax/tokens.js";

describe("the language of filters, which a process takes for granted", () => {
  it("has a vocabulary without faults", () => {
    const { lexerDefinitionErrors } = new Lexer(vocabulary, {
      ...LEXER_CONFIG,
      skipValidations: false,
      ensureOptimizations: true,
      deferDefinitionErrorsHandling: true,
    });
    expect(lexerDefinitionErrors).toEqual([]);
  });

  it("has a grammar without faults", () => {
    expect(() => new ExpressionParser(true)).not.toThrow();
  });
});
