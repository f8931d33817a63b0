import { refusal } from "../option-rules.js";
import { didYouMean } from "../values/nearest-name.js";
import type { Condition } from "./conditions.js";
import type { GivenOf, KindOf } from "./fields.js";
import {
  ArrayReference,
  EqualReference,
  GeometryReference,
  JsonReference,
  OrderedReference,
  PlainTextReference,
  Reference,
  TextReference,
  TimeReference,
} from "./references.js";
import { elementName, type OneField, type Schema } from "./schema.js";
import { StructArray } from "./struct-arrays.js";
import { StructReference } from "./struct-reference.js";

/** The fields of a schema, for filters that are made in the program. */

type ReferenceOf<Kind, Value> = Kind extends "text"
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
        readonly [Name in keyof F]: F[Name] extends StructArray<infer Inner>
          ? StructReference<Inner>
          : ReferenceOf<KindOf<F[Name]>, GivenOf<F[Name]>>;
      } & (Dynamic extends true ? { readonly $meta: JsonReference } : unknown)
    : never;

/** A filter that is made in the program: a condition, or a function that makes one of the fields. */
export type MadeFilter<S> = Condition | ((fields: Names<S>) => Condition);

/** A filter: its text, or one that is made. */
export type Filter<S> = string | MadeFilter<S>;

const REFERENCES: Readonly<Record<string, new (place: string) => Reference>> = {
  Bool: EqualReference,
  VarChar: TextReference,
  Timestamptz: TimeReference,
  JSON: JsonReference,
  Array: ArrayReference,
  Geometry: GeometryReference,
};

/** A field of a row, or of an element. */
function referenceTo({ parts }: OneField, place: string): Reference {
  const { dataType } = parts.definition;
  if (dataType.endsWith("Vector")) return new Reference(place);
  if (dataType === "VarChar" && place.endsWith("]")) return new PlainTextReference(place);
  return new (REFERENCES[dataType] ?? OrderedReference)(place);
}

function structReference(name: string, { fields }: StructArray): Reference {
  return new StructReference(name, (place) =>
    checked(
      Object.entries(fields).map(([inner, field]) => [inner, referenceTo(field, elementName(place, inner))]),
      `the elements of "${name}" have`,
    ),
  );
}

/** References by their names; a name that is none is refused with the nearest. */
function checked<Named extends object>(references: readonly (readonly [string, Reference])[], whose: string): Named {
  const names: Record<string, Reference> = Object.create(null);
  for (const [name, reference] of references) names[name] = reference;
  return new Proxy(names, {
    get(known, name) {
      if (typeof name === "symbol" || name in known) return Reflect.get(known, name);
      throw refusal(`${whose} no field "${name}"${didYouMean(name, Object.keys(known))}`);
    },
  }) as Named;
}

/** The names of a schema, for a function of a filter. */
export function namesOf<S extends Schema>(schema: S): Names<S> {
  const references = Object.entries(schema.fields).map(
    ([name, field]) => [name, StructArray.is(field) ? structReference(name, field) : referenceTo(field, name)] as const,
  );
  if (schema.options.dynamic === true) references.push(["$meta", new JsonReference("$meta")]);
  return checked(references, "the schema has");
}
