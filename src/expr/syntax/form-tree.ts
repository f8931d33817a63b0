import type { TextRange } from "../text-range.js";
import type { Expression, Like, ListLiteral, Path, Placeholder } from "./ast.js";
import type { Lifted } from "./form.js";
import { decodeString } from "./literals.js";
import { plainList } from "./plain-list.js";

/** Makes the tree of a text from its literals. @throws ExpressionProblem for a string that means nothing */
export type TreeMaker = (text: string, literals: readonly Lifted[]) => Expression;

/** A text whose literals are found, and how far what stands behind each of them lies from where it lay in the text of the form. */
interface Given {
  readonly text: string;
  readonly literals: readonly Lifted[];
  readonly shifts: readonly number[];
}
type Maker<T> = (given: Given) => T;

/** A tree has parts whose literals cannot be told from the rest of it. */
class NoForm extends Error {}

/**
 * What all texts of a form have in common, learned from one of them.
 * @returns undefined where the parser makes more of its literals than values that stand in the tree
 */
export function treeMaker(tree: Expression, literals: readonly Lifted[]): TreeMaker | undefined {
  const learner = new Learner(literals);
  try {
    const make = learner.expression(tree);
    // A literal that is nowhere has become part of something else.
    if (learner.found !== literals.length) return undefined;
    const ends = literals.map(({ end }) => end);
    return (text, given) => {
      const shifts = [0];
      for (let i = 0; i < given.length; i++) shifts.push((given[i] as Lifted).end - (ends[i] as number));
      return make({ text, literals: given, shifts });
    };
  } catch (error) {
    if (error instanceof NoForm) return undefined;
    throw error;
  }
}

class Learner {
  /** How many literals stand in the tree. */
  found = 0;
  readonly #literals: readonly Lifted[];

  constructor(literals: readonly Lifted[]) {
    this.#literals = literals;
  }

  expression(node: Expression): Maker<Expression> {
    const range = this.#range(node.range);
    switch (node.kind) {
      case "integer":
      case "float":
        return this.#number(node.kind, node.range, range);
      case "string": {
        const text = this.#text((literal) => literal.start === node.range.start);
        return (given) => ({ kind: "string", value: text(given), range: range(given) });
      }
      case "list":
        return node.integers === undefined ? this.#elements(node, range) : this.#list(node.range, range);
      case "path":
        return this.#path(node);
      case "boolean":
      case "placeholder":
        return moved(node, range);
      case "nullTest": {
        const path = this.#path(node.path);
        return (given) => ({ ...node, path: path(given), range: range(given) });
      }
      case "unary":
      case "exists": {
        const operand = this.expression(node.operand);
        return (given) => ({ ...node, operand: operand(given), range: range(given) });
      }
      case "comparison": {
        const { kind, operator } = node;
        const left = this.expression(node.left);
        const right = this.expression(node.right);
        return (given) => ({ kind, operator, left: left(given), right: right(given), range: range(given) });
      }
      case "arithmetic": {
        const left = this.expression(node.left);
        const right = this.expression(node.right);
        return (given) => ({ ...node, left: left(given), right: right(given), range: range(given) });
      }
      case "logical": {
        const { kind, operator } = node;
        const operands = node.operands.map((operand) => this.expression(operand));
        return (given) => ({ kind, operator, operands: operands.map((make) => make(given)), range: range(given) });
      }
      case "rangeTest": {
        if (node.path.kind !== "path") throw new NoForm();
        const path = this.#path(node.path);
        const lower = this.expression(node.lower);
        const upper = this.expression(node.upper);
        return (given) => ({
          ...node,
          path: path(given),
          lower: lower(given),
          upper: upper(given),
          range: range(given),
        });
      }
      case "membership": {
        const operand = this.expression(node.operand);
        const list = this.expression(node.list);
        return (given) => ({ ...node, operand: operand(given), list: list(given), range: range(given) });
      }
      case "like":
        return this.#like(node, range);
      default:
        throw new NoForm();
    }
  }

  /** Where something stands: each literal before its ends moves it. */
  #range({ start, end }: TextRange): Maker<TextRange> {
    const before = this.#literals.filter((literal) => literal.end <= start).length;
    const within = this.#literals.filter((literal) => literal.end <= end).length;
    return ({ shifts }) => ({
      start: start + (shifts[before] as number),
      end: end + (shifts[within] as number),
    });
  }

  /** The place of a literal among all of them. */
  #find(kind: Lifted["kind"], isMeant: (literal: Lifted) => boolean): number {
    const place = this.#literals.findIndex((literal) => literal.kind === kind && isMeant(literal));
    if (place === -1) throw new NoForm();
    this.found += 1;
    return place;
  }

  #number(kind: "integer" | "float", { start }: TextRange, range: Maker<TextRange>): Maker<Expression> {
    const place = this.#find(kind, (literal) => literal.start === start);
    return (given) =>
      ({
        kind,
        value: (given.literals[place] as { readonly value: bigint | number }).value,
        range: range(given),
      }) as Expression;
  }

  #text(isMeant: (literal: Lifted) => boolean): Maker<string> {
    const place = this.#find("string", isMeant);
    return ({ text, literals }) => {
      const { start, end } = literals[place] as Lifted;
      return decodeString(text.slice(start, end), { start, end });
    };
  }

  #list({ start }: TextRange, range: Maker<TextRange>): Maker<ListLiteral> {
    const place = this.#find("list", (literal) => literal.start === start);
    return (given) => {
      const literal = given.literals[place] as Extract<Lifted, { readonly kind: "list" }>;
      return plainList(literal.integers, given.text.slice(literal.start, literal.end), range(given));
    };
  }

  #elements(node: ListLiteral, range: Maker<TextRange>): Maker<ListLiteral> {
    const elements = node.elements.map((element) => this.expression(element));
    return (given) => ({ kind: "list", elements: elements.map((make) => make(given)), range: range(given) });
  }

  #path(path: Path): Maker<Path> {
    const { kind, name, steps } = path;
    const range = this.#range(path.range);
    return (given) => ({ kind, name, steps, range: range(given) });
  }

  #like(node: Like, range: Maker<TextRange>): Maker<Like> {
    const operand = this.expression(node.operand);
    const { pattern } = node;
    const made: Maker<string | Placeholder> =
      typeof pattern === "string"
        ? this.#text((literal) => literal.end === node.range.end)
        : moved(pattern, this.#range(pattern.range));
    return (given) => ({ kind: "like", operand: operand(given), pattern: made(given), range: range(given) });
  }
}

/** The same in another place. */
function moved<T extends Expression>(node: T, range: Maker<TextRange>): Maker<T> {
  return (given) => ({ ...node, range: range(given) });
}
