import { refusal } from "../option-rules.js";
import { shownText } from "../values/shown-text.js";

/** A piece of a filter's text, or a value that stands in it. */
type Piece = string | { readonly value: unknown };

/** A filter that was put together: its values never become part of its text. */
export class Condition {
  /** Looked at in place of the class: the package may be there twice, as an ES module and as CommonJS. */
  readonly pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  static is(value: unknown): value is Condition {
    return Array.isArray((value as Partial<Condition> | undefined)?.pieces);
  }

  and(...others: readonly Condition[]): Condition {
    return joined("and", [this, ...others]);
  }

  or(...others: readonly Condition[]): Condition {
    return joined("or", [this, ...others]);
  }

  not(): Condition {
    return new Condition(["not (", ...this.pieces, ")"]);
  }

  /** In brackets, to stand beside others. */
  static inner(condition: Condition): readonly Piece[] {
    return ["(", ...condition.pieces, ")"];
  }

  /** The filter as requests have it. */
  get request(): { readonly filter: string; readonly exprParams: Readonly<Record<string, unknown>> } {
    const exprParams: Record<string, unknown> = {};
    const texts = this.pieces.map((piece) => {
      if (typeof piece === "string") return piece;
      const name = `v${Object.keys(exprParams).length}`;
      exprParams[name] = piece.value;
      return `{${name}}`;
    });
    return { filter: texts.join(""), exprParams };
  }

  toString(): string {
    return this.pieces.map((piece) => (typeof piece === "string" ? piece : shownText(piece.value, 60))).join("");
  }
}

function joined(word: "and" | "or", conditions: readonly Condition[]): Condition {
  return new Condition(
    conditions.flatMap((condition, i) => {
      if (!Condition.is(condition)) throw refusal(`"${word}" takes conditions, not ${shownText(condition, 60)}`);
      return i === 0 ? Condition.inner(condition) : [` ${word} `, ...Condition.inner(condition)];
    }),
  );
}

/** All of them hold. */
export function and(first: Condition, ...others: readonly Condition[]): Condition {
  return joined("and", [first, ...others]);
}

/** One of them holds. */
export function or(first: Condition, ...others: readonly Condition[]): Condition {
  return joined("or", [first, ...others]);
}

export function not(condition: Condition): Condition {
  return joined("and", [condition]).not();
}

/** A filter's own words, with values in them: ``filter`age % ${2} == 1` ``. What it names is checked when it is used. */
export function filter(texts: TemplateStringsArray, ...values: readonly unknown[]): Condition {
  return new Condition(texts.flatMap((text, i) => (i < values.length ? [text, { value: values[i] }] : [text])));
}
