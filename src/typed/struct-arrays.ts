import type { StructDefinition } from "../engine/contract/fields.js";
import type { Field, GivenOf, ShownOf } from "./fields.js";

/** A field of elements: neither a key nor nullable, and without a default. */
export type ElementField = Field<
  "number" | "key" | "bool" | "text" | "vector" | "vectors",
  unknown,
  unknown,
  "required"
>;

export type ElementFields = Readonly<Record<string, ElementField>>;

type StructUse = "required" | "optional";

type GivenElement<Inner> = { readonly [Name in keyof Inner]: GivenOf<Inner[Name]> };
export type ShownElement<Inner> = { [Name in keyof Inner]: ShownOf<Inner[Name]> };
type NullIf<Use extends StructUse> = Use extends "optional" ? null : never;

/** A list of elements that have the same fields. */
export class StructArray<Inner extends ElementFields = ElementFields, Use extends StructUse = StructUse> {
  /** Looked at in place of the class: the package may be there twice, as an ES module and as CommonJS. */
  readonly fields: Inner;
  readonly parts: { readonly definition: Omit<StructDefinition, "fieldName" | "fields"> };
  /** Never there: what the compiler knows of it. */
  declare readonly types:
    | readonly ["structs", readonly GivenElement<Inner>[] | NullIf<Use>, ShownElement<Inner>[] | NullIf<Use>, Use]
    | undefined;

  constructor(fields: Inner, definition: StructArray["parts"]["definition"]) {
    this.fields = fields;
    this.parts = { definition };
  }

  static is(field: object): field is StructArray {
    return (field as Partial<StructArray>).fields !== undefined;
  }

  /** Rows may do without it. */
  nullable(): StructArray<Inner, "optional"> {
    return this.#with({ nullable: true });
  }

  describe(description: string): StructArray<Inner, Use> {
    return this.#with({ description });
  }

  #with<U extends StructUse>(more: StructArray["parts"]["definition"]): StructArray<Inner, U> {
    return new StructArray(this.fields, { ...this.parts.definition, ...more });
  }
}

/**
 * At most `capacity` elements with these fields: numbers, booleans, texts and dense vectors. A vector is searched element by element, and
 * list by list where the metric of its index is one of MAX_SIM.
 */
export function structArray<Inner extends ElementFields>(
  fields: Inner,
  capacity: number,
): StructArray<Inner, "required"> {
  return new StructArray(fields, { typeParams: { max_capacity: capacity } });
}
