import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ErrorCode, Http2Fault } from "../../../src/api/http2/fault.js";
import { headerBlock } from "../../../src/api/http2/hpack/header-block.js";
import { HeaderDecoder } from "../../../src/api/http2/hpack/header-decoder.js";
import { decodeHuffman } from "../../../src/api/http2/hpack/huffman.js";
import { STATIC_TABLE } from "../../../src/api/http2/hpack/static-table.js";

const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");
const decoded = (decoder: HeaderDecoder, block: Buffer) => decoder.decode(block);
const compression = expect.objectContaining({ code: ErrorCode.compression });

describe("header blocks", () => {
  // RFC 7541, C.4: requests of one connection with Huffman texts, each built upon those before it.
  it("are read with the table that the ones before them have filled", () => {
    const decoder = new HeaderDecoder(65536);
    const first = [
      [":method", "GET"],
      [":scheme", "http"],
      [":path", "/"],
      [":authority", "www.example.com"],
    ];
    expect(decoded(decoder, hex("8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff"))).toEqual(first);
    expect(decoded(decoder, hex("8286 84be 5886 a8eb 1064 9cbf"))).toEqual([...first, ["cache-control", "no-cache"]]);
    expect(decoded(decoder, hex("8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf"))).toEqual([
      [":method", "GET"],
      [":scheme", "https"],
      [":path", "/index.html"],
      [":authority", "www.example.com"],
      ["custom-key", "custom-value"],
    ]);
  });

  it("drop the oldest entries of a table that is made small, or is full", () => {
    const decoder = new HeaderDecoder(65536);
    const added = (name: string, value: string) =>
      Buffer.concat([
        Buffer.from([0x40, name.length]),
        Buffer.from(name),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]);
    decoder.decode(added("a", "1"));
    decoder.decode(added("b", "2"));
    expect(decoded(decoder, Buffer.from([0x80 | 62, 0x80 | 63]))).toEqual([
      ["b", "2"],
      ["a", "1"],
    ]);
    // Room for one entry of 34 bytes.
    expect(decoded(decoder, Buffer.from([0x3f, 34 - 31, 0x80 | 62]))).toEqual([["b", "2"]]);
    expect(() => decoder.decode(Buffer.from([0x80 | 63]))).toThrow(compression);
    const other = new HeaderDecoder(65536);
    for (let i = 0; i < 200; i++) other.decode(added("k", String(i)));
    expect(decoded(other, Buffer.from([0x80 | 62]))).toEqual([["k", "199"]]);
    expect(() => other.decode(Buffer.from([0xff, 0x80, 1]))).toThrow(compression);
  });

  it("that come again are read as if each were the first of its kind", () => {
    const literal = (first: number, name: string, value: string) =>
      Buffer.concat([
        Buffer.from([first, name.length]),
        Buffer.from(name),
        Buffer.from([value.length]),
        Buffer.from(value),
      ]);
    const block = fc.constantFrom(
      Buffer.from([0x82]),
      Buffer.from([0x80 | 62]),
      Buffer.from([0x80 | 62, 0x80 | 63]),
      Buffer.from([0x20]),
      Buffer.from([0x3f, 34 - 31]),
      Buffer.from([0x3f, 34 - 31, 0x82]),
      literal(0, "a", "1"),
      literal(0x40, "b", "2"),
      literal(0x40, "c", "3"),
      literal(0, "d", "4".repeat(70)),
    );
    const outcome = (read: () => unknown): unknown => {
      try {
        return read();
      } catch (error) {
        return (error as Http2Fault).code;
      }
    };
    fc.assert(
      fc.property(fc.array(block, { maxLength: 12 }), (blocks) => {
        const decoder = new HeaderDecoder(100);
        const seen: Buffer[] = [];
        for (const each of blocks) {
          seen.push(each);
          // A decoder that no block comes to twice in turn.
          const other = new HeaderDecoder(100);
          const wanted = seen.map((one) => {
            other.decode(Buffer.from([0x83]));
            return outcome(() => other.decode(one));
          });
          expect(outcome(() => decoder.decode(each))).toEqual(wanted.at(-1));
          if (typeof wanted.at(-1) === "number") break;
        }
      }),
      { numRuns: 500 },
    );
  });

  it("of more than may be are read to their end, and not kept", () => {
    const decoder = new HeaderDecoder(100);
    // One entry of the table, named again and again: few bytes that would become many.
    const long = "x".repeat(90);
    const bomb = Buffer.concat([
      Buffer.from([0x40, 1, 97, long.length]),
      Buffer.from(long),
      Buffer.alloc(1000, 0x80 | 62),
    ]);
    expect(decoder.decode(bomb)).toBeUndefined();
    expect(decoded(new HeaderDecoder(1_000_000), bomb)).toHaveLength(1001);
    expect(decoded(decoder, hex("82"))).toEqual([[":method", "GET"]]);
  });

  it.each([
    ["an index of no table", "ff 00"],
    ["the index 0", "80"],
    ["a number without end", "ff ff ff ff ff ff"],
    ["a text that is cut", "40 05 61"],
    ["a name alone", "40 01 61"],
    ["a table larger than ours", "3f e2 1f"],
    ["another size of the table behind a header", "82 20"],
    ["the end sign in a text", "00 84 ff ff ff ff 00"],
    ["padding of zeros", "00 81 f8 00 00"],
    ["padding of a whole byte", "00 82 1f ff 00"],
  ])("with %s are refused", (_, block) => {
    if (block === "00 81 f8 00 00") expect(() => decodeHuffman(hex("00"))).toThrow(compression);
    else expect(() => new HeaderDecoder(65536).decode(hex(block))).toThrow(compression);
  });

  it("are read as they were written", () => {
    const name = fc.constantFrom(...STATIC_TABLE.map(([known]) => known), "grpc-status", "x-a");
    const text = fc.string({
      unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
      maxLength: 300,
    });
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key }), (headers) => {
        expect(decoded(new HeaderDecoder(1e6), headerBlock(headers))).toEqual(headers);
      }),
    );
  });

  it("of any bytes are read or refused", () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 5 }), (blocks) => {
        const decoder = new HeaderDecoder(4096);
        try {
          for (const block of blocks) decoder.decode(Buffer.from(block));
        } catch (error) {
          if (!(error instanceof Http2Fault)) throw error;
        }
      }),
      { numRuns: Number(process.env["ELANUS_RUNS"] ?? 300) },
    );
  });
});
