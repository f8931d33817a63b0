import { ExpressionProblem } from "../problem.js";
import type { Path } from "./ast.js";
import { decodePath } from "./literals.js";
import { expressionLexer, Identifier, MetaToken, PathToken } from "./tokens.js";

/**
 * Reads a text that is nothing but the name of a field or dynamic key, or what lies below one: `color`, `$meta["user-id"]`.
 * Undefined for any other text.
 */
export function parsePath(text: string): Path | undefined {
  const { tokens, errors } = expressionLexer().tokenize(text);
  const [token, another] = tokens;
  if (token === undefined || another !== undefined || errors.length > 0) return undefined;
  const range = { start: token.startOffset, end: text.length };
  if (token.tokenType === Identifier || token.tokenType === MetaToken) {
    return { kind: "path", name: token.image, steps: [], range };
  }
  if (token.tokenType !== PathToken) return undefined;
  try {
    const path: Path = { kind: "path", range, ...decodePath(token.image, range) };
    // The field of a struct: a name of its own.
    return path.steps.some(({ kind }) => kind === "name") ? undefined : path;
  } catch (error) {
    if (error instanceof ExpressionProblem) return undefined;
    throw error;
  }
}
