import fc from "fast-check";
import { messages } from "../../../src/api/grpc/messages/table.js";
import type { FieldSpec, MessageSpec } from "../../../src/api/grpc/wire/field-table.js";

export type Message = Record<string, unknown>;

const specs: Readonly<Record<string, MessageSpec>> = messages;
const MAX_DEPTH = 3;

function compact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Keys that protobufjs can hold, whose maps are plain objects. */
const text = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom("", "é", "a\u0000b", "𝄞"));

const scalars: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  bool: fc.boolean(),
  int32: fc.oneof(fc.integer(), fc.constantFrom(0, -1, 2 ** 31 - 1, -(2 ** 31))),
  uint32: fc.oneof(fc.nat(), fc.constantFrom(0, 2 ** 32 - 1)),
  enum: fc.integer({ min: -5, max: 300 }),
  int64: fc
    .oneof(
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      fc.bigInt({ min: -300n, max: 300n }),
      fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, -(2n ** 53n), -(2n ** 63n), 2n ** 63n - 1n, 2n ** 32n),
    )
    .map(compact),
  uint64: fc
    .oneof(
      fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      fc.bigInt({ min: 0n, max: 300n }),
      fc.constantFrom(2n ** 53n, 2n ** 53n - 1n, 2n ** 64n - 1n, 2n ** 63n),
    )
    .map(compact),
  float: fc.float(),
  double: fc.double(),
  string: text,
  bytes: fc.uint8Array({ maxLength: 12 }),
};

/** Any message of the table, with any of its fields set; a oneof has one member at most. */
export function arbitraryMessage(name: string, depth = 0): fc.Arbitrary<Message> {
  const spec = specs[name];
  if (spec === undefined) throw new Error(name);
  const plain: Record<string, fc.Arbitrary<unknown>> = {};
  const oneofs = new Map<string, fc.Arbitrary<Message>[]>();
  for (const [field, [, type, oneof]] of Object.entries(spec)) {
    const value = arbitraryValue(type, depth);
    if (value === undefined) continue;
    if (oneof === undefined) plain[field] = value;
    else oneofs.set(oneof, [...(oneofs.get(oneof) ?? []), value.map((member) => ({ [field]: member }))]);
  }
  const groups = [...oneofs.values()].map((members) => fc.oneof(fc.constant({}), ...members));
  return fc
    .tuple(fc.record(plain, { requiredKeys: [] }), ...groups)
    .map(([fields, ...members]) => Object.assign({}, fields, ...members) as Message);
}

function arbitraryValue(type: string, depth: number): fc.Arbitrary<unknown> | undefined {
  const element = type.replace(/\*$|\{\}$/, "");
  const one =
    scalars[element] ?? (depth < MAX_DEPTH ? fc.memo(() => arbitraryMessage(element, depth + 1))() : undefined);
  if (one === undefined) return undefined;
  if (type.endsWith("*")) {
    const list = fc.array(one, { maxLength: 4 });
    if (element === "float") return list.map((values) => Float32Array.from(values as number[]));
    return element === "double" ? list.map((values) => Float64Array.from(values as number[])) : list;
  }
  if (type.endsWith("{}")) {
    return fc.array(fc.tuple(text, one), { maxLength: 3 }).map((entries) => new Map(entries));
  }
  return one;
}

/** What a reader must make of a message: every field there, lists as lists. */
export function completed(name: string, message: Message): Message {
  const complete: Message = {};
  for (const [field, spec] of Object.entries(specs[name] as MessageSpec)) {
    complete[field] = completedValue(spec, message[field]);
  }
  return complete;
}

function completedValue([, type, oneof]: FieldSpec, value: unknown): unknown {
  const element = type.replace(/\*$|\{\}$/, "");
  const nested = specs[element] !== undefined;
  const one = (part: unknown): unknown =>
    nested ? completed(element, part as Message) : part instanceof Uint8Array ? [...part] : part;
  if (type.endsWith("*")) return Array.from((value ?? []) as ArrayLike<unknown>, one);
  if (type.endsWith("{}")) {
    return new Map([...((value ?? new Map()) as Map<string, unknown>)].map(([key, part]) => [key, one(part)]));
  }
  if (value !== undefined) return one(value);
  if (nested || oneof !== undefined) return undefined;
  return { bool: false, string: "", bytes: [] as number[] }[element] ?? 0;
}
