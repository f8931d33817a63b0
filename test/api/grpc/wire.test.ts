import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decode, encode, type MessageName, messages } from "../../../src/api/grpc/messages/table.js";
import { createCodecs } from "../../../src/api/grpc/wire/codec.js";
import { MalformedMessage, MessageTooLarge } from "../../../src/api/grpc/wire/failure.js";
import { readMessage } from "../../../src/api/grpc/wire/read.js";
import { writeMessage } from "../../../src/api/grpc/wire/write.js";
import { arbitraryMessage, completed, type Message } from "./arbitrary-message.js";
import { type Protocol, protocol26, protocol30 } from "./descriptors.js";

const RUNS = Number(process.env["ELANUS_RUNS"] ?? 40);

function typesOf(protocol: Protocol) {
  const root = protocol.protobuf.Root.fromJSON(protocol.json as never);
  return (name: string) => root.lookupType(fullName(protocol, name));
}

function fullName(protocol: Protocol, name: string): string {
  for (const packageName of ["milvus", "common", "schema", "rg", "feder"]) {
    const nested = protocol.json.nested?.["milvus"]?.nested?.["proto"]?.nested?.[packageName]?.nested;
    if (nested?.[name] !== undefined) return `milvus.proto.${packageName}.${name}`;
  }
  return name;
}

const types30 = typesOf(protocol30);
/** Fields that the client's protocol does not have would be lost on the way through it. */
const ROUND_TRIP = (Object.keys(messages) as MessageName[]).filter(
  (name) =>
    ![
      "ScalarField",
      "VectorField",
      "GetPersistentSegmentInfoRequest",
      "HealthCheckRequest",
      "HealthCheckResponse",
      "GetExportSnapshotStateRequest",
      "GetExportSnapshotStateResponse",
      "ExportSnapshotInfo",
      "ExportSnapshotResponse",
    ].includes(name),
);

describe("messages", () => {
  it.each(ROUND_TRIP)("%s: what is written is read, by us and by protobufjs", (name) => {
    const type = types30(name);
    fc.assert(
      fc.property(arbitraryMessage(name), (message) => {
        const bytes = encode(name, message as never);
        const expected = completed(name, message);
        const read = decode(name, bytes) as Message;
        expect(completed(name, read)).toEqual(expected);
        if (hasNewFields(message)) return;
        const again = type.encode(type.decode(bytes)).finish();
        expect(completed(name, decode(name, again) as Message)).toEqual(expected);
      }),
      { numRuns: RUNS },
    );
  });

  it("are read alike from what protobufjs 2.6 makes of plain objects", () => {
    const type = typesOf(protocol26)("InsertRequest");
    const sent = {
      collection_name: "books",
      num_rows: 2,
      fields_data: [
        { type: 5, field_name: "id", scalars: { long_data: { data: ["9223372036854775807", "-1"] } } },
        { type: 101, field_name: "v", vectors: { dim: 2, float_vector: { data: [1, 2, 3, 4.5] } } },
      ],
    };
    const read = decode("InsertRequest", type.encode(type.fromObject(sent)).finish());
    expect(read.collection_name).toBe("books");
    expect(read.fields_data[0]?.scalars?.long_data?.data).toEqual([9223372036854775807n, -1]);
    expect(read.fields_data[1]?.vectors?.float_vector?.data).toEqual(Float32Array.of(1, 2, 3, 4.5));
    expect(read.fields_data[1]?.vectors?.binary_vector).toBeUndefined();
  });
});

/** Whether it uses a field that protobufjs here does not know. */
function hasNewFields(message: unknown): boolean {
  if (typeof message !== "object" || message === null || ArrayBuffer.isView(message)) return false;
  if (message instanceof Map) return [...message.values()].some(hasNewFields);
  if (Array.isArray(message)) return message.some(hasNewFields);
  return Object.entries(message).some(
    ([key, value]) =>
      hasNewFields(value) || ((key === "scalars" || key === "vectors" || key === "data") && hasValidData(value)),
  );
}

function hasValidData(value: unknown): boolean {
  const parts: unknown[] = Array.isArray(value) ? value : [value];
  return parts.some((part) => typeof part === "object" && part !== null && "valid_data" in part);
}

const codecOf = createCodecs({
  Numbers: {
    ints: [1, "int32*"],
    longs: [2, "int64*"],
    floats: [3, "float*"],
    doubles: [4, "double*"],
    flags: [5, "bool*"],
    one: [6, "int32", "choice"],
    other: [7, "Numbers", "choice"],
    nested: [8, "Numbers"],
    texts: [9, "string*"],
    many: [10, "Numbers*"],
    blobs: [11, "bytes*"],
    text: [12, "string"],
  },
});
const numbers = codecOf("Numbers");
const read = (...bytes: number[]) => readMessage(numbers, Uint8Array.from(bytes)) as Message;

describe("reading", () => {
  it("takes numbers one by one, in blocks, and in several blocks", () => {
    expect(read(0x08, 1, 0x0a, 2, 2, 3, 0x08, 4)["ints"]).toEqual([1, 2, 3, 4]);
    expect(read(0x28, 1, 0x2a, 2, 0, 1)["flags"]).toEqual([true, false, true]);
    const one = [...new Uint8Array(Float32Array.of(1.5).buffer)];
    const block = [...new Uint8Array(Float32Array.of(2.5, 3.5).buffer)];
    expect(read(0x1d, ...one, 0x1a, 8, ...block, 0x1d, ...one)["floats"]).toEqual(Float32Array.of(1.5, 2.5, 3.5, 1.5));
    const wide = [...new Uint8Array(Float64Array.of(-0.5).buffer)];
    expect(read(0x21, ...wide, 0x22, 8, ...wide)["doubles"]).toEqual(Float64Array.of(-0.5, -0.5));
  });

  it("makes views of aligned floats and copies of others", () => {
    const floats = new Uint8Array(Float32Array.of(1, 2).buffer);
    for (const gap of [0, 1, 2, 3]) {
      const bytes = Uint8Array.from([...Array(gap).fill([0x0a, 0]).flat(), 0x1a, 8, ...floats]);
      const got = readMessage(numbers, bytes)["floats"] as Float32Array;
      expect(got).toEqual(Float32Array.of(1, 2));
      const aligned = (gap * 2 + 2) % 4 === 0;
      expect(got.buffer === bytes.buffer).toBe(aligned);
    }
  });

  it("keeps the last member of a oneof, and merges a message that comes twice", () => {
    expect(read(0x30, 5, 0x3a, 0)).toMatchObject({ one: undefined, other: {} });
    expect(read(0x3a, 2, 0x30, 7, 0x30, 0)).toMatchObject({ one: 0, other: undefined });
    expect(read(0x42, 2, 0x08, 1, 0x42, 2, 0x08, 2)["nested"]).toMatchObject({ ints: [1, 2] });
  });

  it("passes over unknown fields, groups, and known ones under another wire type", () => {
    expect(read(0xf8, 0x01, 1, 0xfb, 0x01, 0x08, 1, 0xfc, 0x01, 0x62, 1, 65)["text"]).toBe("A");
    expect(read(0x60, 5, 0x62, 1, 65)["text"]).toBe("A");
    expect(read(0x4d, 0, 0, 0, 0, 0x62, 1, 65)["text"]).toBe("A");
  });

  it("replaces what is no UTF-8", () => {
    expect(read(0x62, 2, 0xff, 65)["text"]).toBe("\ufffdA");
  });

  it.each([
    ["a varint that does not end", [0x08, 0x80]],
    ["a varint of eleven bytes", [0x30, ...Array<number>(10).fill(0x80), 1]],
    ["a length behind the end", [0x62, 5, 65]],
    ["a nested message that is longer than what holds it", [0x42, 2, 0x62, 5, 0, 0, 0, 0, 0]],
    ["half a float", [0x1a, 3, 0, 0, 0]],
    ["a group that does not end", [0xfb, 0x01, 0x08, 1]],
    ["the end of another group", [0xfb, 0x01, 0x0c]],
    ["wire type 7", [0x0f]],
    ["field 0", [0x00, 0]],
  ])("refuses %s", (_, bytes) => {
    expect(() => read(...bytes)).toThrow(MalformedMessage);
  });

  it("refuses messages, and groups, that nest without end", () => {
    let bytes: number[] = [];
    for (let depth = 0; depth < 31; depth++) bytes = [0x42, ...varint(bytes.length), ...bytes];
    expect(() => read(...bytes)).not.toThrow();
    bytes = [0x42, ...varint(bytes.length), ...bytes];
    expect(() => read(...bytes)).toThrow(MalformedMessage);
    const groups = new Uint8Array(400_000);
    for (let at = 0; at < groups.length; at += 2) groups.set([0xfb, 0x01], at);
    expect(() => readMessage(numbers, groups)).toThrow(MalformedMessage);
  });

  it("bounds the memory that a message can ask for", () => {
    const empties = new Uint8Array(4 * 1024 * 1024);
    for (let i = 0; i < empties.length; i += 2) empties[i] = 0x52;
    expect(() => readMessage(numbers, empties)).toThrow(MessageTooLarge);
    for (let i = 0; i < empties.length; i += 2) empties[i] = 0x5a;
    expect(() => readMessage(numbers, empties)).toThrow(MessageTooLarge);
  });
});

function varint(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

describe("writing", () => {
  it("leaves zeros out, but not those of a oneof", () => {
    expect(writeMessage(numbers, { text: "", nested: undefined, ints: [] })).toHaveLength(0);
    expect([...writeMessage(numbers, { one: 0 })]).toEqual([0x30, 0]);
    expect([...writeMessage(numbers, { nested: {} })]).toEqual([0x42, 0]);
  });

  it("stops at the longest message that may be sent", () => {
    const long = { text: "x".repeat(5000) };
    expect(writeMessage(numbers, long, 6000)).toHaveLength(5003);
    expect(() => writeMessage(numbers, long, 5000)).toThrow(MessageTooLarge);
  });
});
