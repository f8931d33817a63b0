import type { MappedList } from "./long-lists.js";

/**
 * Messages as data: one object per message, one line per field, in the notation of the contract.
 *
 * `[7, "string"]` is field 7, a string; `"string*"` a repeated one, `"int64{}"` a map from strings to int64, and any
 * other word the name of a message of the same table. A third part names the oneof that the field belongs to.
 */
export type FieldSpec = readonly [number: number, type: string, oneof?: string];
export type MessageSpec = Readonly<Record<string, FieldSpec>>;
export type MessageSpecs = Readonly<Record<string, MessageSpec>>;

/** A 64-bit integer: a number where that is exact, else a bigint. */
export type Int64 = number | bigint;

interface ScalarTypes {
  readonly bool: boolean;
  readonly int32: number;
  readonly uint32: number;
  /** Open: a number that no name is known for is kept. */
  readonly enum: number;
  readonly int64: Int64;
  readonly uint64: Int64;
  readonly float: number;
  readonly double: number;
  readonly string: string;
  /** A view of the message it was read from. */
  readonly bytes: Uint8Array;
}
export type ScalarName = keyof ScalarTypes;

/** Floats arrive as a block and stay one: a view where it is aligned, else a copy. */
type ReadList<T extends string, Element> = T extends "float"
  ? Float32Array
  : T extends "double"
    ? Float64Array
    : readonly Element[];

type ReadElement<Specs, T extends string> = T extends ScalarName
  ? ScalarTypes[T]
  : T extends keyof Specs
    ? Read<Specs, T>
    : never;

type ReadValue<Specs, T extends string> = T extends `${infer E}*`
  ? ReadList<E, ReadElement<Specs, E>>
  : T extends `${infer E}{}`
    ? ReadonlyMap<string, ReadElement<Specs, E>>
    : T extends ScalarName
      ? ScalarTypes[T]
      : ReadElement<Specs, T> | undefined;

/** A message as it is read: every field is there, absent messages and members of a oneof as undefined. */
export type Read<Specs, Name extends keyof Specs> = {
  readonly [F in keyof Specs[Name]]: Specs[Name][F] extends readonly [number, infer T extends string, string]
    ? ReadValue<Specs, T> | undefined
    : Specs[Name][F] extends readonly [number, infer T extends string]
      ? ReadValue<Specs, T>
      : never;
};

type WrittenElement<Specs, T extends string> = T extends ScalarName
  ? ScalarTypes[T]
  : T extends keyof Specs
    ? Written<Specs, T>
    : never;

type WrittenValue<Specs, T extends string> = T extends `${infer E}*`
  ? ArrayLike<WrittenElement<Specs, E>> | MappedList<WrittenElement<Specs, E>>
  : T extends `${infer E}{}`
    ? ReadonlyMap<string, WrittenElement<Specs, E>>
    : WrittenElement<Specs, T>;

/** A message to be written: what is left out or undefined is not sent; members of a oneof are sent also when zero. */
export type Written<Specs, Name extends keyof Specs> = {
  readonly [F in keyof Specs[Name]]?: Specs[Name][F] extends readonly [number, infer T extends string, ...string[]]
    ? WrittenValue<Specs, T> | undefined
    : never;
};
