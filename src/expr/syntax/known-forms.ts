import { BoundedMap } from "../../values/bounded-map.js";
import { SeenLately } from "../../values/seen-lately.js";
import { ExpressionProblem } from "../problem.js";
import type { Expression } from "./ast.js";
import { type Form, formOf } from "./form.js";
import { type TreeMaker, treeMaker } from "./form-tree.js";

/** Longer texts are read token by token: a form keeps the text that it was learned from. */
const MOST_CHARACTERS = 64 * 1024;

interface Known {
  /** Null: trees of this form are not made from literals. */
  readonly make: TreeMaker | null;
  readonly weight: number;
}

/**
 * Forms of filters that come again with other values: the tree of such a text is made from its literals, without a parser, and is the one
 * that the parser would make. What is wrong with a text is left to the parser to say.
 */
export class KnownForms {
  readonly #parse: (text: string) => Expression;
  readonly #known = new BoundedMap<string, Known>({
    entries: 256,
    weight: 1_000_000,
    weigh: ({ weight }) => weight,
  });
  readonly #seen = new SeenLately();

  /** @param parse reads a text token by token */
  constructor(parse: (text: string) => Expression) {
    this.#parse = parse;
  }

  /** The tree of a text; undefined where its form is not known, or the text may be wrong. */
  read(text: string): Expression | undefined {
    if (text.length > MOST_CHARACTERS || !text.isWellFormed()) return undefined;
    const form = formOf(text);
    if (form === undefined || form.literals.length === 0) return undefined;
    const { make } = this.#known.get(form.key) ?? this.#learn(text, form);
    if (make === null) return undefined;
    try {
      return make(text, form.literals);
    } catch (error) {
      if (error instanceof ExpressionProblem) return undefined;
      throw error;
    }
  }

  /** @throws ExpressionProblem */
  #learn(text: string, form: Form): Known {
    // Most forms that come twice come often.
    if (!this.#seen.note(form.key)) return { make: null, weight: 0 };
    const make = treeMaker(this.#parse(text), form.literals) ?? null;
    const known = { make, weight: text.length + form.key.length };
    this.#known.set(form.key, known);
    return known;
  }
}
