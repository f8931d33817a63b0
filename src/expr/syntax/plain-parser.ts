import { BoundedMap } from "../../values/bounded-map.js";
import { ExpressionProblem, MAX_HEIGHT, MAX_NESTING, MAX_TEXT_BYTES } from "../problem.js";
import type { ComparisonOperator, Expression, Path, Placeholder } from "./ast.js";
import { decodePath, decodeString } from "./literals.js";
import { plainList } from "./plain-list.js";
import { type PlainKind, type PlainToken, plainTokens } from "./plain-tokens.js";
import { requireLow } from "./tree-height.js";

/**
 * The tree of a text that has comparisons, ranges, arithmetic, lists, patterns and null tests of paths, joined by and, or, not: most
 * filters have nothing else. It is the tree that the parser makes, in a tenth of the time, and in a hundredth where it would be the first
 * of the process: the parser has a grammar to look at before.
 *
 * @returns undefined for every other text. What is wrong with a text is the parser's to say.
 */
export function parsePlain(text: string): Expression | undefined {
  if (text.length * 3 > MAX_TEXT_BYTES || !text.isWellFormed()) return undefined;
  const tokens = plainTokens(text);
  if (tokens === undefined) return undefined;
  try {
    const tree = new PlainParser(text, tokens).filter();
    if (tokens.length > MAX_HEIGHT) requireLow(tree);
    return tree;
  } catch (error) {
    if (error instanceof NotPlain || error instanceof ExpressionProblem) return undefined;
    throw error;
  }
}

/** Only the parser knows what to make of it. */
class NotPlain extends Error {}

/** Binding strength of the operators that stand between operands, as in `parser.ts`. */
function strengthOf(kind: PlainToken["kind"]): number {
  switch (kind) {
    case "or":
      return 1;
    case "and":
      return 2;
    case "==":
    case "!=":
      return 6;
    case "<":
    case "<=":
    case ">":
    case ">=":
      return 7;
    case "in":
    case "not":
      return 9;
    case "+":
    case "-":
      return 11;
    case "*":
    case "/":
    case "%":
      return 12;
    case "like":
      return 15;
    default:
      return 0;
  }
}
const [WEAKEST, RANGE, LIST, PREFIXED, STRONGEST] = [1, 8, 10, 14, 16];

/** Paths come again more often than filters do. */
const paths = new BoundedMap<string, ReturnType<typeof decodePath>>({
  entries: 256,
  weight: 100_000,
  weigh: (_, image) => image.length,
});

type Prefix = PlainToken & { readonly kind: "+" | "-" | "not" };

class PlainParser {
  readonly #text: string;
  readonly #tokens: readonly PlainToken[];
  #at = 0;
  #open = 0;

  constructor(text: string, tokens: readonly PlainToken[]) {
    this.#text = text;
    this.#tokens = tokens;
  }

  filter(): Expression {
    const tree = this.#expression(WEAKEST);
    this.#expect("end");
    return tree;
  }

  /** Operators and operands from a binding strength on. */
  #expression(minimum: number): Expression {
    this.#open += 1;
    if (this.#open > MAX_NESTING) throw new NotPlain();
    const from = this.#at;
    const end = this.#skipPrefixes();
    let left = this.#primary();
    if (end > from) {
      while (this.#strength() >= PREFIXED) left = this.#joined(left, PREFIXED);
      for (let at = end - 1; at >= from; at--) {
        const prefix = this.#tokens[at] as Prefix;
        left = { kind: "unary", operator: prefix.kind, operand: left, range: this.#since(prefix.start) };
      }
    }
    /** The chain that grows here: operands in parentheses stay nodes of their own. */
    let chain: Expression[] | undefined;
    while (this.#strength() >= minimum || (minimum === RANGE && this.#isRange())) {
      const { kind } = this.#next();
      if (kind !== "and" && kind !== "or") {
        left = this.#joined(left, minimum);
        continue;
      }
      this.#at += 1;
      const right = this.#expression(strengthOf(kind) + 1);
      if (left.kind === "logical" && left.operands === chain && left.operator === kind) chain.push(right);
      else chain = [left, right];
      left = { kind: "logical", operator: kind, operands: chain, range: this.#since(left.range.start) };
    }
    this.#open -= 1;
    return left;
  }

  /** @returns where the operand begins */
  #skipPrefixes(): number {
    for (let { kind } = this.#next(); kind === "+" || kind === "-" || kind === "not"; { kind } = this.#next())
      this.#at++;
    return this.#at;
  }

  /** What the operator that comes next makes of its left side. */
  #joined(left: Expression, minimum: number): Expression {
    const { kind } = this.#next();
    if (minimum <= RANGE && this.#isRange()) return this.#range(left);
    this.#at += 1;
    switch (kind) {
      case "not":
      case "in": {
        if (kind === "not") this.#expect("in");
        const list = this.#expression(LIST);
        const range = this.#since(left.range.start);
        return { kind: "membership", operand: left, list, negated: kind === "not", range };
      }
      case "like": {
        const token = this.#next();
        const pattern = token.kind === "string" ? this.#string() : this.#placeholder();
        return { kind: "like", operand: left, pattern, range: this.#since(left.range.start) };
      }
      case "+":
      case "-":
      case "*":
      case "/":
      case "%": {
        const right = this.#expression(strengthOf(kind) + 1);
        return { kind: "arithmetic", operator: kind, left, right, range: this.#since(left.range.start) };
      }
      default: {
        const right = this.#expression(strengthOf(kind) + 1);
        const operator = kind as ComparisonOperator;
        return { kind: "comparison", operator, left, right, range: this.#since(left.range.start) };
      }
    }
  }

  /** `lower < path <= upper` */
  #range(left: Expression): Expression {
    const first = this.#take().kind;
    const path = this.#path();
    const second = this.#take().kind;
    const right = this.#expression(RANGE + 1);
    const rising = first.startsWith("<");
    const [lower, upper] = rising ? [left, right] : [right, left];
    const [low, high] = rising ? [first, second] : [second, first];
    const lowerInclusive = low.length === 2;
    const upperInclusive = high.length === 2;
    const range = this.#since(left.range.start);
    return { kind: "rangeTest", path, lower, lowerInclusive, upper, upperInclusive, range };
  }

  #primary(): Expression {
    const token = this.#next();
    switch (token.kind) {
      case "integer":
      case "float":
        this.#at += 1;
        return { kind: token.kind, value: token.value, range: rangeOf(token) } as Expression;
      case "true":
      case "false":
        this.#at += 1;
        return { kind: "boolean", value: token.kind === "true", range: rangeOf(token) };
      case "string":
        return { kind: "string", value: this.#string(), range: rangeOf(token) };
      case "list":
        this.#at += 1;
        return plainList(token.integers, this.#image(token), rangeOf(token));
      case "[":
        return this.#elements();
      case "{":
        return this.#placeholder();
      case "(": {
        this.#at += 1;
        const inner = this.#expression(WEAKEST);
        this.#expect(")");
        return inner;
      }
      case "exists": {
        this.#at += 1;
        const operand = this.#expression(STRONGEST);
        return { kind: "exists", operand, range: this.#since(token.start) };
      }
      default:
        return this.#pathOrNullTest();
    }
  }

  #elements(): Expression {
    const { start } = this.#take();
    const elements: Expression[] = [];
    while (this.#next().kind !== "]") {
      const after = this.#tokens[this.#at + 1]?.kind;
      // The usual element has no operators.
      elements.push(after === "," || after === "]" ? this.#primary() : this.#expression(WEAKEST));
      if (this.#next().kind !== "]") this.#expect(",");
    }
    this.#at += 1;
    return { kind: "list", elements, range: this.#since(start) };
  }

  #pathOrNullTest(): Expression {
    const path = this.#path();
    const { kind } = this.#next();
    if (kind !== "is null" && kind !== "is not null") return path;
    this.#at += 1;
    return { kind: "nullTest", path, negated: kind === "is not null", range: this.#since(path.range.start) };
  }

  #path(): Path {
    const token = this.#take();
    const range = rangeOf(token);
    const image = this.#image(token);
    if (token.kind === "name") return { kind: "path", range, name: image, steps: [] };
    if (token.kind !== "path") throw new NotPlain();
    const { name, steps } = paths.getOrMake(image, () => decodePath(image, range));
    return { kind: "path", range, name, steps };
  }

  #placeholder(): Placeholder {
    const { start } = this.#expect("{");
    const name = this.#image(this.#expect("name"));
    this.#expect("}");
    return { kind: "placeholder", name, range: this.#since(start) };
  }

  #string(): string {
    const token = this.#take();
    return decodeString(this.#image(token), rangeOf(token));
  }

  /** Strength of the operator that comes next; 0 where none does. */
  #strength(): number {
    const { kind } = this.#next();
    return kind === "not" && this.#tokens[this.#at + 1]?.kind !== "in" ? 0 : strengthOf(kind);
  }

  /** `op path op` with both operators of one direction. */
  #isRange(): boolean {
    const first = this.#next().kind;
    if (first !== "<" && first !== "<=" && first !== ">" && first !== ">=") return false;
    const path = this.#tokens[this.#at + 1]?.kind;
    if (path !== "name" && path !== "path") return false;
    const second = this.#tokens[this.#at + 2]?.kind;
    return first.startsWith("<") ? second === "<" || second === "<=" : second === ">" || second === ">=";
  }

  #next(): PlainToken {
    return this.#tokens[this.#at] as PlainToken;
  }

  #take(): PlainToken {
    const token = this.#next();
    this.#at += 1;
    return token;
  }

  #expect(kind: PlainKind): PlainToken {
    const token = this.#take();
    if (token.kind !== kind) throw new NotPlain();
    return token;
  }

  #image({ start, end }: PlainToken): string {
    return this.#text.slice(start, end);
  }

  /** From a place to the end of what was read last. */
  #since(start: number): { readonly start: number; readonly end: number } {
    return { start, end: (this.#tokens[this.#at - 1] as PlainToken).end };
  }
}

function rangeOf({ start, end }: PlainToken): { readonly start: number; readonly end: number } {
  return { start, end };
}
