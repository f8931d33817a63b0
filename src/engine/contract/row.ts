/** JSON kinds of a request field. */
export type FieldKind =
  | "string"
  | "bool"
  /** An integer of 32 or 64 bits, given to the operation as a number. */
  | "int"
  | "strings"
  | "object"
  | "array"
  /** Any JSON value, checked by the operation itself. */
  | "any";

/** One key of a request. */
export interface RequestField {
  readonly kind: FieldKind;
  /** A request without it (absent, `null` or `""`) is refused. */
  readonly required?: boolean;
}

/** One entry per request key. */
export type RequestShape<Request> = { readonly [Key in keyof Request]-?: RequestField };

/** What a user must be allowed to do: a privilege of Milvus and the kind of thing that it is granted on. */
export interface Privilege {
  readonly object: "Global" | "Collection" | "User";
  readonly name: string;
}

/** What the engine promises about one operation, as data. */
export interface ContractRow<Request> {
  readonly request: RequestShape<Request>;
  /** Refused (3000) on a database that was opened read-only. */
  readonly writes: boolean;
  /** Undefined: any user may. */
  readonly privilege: Privilege | undefined;
}

/**
 * The rows of a group of operations, out of an interface that has one method per path, from request to result. A method
 * whose request is optional may be called without one.
 */
export type ContractRows<Operations> = {
  readonly [Path in keyof Operations]: ContractRow<RequestIn<Operations[Path]>>;
};

/** The request of a method of such an interface. */
export type RequestIn<Method> = Method extends (...given: infer Given extends [unknown?]) => unknown
  ? NonNullable<Given[0]>
  : never;

/** Its result. */
export type ResultIn<Method> = Method extends (...given: never) => infer Result ? Result : never;
