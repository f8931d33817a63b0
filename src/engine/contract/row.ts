import type { ObjectType } from "../model/privileges.js";
import type { RecordBatch, SearchHits } from "./column.js";

/** JSON kinds of a request field. */
export type FieldKind =
  | "string"
  | "bool"
  /** An integer of 32 or 64 bits, given to the operation as a number. */
  | "int"
  | "strings"
  | "object"
  | "array"
  /** An object, or an array: its items are the operation's business. */
  | "rows"
  /** `InputColumns` or `QueryVectors`: for callers that have columns or bytes, which JSON has not. REST knows no such key. */
  | "columns"
  /** Any JSON value, checked by the operation itself. */
  | "any";

/** One key of a request. */
export interface RequestField {
  readonly kind: FieldKind;
  /** A request without it (absent, `null` or `""`) is refused. */
  readonly required?: boolean;
  /** Not required beside this other key. */
  readonly unless?: string;
  /** Of an `int`: `Infinity` is taken, which no JSON can say. */
  readonly unbounded?: boolean;
  /** Of a `string` or `strings`: how long a text may be is the operation's business. */
  readonly long?: boolean;
  /** Of a list: how many items it may have is the operation's business. */
  readonly many?: boolean;
  /** The keys of an object, or of each item of an array; without it they are of the caller's choice. */
  readonly shape?: Readonly<Record<string, RequestField>>;
  /**
   * Keys of an object of the caller's choice that mean something, also in an object `params` inside it. The typed interface
   * refuses others; over REST they are ignored, as Milvus does.
   */
  readonly keys?: readonly string[];
  /** Where the object has this value at this key, in whatever case, its other keys are of the caller's choice all the same. */
  readonly freeWith?: { readonly key: string; readonly value: string };
  /** The keys of each value of an object whose own keys are names of the caller's choice; the typed interface refuses others. */
  readonly values?: Readonly<Record<string, RequestField>>;
}

/** One entry per request key. */
export type RequestShape<Request> = { readonly [Key in keyof Request]-?: RequestField };

/** What a user must be allowed to do: a privilege of Milvus and the kind of thing that it is granted on. */
export interface Privilege {
  readonly object: ObjectType;
  readonly name: string;
  /** In the database of the connection, where it has one: that of the request is what the operation is about. */
  readonly at?: "connection";
}

/**
 * What kind of data an operation answers, and so how surfaces print it:
 *
 * - `plain`: as it is;
 * - `keys`: as it is, but for the primary keys in it (`insertIds`, `upsertIds`), which follow a surface's form of Int64;
 * - `rows`: a `RecordBatch`;
 * - `hits`: `SearchHits`.
 */
export type ResultKind = "plain" | "keys" | "rows" | "hits";

/** The kind that goes with a type of result. */
export type ResultKindOf<Result> = Result extends SearchHits
  ? "hits"
  : Result extends RecordBatch
    ? "rows"
    : Result extends { readonly insertIds: unknown } | { readonly upsertIds: unknown }
      ? "keys"
      : "plain";

/** What the engine promises about one operation, as data. */
export interface ContractRow<Request> {
  readonly request: RequestShape<Request>;
  /** Refused (3000) on a database that was opened read-only. */
  readonly writes: boolean;
  /** Absent: `plain`. */
  readonly result?: ResultKind;
  /** Undefined: any user may. */
  readonly privilege: Privilege | undefined;
  /** What it tells of: nothing is told to a user who does not see it. */
  readonly tellsOf?: "collection" | "database";
}

/**
 * The rows of a group of operations, out of an interface that has one method per path, from request to result. A method
 * whose request is optional may be called without one.
 */
export type ContractRows<Operations> = {
  readonly [Path in keyof Operations]: ContractRow<RequestIn<Operations[Path]>> &
    ResultColumn<ResultKindOf<ResultIn<Operations[Path]>>>;
};

/** A result that is not plain must be named. */
type ResultColumn<Kind extends ResultKind> = Kind extends "plain"
  ? { readonly result?: Kind }
  : { readonly result: Kind };

/** The request of a method of such an interface. */
export type RequestIn<Method> = Method extends (...given: infer Given extends [unknown?]) => unknown
  ? NonNullable<Given[0]>
  : never;

/** Its result. */
export type ResultIn<Method> = Method extends (...given: never) => infer Result ? Result : never;
