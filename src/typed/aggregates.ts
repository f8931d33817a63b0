import type { KindOf } from "./fields.js";
import type { PreciseQuery } from "./precise.js";
import type { Filtered } from "./requests.js";
import type { Flat, RowOf } from "./rows.js";
import type { Fields, Schema } from "./schema.js";

/** Names of the fields that a filter takes for one of these. */
type NamesOfKind<S, Kind> =
  S extends Schema<infer F extends Fields, boolean>
    ? { [Name in keyof F]: KindOf<F[Name]> extends Kind ? Name : never }[keyof F] & string
    : never;

type NumberName<S> = NamesOfKind<S, "key" | "number">;
/** What groups are made by, and what there is a smallest and a largest of. */
export type GroupName<S> = NamesOfKind<S, "key" | "number" | "text" | "time">;

/** `count(*)`, `sum(price)`, ... */
export type AggregateName<S> =
  | "count(*)"
  | `count(${GroupName<S> | NamesOfKind<S, "bool" | "json" | "array">})`
  | `${"sum" | "avg"}(${NumberName<S>})`
  | `${"min" | "max"}(${GroupName<S>})`;

/** Null where there is nothing to compute it of. */
type ValueOf<S, Name> = Name extends `count(${string})`
  ? number
  : Name extends `avg(${string})`
    ? number | null
    : Name extends `${"sum" | "min" | "max"}(${infer Of})`
      ? RowOf<S>[Of & keyof RowOf<S>] | null
      : never;

/** A row of a group, or of all rows. */
export type AggregateRow<S, By extends string, Asked extends string> = Flat<
  { [Name in By & keyof RowOf<S>]: RowOf<S>[Name] } & { [Name in Asked]: ValueOf<S, Name> }
>;

export interface TypedAggregate<S, By extends string, Asked, Text extends string = string>
  extends Pick<PreciseQuery, "limit" | "offset" | "partitionNames" | "consistencyLevel" | "timezone">,
    Filtered<S, Text> {
  /** What is computed; the fields of `groupByFields` are shown beside it. */
  readonly outputFields: readonly Asked[];
  /** One row per combination of these fields. Default: one row for all. */
  readonly groupByFields?: readonly By[];
  /** Fields of the groups, each with `:asc` or `:desc` behind it or without. Wants a limit. */
  readonly orderByFields?: readonly (NoInfer<By> | `${NoInfer<By>}:${"asc" | "desc"}`)[];
}
