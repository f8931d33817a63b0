import { failure } from "../../errors.js";
import { isList, isPlainObject, saidValue } from "../../values/js-value.js";
import { shownText } from "../../values/shown-text.js";
import type { CollectionSchema } from "../model/schema.js";
import { fieldsOfStruct, splitSubField } from "../model/structs.js";

type Values = Readonly<Record<string, unknown>>;

interface KnownStruct {
  readonly name: string;
  /** Full name of a field by its own. */
  readonly fields: ReadonlyMap<string, string>;
}

/** Rows as callers write them have lists of objects; what is stored is a list per field of a struct. */
export class StructRows {
  readonly #structs: readonly KnownStruct[];
  readonly #fieldNames: ReadonlySet<string>;

  constructor(schema: CollectionSchema) {
    this.#structs = schema.structs.map(({ name }) => ({
      name,
      fields: new Map(
        fieldsOfStruct(schema, name).map((field) => [splitSubField(field.name)?.field ?? field.name, field.name]),
      ),
    }));
    this.#fieldNames = new Set(this.#structs.flatMap(({ fields }) => [...fields.values()]));
  }

  /**
   * The values of a row by field: null where a struct is null, absent where it is absent.
   *
   * @throws BadRow
   */
  spread(values: Values): Values {
    if (this.#structs.length === 0) return values;
    const spread: Record<string, unknown> = { ...values };
    for (const name of this.#fieldNames) {
      if (Object.hasOwn(values, name)) throw badStruct(name, "is a field of a struct, which is written as a whole");
    }
    for (const struct of this.#structs) {
      if (!Object.hasOwn(values, struct.name)) continue;
      const value = saidValue(values[struct.name]);
      delete spread[struct.name];
      for (const [name, list] of columnsOf(struct, value)) spread[name] = list;
    }
    return spread;
  }
}

function* columnsOf({ name, fields }: KnownStruct, value: unknown): Iterable<[string, unknown]> {
  if (value === null || value === undefined) {
    for (const full of fields.values()) yield [full, null];
    return;
  }
  if (!isList(value)) throw badStruct(name, "is no list of elements", value);
  const elements = Array.from(value, (element, i) => elementOf(name, fields, element, i));
  for (const [field, full] of fields) yield [full, elements.map((element) => element[field])];
}

/** An element that has every field of its struct and no other. */
function elementOf(struct: string, fields: ReadonlyMap<string, string>, given: unknown, i: number): Values {
  const element = saidValue(given);
  if (typeof element !== "object" || element === null || Array.isArray(element) || !isPlainObject(element)) {
    throw badStruct(struct, `has an element ${i} that is no object`, given);
  }
  for (const field of fields.keys()) {
    if (!Object.hasOwn(element, field)) throw badStruct(struct, `has an element ${i} without the sub-field ${field}`);
  }
  const other = Object.keys(element).find((key) => !fields.has(key));
  if (other !== undefined)
    throw badStruct(struct, `has an element ${i} with ${shownText(other)}, which is no sub-field`);
  return element as Values;
}

function badStruct(struct: string, detail: string, value?: unknown): Error {
  const shown = value === undefined ? "" : `: invalid parameter[expected=Array[Struct]][actual=${shownText(value)}]`;
  return failure("BadRow", { detail: `field ${struct} ${detail}${shown}` });
}
