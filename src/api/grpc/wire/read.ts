import { ByteReader } from "./byte-reader.js";
import { type FieldCodec, type MessageCodec, WireType } from "./codec.js";
import { MalformedMessage } from "./failure.js";
import type { ScalarName } from "./field-table.js";
import { type FloatBlock, readFloats } from "./floats.js";

type Message = Record<string, unknown>;

/** Messages inside of messages; Milvus' own nest less than ten deep. */
const MAX_DEPTH = 32;

/**
 * Reads a message. Unknown fields are passed over, numbers may be packed or not, a message that comes twice is merged.
 *
 * @throws MalformedMessage for bytes that are not the message, MessageTooLarge for more parts than its size allows
 */
export function readMessage(codec: MessageCodec, bytes: Uint8Array): Message {
  const message: Message = { ...codec.empty };
  readInto(new ByteReader(bytes), codec, message, 0);
  return message;
}

/** Fills `message` with what stands up to the reader's end. */
function readInto(reader: ByteReader, codec: MessageCodec, message: Message, depth: number): void {
  if (depth >= MAX_DEPTH) throw new MalformedMessage("messages are nested too deeply");
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    const number = tag >>> 3;
    if (number === 0) throw new MalformedMessage("a field has the number 0");
    const wireType = tag & 7;
    const field = codec.byNumber[number];
    if (field === undefined || !fits(field, wireType)) reader.skip(wireType, number);
    else if (field.arity === "one") readOne(reader, field, message, depth);
    else if (field.arity === "list") readList(reader, field, wireType, message, depth);
    else readEntry(reader, field, message, depth);
  }
}

/** A field under another wire type is another field: it is passed over like an unknown one. */
function fits(field: FieldCodec, wireType: number): boolean {
  if (field.arity === "map") return wireType === WireType.delimited;
  return wireType === field.wireType || (wireType === WireType.delimited && field.arity === "list" && field.packable);
}

function readOne(reader: ByteReader, field: FieldCodec, message: Message, depth: number): void {
  const { name, scalar, rivals } = field;
  // The last member of a oneof wins.
  if (rivals !== undefined) for (const rival of rivals) message[rival] = undefined;
  message[name] = scalar === undefined ? readNested(reader, field, message[name], depth) : readScalar(reader, scalar);
}

function readNested(reader: ByteReader, field: FieldCodec, known: unknown, depth: number): Message {
  const codec = field.message as MessageCodec;
  let message = known as Message | undefined;
  if (message === undefined) {
    reader.spend(64 + 8 * codec.fields.length);
    message = { ...codec.empty };
  }
  const length = reader.length();
  const outer = reader.end;
  reader.end = reader.pos + length;
  readInto(reader, codec, message, depth + 1);
  reader.end = outer;
  return message;
}

function readScalar(reader: ByteReader, scalar: ScalarName): unknown {
  switch (scalar) {
    case "bool":
      return reader.bool();
    case "int32":
    case "enum":
      return reader.uint32() | 0;
    case "uint32":
      return reader.uint32();
    case "int64":
      return reader.int64();
    case "uint64":
      return reader.uint64();
    case "float":
      return reader.float();
    case "double":
      return reader.double();
    case "string":
      return reader.text();
    case "bytes":
      return reader.block();
  }
}

function readList(reader: ByteReader, field: FieldCodec, wireType: number, message: Message, depth: number): void {
  const { name, scalar } = field;
  if (scalar === "float" || scalar === "double") {
    message[name] = readFloats(reader, wireType === WireType.delimited, message[name] as FloatBlock);
    return;
  }
  let list = message[name] as unknown[];
  if (list.length === 0) {
    list = [];
    message[name] = list;
  }
  if (wireType === WireType.delimited && field.packable) {
    const length = reader.length();
    const outer = reader.end;
    reader.end = reader.pos + length;
    reader.spend(8 * length);
    while (reader.pos < reader.end) list.push(readScalar(reader, scalar as ScalarName));
    reader.end = outer;
  } else {
    reader.spend(8);
    list.push(scalar === undefined ? readNested(reader, field, undefined, depth) : readScalar(reader, scalar));
  }
}

/** One entry of a map: a message of a key and a value, of which either may be missing. */
function readEntry(reader: ByteReader, field: FieldCodec, message: Message, depth: number): void {
  let map = message[field.name] as Map<string, unknown>;
  if (map.size === 0) {
    map = new Map();
    message[field.name] = map;
  }
  reader.spend(64);
  const length = reader.length();
  const outer = reader.end;
  reader.end = reader.pos + length;
  let key = "";
  const value: Message = { value: field.zero };
  while (reader.pos < reader.end) {
    const tag = reader.uint32();
    const wireType = tag & 7;
    if (tag >>> 3 === 1 && wireType === WireType.delimited) key = reader.text();
    else if (tag >>> 3 === 2 && wireType === field.wireType) {
      value["value"] =
        field.scalar === undefined
          ? readNested(reader, field, value["value"], depth)
          : readScalar(reader, field.scalar);
    } else reader.skip(wireType, tag >>> 3);
  }
  reader.end = outer;
  map.set(key, value["value"] ?? { ...field.message?.empty });
}
