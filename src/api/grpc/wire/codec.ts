import type { FieldSpec, MessageSpecs, ScalarName } from "./field-table.js";

/** How a field travels: the wire types of protobuf. */
export const WireType = { varint: 0, fixed64: 1, delimited: 2, groupStart: 3, groupEnd: 4, fixed32: 5 } as const;

export type Arity = "one" | "list" | "map";

/** A field, ready to be read and written. */
export interface FieldCodec {
  readonly name: string;
  readonly number: number;
  readonly arity: Arity;
  readonly scalar: ScalarName | undefined;
  /** The codec of a message field. A getter: messages may hold themselves. */
  readonly message: MessageCodec | undefined;
  /** Numbers and booleans, which lists pack. */
  readonly packable: boolean;
  /** Wire type of one value. */
  readonly wireType: number;
  /** The value that a scalar has when it is not sent. */
  readonly zero: unknown;
  /** The other members of its oneof; undefined outside of one. */
  readonly rivals: readonly string[] | undefined;
}

export interface MessageCodec {
  readonly name: string;
  readonly byNumber: readonly (FieldCodec | undefined)[];
  /** Ascending by number. */
  readonly fields: readonly FieldCodec[];
  /** A message in which nothing is set. */
  readonly empty: Readonly<Record<string, unknown>>;
}

const wireTypes: Readonly<Record<ScalarName, number>> = {
  bool: WireType.varint,
  int32: WireType.varint,
  uint32: WireType.varint,
  enum: WireType.varint,
  int64: WireType.varint,
  uint64: WireType.varint,
  float: WireType.fixed32,
  double: WireType.fixed64,
  string: WireType.delimited,
  bytes: WireType.delimited,
};

const NO_BYTES = new Uint8Array(0);
const NO_ITEMS: readonly never[] = Object.freeze([]);
const NO_ENTRIES: ReadonlyMap<string, unknown> = new Map();

const zeros: Readonly<Record<ScalarName, unknown>> = {
  bool: false,
  int32: 0,
  uint32: 0,
  enum: 0,
  int64: 0,
  uint64: 0,
  float: 0,
  double: 0,
  string: "",
  bytes: NO_BYTES,
};

const emptyLists: Readonly<Partial<Record<ScalarName, unknown>>> = {
  float: new Float32Array(0),
  double: new Float64Array(0),
};

/** The codecs of a table, each made when it is first asked for. */
export function createCodecs(specs: MessageSpecs): (name: string) => MessageCodec {
  const codecs = new Map<string, MessageCodec>();
  const codecOf = (name: string): MessageCodec => {
    let codec = codecs.get(name);
    if (codec === undefined) {
      const spec = specs[name];
      if (spec === undefined) throw new Error(`there is no message ${name}`);
      codec = compileMessage(name, Object.entries(spec), codecOf);
      codecs.set(name, codec);
    }
    return codec;
  };
  return codecOf;
}

function compileMessage(
  name: string,
  entries: readonly (readonly [string, FieldSpec])[],
  codecOf: (name: string) => MessageCodec,
): MessageCodec {
  const fields = entries.map(([field, spec]) => compileField(field, spec, entries, codecOf));
  fields.sort((a, b) => a.number - b.number);
  const byNumber: (FieldCodec | undefined)[] = [];
  const empty: Record<string, unknown> = {};
  for (const field of fields) byNumber[field.number] = field;
  for (const [field] of entries) empty[field] = emptyValue(fields.find((f) => f.name === field) as FieldCodec);
  return { name, byNumber: Array.from(byNumber), fields, empty };
}

function compileField(
  name: string,
  [number, type, oneof]: FieldSpec,
  entries: readonly (readonly [string, FieldSpec])[],
  codecOf: (name: string) => MessageCodec,
): FieldCodec {
  const arity: Arity = type.endsWith("*") ? "list" : type.endsWith("{}") ? "map" : "one";
  const element = arity === "list" ? type.slice(0, -1) : arity === "map" ? type.slice(0, -2) : type;
  const scalar = element in wireTypes ? (element as ScalarName) : undefined;
  const wireType = scalar === undefined ? WireType.delimited : wireTypes[scalar];
  let message: MessageCodec | undefined;
  return {
    name,
    number,
    arity,
    scalar,
    get message() {
      if (scalar === undefined) message ??= codecOf(element);
      return message;
    },
    packable: wireType !== WireType.delimited,
    wireType,
    zero: scalar === undefined ? undefined : zeros[scalar],
    rivals:
      oneof === undefined
        ? undefined
        : entries.filter(([other, spec]) => spec[2] === oneof && other !== name).map(([other]) => other),
  };
}

function emptyValue(field: FieldCodec): unknown {
  if (field.arity === "map") return NO_ENTRIES;
  if (field.arity === "list") return (field.scalar && emptyLists[field.scalar]) ?? NO_ITEMS;
  return field.rivals === undefined ? field.zero : undefined;
}
