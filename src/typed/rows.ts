import type { GivenOf, KindOf, ShownOf, UseOf } from "./fields.js";
import type { Fields, Schema } from "./schema.js";
import type { ElementFields, ShownElement, StructArray } from "./struct-arrays.js";

/** What follows from a schema: rows as they are written and read, hits, what may be asked for. */

/** Names of the fields of which `Use` is a use. */
type NamesOf<F extends Fields, Use> = {
  [Name in keyof F]: UseOf<F[Name]> extends Use ? Name : never;
}[keyof F] &
  string;

/** One object type in place of several that are put together. */
export type Flat<T> = { [Key in keyof T]: T[Key] } & {};

/** Keys that the schema does not name. */
type Others<Dynamic extends boolean> = Dynamic extends true ? { readonly [key: string]: unknown } : unknown;

/** A row as it is written. */
export type RowInput<S> =
  S extends Schema<infer F, infer Dynamic>
    ? Flat<
        { readonly [Name in NamesOf<F, "key" | "required">]: GivenOf<F[Name]> } & {
          readonly [Name in NamesOf<F, "optional">]?: GivenOf<F[Name]> | undefined;
        }
      > &
        Others<Dynamic>
    : never;

/** A row that is changed: its key, and what is to change. */
export type PartialRow<S> =
  S extends Schema<infer F, infer Dynamic>
    ? Flat<
        { readonly [Name in NamesOf<F, "key" | "made-key">]: GivenOf<F[Name]> } & {
          readonly [Name in NamesOf<F, "required" | "optional">]?: GivenOf<F[Name]> | undefined;
        }
      > &
        Others<Dynamic>
    : never;

/** A row as it is read, all of it. */
export type RowOf<S> =
  S extends Schema<infer F, infer Dynamic>
    ? Flat<{ [Name in Exclude<keyof F & string, NamesOf<F, "hidden">>]: ShownOf<F[Name]> }> & Others<Dynamic>
    : never;

export type KeyName<S> = S extends Schema<infer F, boolean> ? NamesOf<F, "key" | "made-key"> : never;
export type KeyOf<S> = S extends Schema<infer F, boolean> ? ShownOf<F[KeyName<S>]> : never;

/** `struct[field]` of the fields that elements have and `Kind` is a kind of. Conditional, so that errors show the names. */
export type ElementName<F extends Fields, Kind = unknown> = F extends Fields
  ? { [Name in keyof F & string]: `${Name}[${InnerName<F[Name], Kind>}]` }[keyof F & string]
  : never;

type InnerName<Struct, Kind> =
  Struct extends StructArray<infer Inner>
    ? { [Name in keyof Inner]: KindOf<Inner[Name]> extends Kind ? Name : never }[keyof Inner] & string
    : never;

/** What an output field may be called: `struct[field]` is one field of the elements. */
export type OutputName<S> =
  | "*"
  | (S extends Schema<infer F, infer Dynamic>
      ? Exclude<keyof F & string, NamesOf<F, "hidden">> | ElementName<F> | (Dynamic extends true ? string : never)
      : never);

/** What is read of a row: the fields that were asked for. */
export type Output<S, Asked extends string> = "*" extends Asked
  ? RowOf<S>
  : Flat<Pick<RowOf<S>, Asked & keyof RowOf<S>> & Parts<S, Asked>>;

/** Elements of which some fields were asked for, and not all. */
type Parts<S, Asked extends string> =
  S extends Schema<infer F, boolean>
    ? {
        [Name in Exclude<Asked extends `${infer Struct}[${string}]` ? Struct : never, Asked> &
          keyof F]: F[Name] extends {
          readonly fields: infer Inner extends ElementFields;
        }
          ?
              | Flat<Pick<ShownElement<Inner>, Asked extends `${Name}[${infer Field}]` ? Field & keyof Inner : never>>[]
              | NullOf<F[Name]>
          : never;
      }
    : never;

type NullOf<F> = UseOf<F> extends "optional" ? null : never;

/** What is read by key: the key, and what was asked for. */
export type RowWith<S, Asked extends string> = Output<S, Asked | KeyName<S>>;

/** What is read by filter: an element of the row too, where `element_filter` chooses elements. */
export type FoundRow<S, Asked extends string> =
  S extends Schema<infer F, boolean>
    ? [ElementName<F>] extends [never]
      ? RowWith<S, Asked>
      : Flat<RowWith<S, Asked> & Partial<Offset>>
    : never;

interface Offset {
  /** The position of the element in its list. */
  readonly offset: number;
}

/** Fields of elements that are searched one by one. */
type SingleName<S> = S extends Schema<infer F, boolean> ? ElementName<F, "vector"> : never;

/** Where a hit is: of a search for elements the row and a position. */
type Place<S, Anns> = [Extract<Anns, SingleName<S>>] extends [never]
  ? unknown
  : [Exclude<Anns, SingleName<S>>] extends [never]
    ? Offset
    : Partial<Offset>;

/** What is found: its key and its score, and what was asked for. */
export type HitWith<S, Asked extends string, Anns = never> = Flat<
  { readonly id: KeyOf<S>; readonly distance: number } & Place<S, Anns> &
    Omit<[Asked] extends [never] ? unknown : Output<S, Asked>, "id" | "distance">
>;

/** Fields that can be searched in. */
export type VectorName<S> =
  S extends Schema<infer F, boolean>
    ?
        | ({ [Name in keyof F]: KindOf<F[Name]> extends "vector" | "sparse" ? Name : never }[keyof F] & string)
        | ElementName<F, "vector" | "vectors">
    : never;

/** Those whose hits come one by one: of lists the best are found, and no more. */
export type ScannedName<S> =
  S extends Schema<infer F, boolean> ? Exclude<VectorName<S>, ElementName<F, "vectors">> : never;

/** What is searched for: a vector of the field, a list of them where lists are compared, or a text where it is made of texts. */
export type QueryFor<S, Anns = VectorName<S>> = S extends Schema<infer F, boolean> ? QueryOf<F, Anns> : never;

type QueryOf<F extends Fields, Anns> = Anns extends keyof F
  ? UseOf<F[Anns]> extends "made" | "hidden"
    ? NonNullable<GivenOf<F[Anns]>> | string
    : NonNullable<GivenOf<F[Anns]>>
  : Anns extends `${infer Struct}[${infer Name}]`
    ? F[Struct] extends { readonly fields: infer Inner extends ElementFields }
      ? KindOf<Inner[Name]> extends "vectors"
        ? readonly GivenOf<Inner[Name]>[]
        : GivenOf<Inner[Name]>
      : never
    : never;
