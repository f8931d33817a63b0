import type { CreateCollectionRequest, FunctionDefinition } from "../engine/contract/collections.js";
import type { FieldDefinition } from "../engine/contract/fields.js";
import type { IndexDefinition } from "../engine/contract/indexes.js";
import type { AnyField, Field, FieldIndex, FieldKind, FieldUse } from "./fields.js";

export type Fields = Readonly<Record<string, AnyField>>;

export interface SchemaOptions<Dynamic extends boolean = boolean> {
  /** Rows may have other keys, which are kept too and can be filtered by. Default false. */
  readonly dynamic?: Dynamic;
  readonly description?: string;
  /** Properties of a collection that is made: `collection.ttl.seconds`, `timezone`, ... */
  readonly properties?: CreateCollectionRequest["properties"];
}

/** What rows of a collection look like. */
export class Schema<F extends Fields = Fields, Dynamic extends boolean = boolean> {
  readonly fields: F;
  readonly options: SchemaOptions<Dynamic>;

  constructor(fields: F, options: SchemaOptions<Dynamic>) {
    this.fields = fields;
    this.options = options;
  }

  /** By what it holds: the package may be there twice, as an ES module and as CommonJS. */
  static is(value: unknown): value is Schema {
    const { fields, options } = Object(value) as Partial<Schema>;
    return (
      typeof options === "object" && Object.values(Object(fields)).every((field) => Object(field).parts !== undefined)
    );
  }
}

/** What the rows of a collection are made of: its fields by their names. */
export function schema<F extends Fields>(
  fields: F,
  options: SchemaOptions<true> & { readonly dynamic: true },
): Schema<F, true>;
export function schema<F extends Fields>(fields: F, options?: SchemaOptions<false>): Schema<F, false>;
export function schema<F extends Fields>(fields: F, options: SchemaOptions = {}): Schema<F> {
  return new Schema(fields, options);
}

/** The definition of a field with its name. */
export function definitionOf(name: string, { parts }: AnyField): FieldDefinition {
  return { ...parts.definition, fieldName: name };
}

/** The index that a field is to have: every vector has one, others where they say so. */
export function indexOf(name: string, { parts }: AnyField): IndexDefinition | undefined {
  const vector = parts.definition.dataType.endsWith("Vector");
  if (parts.index === undefined && !vector) return undefined;
  const { type = "AUTOINDEX", metric, params }: FieldIndex = parts.index ?? {};
  return {
    fieldName: name,
    indexName: name,
    indexType: type,
    ...(metric !== undefined && { metricType: metric }),
    ...(params !== undefined && { params }),
  };
}

/** The function that makes a field. */
export function functionOf(name: string, { parts }: AnyField): FunctionDefinition | undefined {
  return parts.maker && { ...parts.maker, name: `make_${name}`, outputFieldNames: [name] };
}

/** The request that makes a collection of this schema. */
export function createRequest(collectionName: string, { fields, options }: Schema): CreateCollectionRequest {
  const all = Object.entries(fields);
  const made = <T>(part: (name: string, field: AnyField) => T | undefined): T[] =>
    all.flatMap(([name, field]) => part(name, field) ?? []);
  const functions = made(functionOf);
  const { description, properties } = options;
  return {
    collectionName,
    ...(description !== undefined && { description }),
    ...(properties !== undefined && { properties }),
    schema: {
      enableDynamicField: options.dynamic ?? false,
      fields: made(definitionOf),
      ...(functions.length > 0 && { functions }),
    },
    indexParams: made(indexOf),
  };
}

type GivenOf<F> = F extends Field<FieldKind, infer Given, unknown, FieldUse> ? Given : never;
type ShownOf<F> = F extends Field<FieldKind, unknown, infer Shown, FieldUse> ? Shown : never;
export type KindOf<F> = F extends Field<infer Kind, unknown, unknown, FieldUse> ? Kind : never;
type UseOf<F> = F extends Field<FieldKind, unknown, unknown, infer Use> ? Use : never;

/** Names of the fields of which `Use` is a use. */
type NamesOf<F extends Fields, Use extends FieldUse> = {
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

/** What an output field may be called. */
export type OutputName<S> =
  | "*"
  | (S extends Schema<infer F, infer Dynamic>
      ? Exclude<keyof F & string, NamesOf<F, "hidden">> | (Dynamic extends true ? string : never)
      : never);

/** What is read of a row: the fields that were asked for. */
export type Output<S, Asked extends string> = "*" extends Asked
  ? RowOf<S>
  : Flat<Pick<RowOf<S>, Asked & keyof RowOf<S>>>;

/** What is read by key or by filter: the key, and what was asked for. */
export type RowWith<S, Asked extends string> = Output<S, Asked | KeyName<S>>;

/** What is found: its key and its score, and what was asked for. */
export type HitWith<S, Asked extends string> = Flat<
  { readonly id: KeyOf<S>; readonly distance: number } & Omit<
    [Asked] extends [never] ? unknown : Output<S, Asked>,
    "id" | "distance"
  >
>;

/** Fields that can be searched in. */
export type VectorName<S> =
  S extends Schema<infer F, boolean>
    ? { [Name in keyof F]: KindOf<F[Name]> extends "vector" ? Name : never }[keyof F] & string
    : never;

/** What is searched for: a vector of one of the fields, or a text where one is made of texts. */
export type QueryFor<S> =
  S extends Schema<infer F, boolean>
    ? {
        [Name in VectorName<S>]: UseOf<F[Name]> extends "made" | "hidden"
          ? NonNullable<GivenOf<F[Name]>> | string
          : NonNullable<GivenOf<F[Name]>>;
      }[VectorName<S>]
    : never;
