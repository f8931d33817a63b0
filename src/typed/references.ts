import { refusal } from "../option-rules.js";
import { shownText } from "../values/shown-text.js";
import { Condition } from "./conditions.js";

/** A text as filters write it. */
function quoted(text: string): string {
  if (typeof text !== "string") throw refusal(`a filter takes a text here, not ${shownText(text, 60)}`);
  return JSON.stringify(text);
}

/** Something that a filter compares: a field, a path into one, an item of one. */
export class Reference {
  readonly place: string;

  constructor(place: string) {
    this.place = place;
  }

  protected compare(sign: string, value: unknown): Condition {
    return new Condition([`${this.place} ${sign} `, { value }]);
  }

  protected call(name: string, value: unknown): Condition {
    return new Condition([`${name}(${this.place}, `, { value }, ")"]);
  }

  isNull(): Condition {
    return new Condition([`${this.place} is null`]);
  }

  isNotNull(): Condition {
    return new Condition([`${this.place} is not null`]);
  }
}

export class EqualReference<Value> extends Reference {
  eq(value: Value): Condition {
    return this.compare("==", value);
  }
  ne(value: Value): Condition {
    return this.compare("!=", value);
  }
  in(values: readonly Value[]): Condition {
    return this.compare("in", values);
  }
  notIn(values: readonly Value[]): Condition {
    return this.compare("not in", values);
  }
}

export class OrderedReference<Value> extends EqualReference<Value> {
  gt(value: Value): Condition {
    return this.compare(">", value);
  }
  gte(value: Value): Condition {
    return this.compare(">=", value);
  }
  lt(value: Value): Condition {
    return this.compare("<", value);
  }
  lte(value: Value): Condition {
    return this.compare("<=", value);
  }
  /** Both bounds are allowed. */
  between(least: Value, most: Value): Condition {
    return this.gte(least).and(this.lte(most));
  }
}

/** A text that is not searched for words: one in a struct array. */
export class PlainTextReference extends OrderedReference<string> {
  /** `%` is any text, `_` any character. */
  like(pattern: string): Condition {
    return this.compare("like", pattern);
  }
}

export class TextReference extends PlainTextReference {
  /** Has at least one of the words, or `atLeast` of them. The field must have `words()`. */
  match(words: string, atLeast?: number): Condition {
    const least = atLeast === undefined ? "" : `, minimum_should_match=${Number(atLeast)}`;
    return new Condition([`text_match(${this.place}, ${quoted(words)}${least})`]);
  }
  /** Has the words one after the other, with at most `slop` moves between. The field must have `words()`. */
  phrase(words: string, slop = 0): Condition {
    return new Condition([`phrase_match(${this.place}, ${quoted(words)}, ${Number(slop)})`]);
  }
}

/** Points in time have no place in values: they stand in the text. */
export class TimeReference extends Reference {
  #at(sign: string, moment: Date | string): Condition {
    const text = moment instanceof Date ? moment.toISOString() : moment;
    if (typeof text !== "string" || /['\\]/.test(text)) {
      throw refusal(`a moment is a Date or a text of ISO 8601, not ${shownText(moment, 60)}`);
    }
    return new Condition([`${this.place} ${sign} ISO '${text}'`]);
  }
  eq(moment: Date | string): Condition {
    return this.#at("==", moment);
  }
  ne(moment: Date | string): Condition {
    return this.#at("!=", moment);
  }
  gt(moment: Date | string): Condition {
    return this.#at(">", moment);
  }
  gte(moment: Date | string): Condition {
    return this.#at(">=", moment);
  }
  lt(moment: Date | string): Condition {
    return this.#at("<", moment);
  }
  lte(moment: Date | string): Condition {
    return this.#at("<=", moment);
  }
}

export class ArrayReference<Value> extends Reference {
  contains(value: Value): Condition {
    return this.call("array_contains", value);
  }
  containsAll(values: readonly Value[]): Condition {
    return this.call("array_contains_all", values);
  }
  containsAny(values: readonly Value[]): Condition {
    return this.call("array_contains_any", values);
  }
  length(): OrderedReference<number> {
    return new OrderedReference(`array_length(${this.place})`);
  }
  at(position: number): OrderedReference<Value> {
    return new OrderedReference(`${this.place}[${Number(position)}]`);
  }
}

type JsonValue = string | number | bigint | boolean;

export class JsonReference extends OrderedReference<JsonValue> {
  /** What stands below keys and positions. */
  at(...path: readonly (string | number)[]): JsonReference {
    const steps = path.map((step) => `[${typeof step === "number" ? step : quoted(step)}]`);
    return new JsonReference(this.place + steps.join(""));
  }
  exists(): Condition {
    return new Condition([`exists ${this.place}`]);
  }
  like(pattern: string): Condition {
    return this.compare("like", pattern);
  }
  contains(value: JsonValue): Condition {
    return this.call("json_contains", value);
  }
  containsAll(values: readonly JsonValue[]): Condition {
    return this.call("json_contains_all", values);
  }
  containsAny(values: readonly JsonValue[]): Condition {
    return this.call("json_contains_any", values);
  }
}

export class GeometryReference extends Reference {
  #measure(name: string, wkt: string): Condition {
    return new Condition([`${name}(${this.place}, ${quoted(wkt)})`]);
  }
  contains(wkt: string): Condition {
    return this.#measure("st_contains", wkt);
  }
  within(wkt: string): Condition {
    return this.#measure("st_within", wkt);
  }
  intersects(wkt: string): Condition {
    return this.#measure("st_intersects", wkt);
  }
  /** A point at most so many metres from it. */
  near(point: string, metres: number): Condition {
    return new Condition([`st_dwithin(${this.place}, ${quoted(point)}, ${Number(metres)})`]);
  }
}
