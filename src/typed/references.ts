import { refusal } from "../option-rules.js";
import { didYouMean } from "../values/nearest-name.js";
import { shownText } from "../values/shown-text.js";
import { Condition } from "./conditions.js";
import type { Field, FieldKind, FieldUse } from "./fields.js";
import type { Schema } from "./schema.js";

/** A text as filters write it. */
function quoted(text: string): string {
  if (typeof text !== "string") throw refusal(`a filter takes a text here, not ${shownText(text, 60)}`);
  return JSON.stringify(text);
}

/** Something that a filter compares: a field, a path into one, an item of one. */
class Reference {
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

class EqualReference<Value> extends Reference {
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

class OrderedReference<Value> extends EqualReference<Value> {
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

class TextReference extends OrderedReference<string> {
  /** `%` is any text, `_` any character. */
  like(pattern: string): Condition {
    return this.compare("like", pattern);
  }
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
class TimeReference extends Reference {
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

class ArrayReference<Value> extends Reference {
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

class JsonReference extends OrderedReference<JsonValue> {
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

class GeometryReference extends Reference {
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

type ReferenceOf<Kind extends FieldKind, Value> = Kind extends "text"
  ? TextReference
  : Kind extends "key" | "number"
    ? OrderedReference<NonNullable<Value>>
    : Kind extends "bool"
      ? EqualReference<boolean>
      : Kind extends "time"
        ? TimeReference
        : Kind extends "array"
          ? ArrayReference<NonNullable<Value> extends readonly (infer Item)[] ? Item : never>
          : Kind extends "json"
            ? JsonReference
            : Kind extends "geometry"
              ? GeometryReference
              : Reference;

/** What the function of a filter is given: the fields by their names, and dynamic keys where rows may have some. */
export type Names<S> =
  S extends Schema<infer F, infer Dynamic>
    ? {
        readonly [Name in keyof F]: F[Name] extends Field<infer Kind, infer Given, unknown, FieldUse>
          ? ReferenceOf<Kind, Given>
          : never;
      } & (Dynamic extends true ? { readonly $meta: JsonReference } : unknown)
    : never;

/** A filter that is made in the program: a condition, or a function that makes one of the fields. */
export type MadeFilter<S> = Condition | ((fields: Names<S>) => Condition);

/** A filter: its text, or one that is made. */
export type Filter<S> = string | MadeFilter<S>;

const REFERENCES: Readonly<Record<FieldKind, new (place: string) => Reference>> = {
  key: OrderedReference,
  number: OrderedReference,
  text: TextReference,
  bool: EqualReference,
  time: TimeReference,
  array: ArrayReference,
  json: JsonReference,
  geometry: GeometryReference,
  vector: Reference,
};

const KINDS: Readonly<Record<string, FieldKind>> = {
  Bool: "bool",
  VarChar: "text",
  Text: "text",
  Timestamptz: "time",
  JSON: "json",
  Array: "array",
  Geometry: "geometry",
};

/** The names of a schema, for a function of a filter. */
export function namesOf<S extends Schema>(schema: S): Names<S> {
  const names: Record<string, Reference> = Object.create(null);
  for (const [name, { parts }] of Object.entries(schema.fields)) {
    const { dataType } = parts.definition;
    const kind = dataType.endsWith("Vector") ? "vector" : (KINDS[dataType] ?? "number");
    names[name] = new REFERENCES[kind](name);
  }
  if (schema.options.dynamic === true) names["$meta"] = new JsonReference("$meta");
  return new Proxy(names, {
    get(known, name) {
      if (typeof name === "symbol" || name in known) return Reflect.get(known, name);
      throw refusal(`the schema has no field "${name}"${didYouMean(name, Object.keys(known))}`);
    },
  }) as Names<S>;
}
