import { refusal } from "../option-rules.js";
import { shownText } from "../values/shown-text.js";
import { Condition } from "./conditions.js";
import type { GivenOf, KindOf } from "./fields.js";
import {
  ArrayReference,
  type EqualReference,
  OrderedReference,
  type PlainTextReference,
  Reference,
} from "./references.js";

type ElementReference<Kind, Value> = Kind extends "text"
  ? PlainTextReference
  : Kind extends "bool"
    ? EqualReference<boolean>
    : OrderedReference<Value>;

/** The fields of an element by their names; vectors cannot be filtered by. */
export type ElementNames<Inner> = {
  readonly [Name in keyof Inner as KindOf<Inner[Name]> extends "vector" | "vectors" ? never : Name]: ElementReference<
    KindOf<Inner[Name]>,
    GivenOf<Inner[Name]>
  >;
};

type Of<Inner> = (element: ElementNames<Inner>) => Condition;

/** A struct array: its elements are counted by what holds for them. */
export class StructReference<Inner> extends Reference {
  readonly #namesAt: (place: string) => ElementNames<Inner>;

  /** @param namesAt the fields of an element behind the text that stands for it */
  constructor(place: string, namesAt: (place: string) => ElementNames<Inner>) {
    super(place);
    this.#namesAt = namesAt;
  }

  /** For at least one element. */
  any(of: Of<Inner>): Condition {
    return this.#elements("match_any", of);
  }
  /** For every element; an empty list has none that it does not hold for. */
  all(of: Of<Inner>): Condition {
    return this.#elements("match_all", of);
  }
  atLeast(count: number, of: Of<Inner>): Condition {
    return this.#elements("match_least", of, count);
  }
  atMost(count: number, of: Of<Inner>): Condition {
    return this.#elements("match_most", of, count);
  }
  exactly(count: number, of: Of<Inner>): Condition {
    return this.#elements("match_exact", of, count);
  }
  /** Chooses elements: a query answers a row for each, and a search for elements of this struct finds these alone. The last part of a filter. */
  elements(of: Of<Inner>): Condition {
    return this.#elements("element_filter", of);
  }

  length(): OrderedReference<number> {
    return new OrderedReference(`array_length(${this.place})`);
  }
  /** The element at a position, from 0 on. */
  at(position: number): ElementNames<Inner> {
    return this.#namesAt(`${this.place}[${Number(position)}]`);
  }
  /** What the elements have in one field. */
  values<Name extends keyof ElementNames<Inner> & keyof Inner>(name: Name): ArrayReference<GivenOf<Inner[Name]>> {
    return new ArrayReference((this.#namesAt(this.place)[name] as Reference).place);
  }

  #elements(name: string, of: Of<Inner>, count?: number): Condition {
    const condition: unknown = typeof of === "function" ? of(this.#namesAt("$")) : of;
    if (typeof of !== "function" || !Condition.is(condition)) {
      throw refusal(`${name} takes a function of an element that answers a condition, not ${shownText(condition, 60)}`);
    }
    const threshold = count === undefined ? "" : `, threshold=${Number(count)}`;
    return new Condition([`${name}(${this.place}, `, ...condition.pieces, `${threshold})`]);
  }
}
