import { ByteWriter } from "./byte-writer.js";
import { type FieldCodec, type MessageCodec, WireType } from "./codec.js";
import type { Int64, ScalarName } from "./field-table.js";
import { EncodedMessage, MappedList } from "./long-lists.js";

type Message = Readonly<Record<string, unknown>>;

/**
 * Writes a message. What is undefined or (outside of a oneof) zero is left out; lists of numbers are packed.
 *
 * @param maxBytes longest message that may be sent
 * @throws MessageTooLarge
 */
export function writeMessage(codec: MessageCodec, message: Message, maxBytes?: number): Buffer {
  const writer = new ByteWriter(maxBytes);
  writeFields(writer, codec, message);
  return joined(writer.finish());
}

function joined(parts: readonly Uint8Array[]): Buffer {
  const [first, second] = parts;
  return second === undefined && first instanceof Buffer ? first : Buffer.concat(parts);
}

/** The same in the frame in which gRPC sends it, in parts. @throws MessageTooLarge */
export function writeFrame(codec: MessageCodec, message: Message, maxBytes?: number): readonly Uint8Array[] {
  const writer = new ByteWriter(maxBytes);
  writeFields(writer, codec, message);
  writer.frameHead();
  return writer.finish();
}

function writeFields(writer: ByteWriter, codec: MessageCodec, message: Message): void {
  const { fields } = codec;
  for (let i = fields.length - 1; i >= 0; i--) {
    const field = fields[i] as FieldCodec;
    const value = message[field.name];
    if (value === undefined) continue;
    if (field.arity === "one") writeOne(writer, field, value);
    else if (field.arity === "list") writeList(writer, field, listOf(value));
    else writeMap(writer, field, value as ReadonlyMap<string, unknown>);
  }
}

function listOf(value: unknown): ArrayLike<unknown> {
  return value instanceof MappedList ? value.slice(0, value.length) : (value as ArrayLike<unknown>);
}

function writeOne(writer: ByteWriter, field: FieldCodec, value: unknown): void {
  if (field.rivals === undefined && field.scalar !== undefined && isZero(value)) return;
  writeValue(writer, field, value);
  writeTag(writer, field.number, field.wireType);
}

function isZero(value: unknown): boolean {
  if (value === 0) return !Object.is(value, -0);
  return value === "" || value === false || value === 0n || (value instanceof Uint8Array && value.length === 0);
}

function writeList(writer: ByteWriter, field: FieldCodec, values: ArrayLike<unknown>): void {
  if (values.length === 0) return;
  if (!field.packable) {
    for (let i = values.length - 1; i >= 0; i--) {
      writeValue(writer, field, values[i]);
      writeTag(writer, field.number, field.wireType);
    }
    return;
  }
  const before = writer.size;
  const scalar = field.scalar as ScalarName;
  if (isBlockOf(scalar, values)) writer.block(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  else for (let i = values.length - 1; i >= 0; i--) writeScalar(writer, scalar, values[i]);
  writer.uint32(writer.size - before);
  writeTag(writer, field.number, WireType.delimited);
}

/** Floats that lie in memory as they travel. */
function isBlockOf(scalar: ScalarName, values: ArrayLike<unknown>): values is Float32Array | Float64Array {
  return scalar === "float" ? values instanceof Float32Array : scalar === "double" && values instanceof Float64Array;
}

function writeMap(writer: ByteWriter, field: FieldCodec, entries: ReadonlyMap<string, unknown>): void {
  for (const [key, value] of [...entries].reverse()) {
    const before = writer.size;
    writeValue(writer, field, value);
    writeTag(writer, 2, field.wireType);
    writer.uint32(writer.text(key));
    writeTag(writer, 1, WireType.delimited);
    writer.uint32(writer.size - before);
    writeTag(writer, field.number, WireType.delimited);
  }
}

function writeTag(writer: ByteWriter, number: number, wireType: number): void {
  writer.uint32(number * 8 + wireType);
}

function writeValue(writer: ByteWriter, field: FieldCodec, value: unknown): void {
  if (field.scalar !== undefined) {
    writeScalar(writer, field.scalar, value);
    return;
  }
  const before = writer.size;
  if (value instanceof EncodedMessage) for (const part of [...value.parts].reverse()) writer.block(part);
  else writeFields(writer, field.message as MessageCodec, value as Message);
  writer.uint32(writer.size - before);
}

function writeScalar(writer: ByteWriter, scalar: ScalarName, value: unknown): void {
  switch (scalar) {
    case "bool":
      writer.byte(value === true ? 1 : 0);
      break;
    case "uint32":
      writer.uint32(value as number);
      break;
    case "int32":
    case "enum":
    case "int64":
    case "uint64":
      writer.int64(value as Int64);
      break;
    case "float":
      writer.float(value as number);
      break;
    case "double":
      writer.double(value as number);
      break;
    case "string":
      writer.uint32(writer.text(value as string));
      break;
    case "bytes": {
      const bytes = value as Uint8Array;
      writer.block(bytes);
      writer.uint32(bytes.byteLength);
    }
  }
}
