import { createRequire } from "node:module";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { highHalf, Word64 } from "../../src/values/word64.js";
import { Xxh64 } from "../../src/values/xxh64.js";

const { xxh64 } = createRequire(import.meta.url)("milvus2-sdk-node-3/dist/milvus/utils/BloomFilter.js") as {
  readonly xxh64: (data: Uint8Array) => bigint;
};
const hash = new Xxh64();
const of = (text: string): string => hash.ofBytes(Buffer.from(text)).toBigInt().toString(16).padStart(16, "0");

/** The bytes of the reference implementation's self test. */
function sanityBytes(length: number): Uint8Array {
  let generator = 2654435761n;
  return Uint8Array.from({ length }, () => {
    const byte = Number(generator >> 56n);
    generator = BigInt.asUintN(64, generator * 11400714785074694797n);
    return byte;
  });
}

describe("XXH64", () => {
  it.each<[string, string]>([
    ["", "ef46db3751d8e999"],
    ["a", "d24ec4f1a98c6e5b"],
    ["abc", "44bc2cf5ad770999"],
    ["message digest", "066ed728fceeb3be"],
    ["abcdefghijklmnopqrstuvwxyz", "cfe1f278fa89835c"],
    ["ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "aaa46907d3047814"],
  ])("of %j is the published one", (text, expected) => {
    expect(of(text)).toBe(expected);
  });

  it.each<[number, string]>([
    [1, "e934a84adb052768"],
    [4, "9136a0dca57457ee"],
    [14, "8282dcc4994e35c8"],
    [222, "b641ae8cb691c174"],
  ])("of the first %i bytes of the reference's own test is the published one", (length, expected) => {
    expect(hash.ofBytes(sanityBytes(length)).toBigInt().toString(16).padStart(16, "0")).toBe(expected);
  });

  it("is that of the official client, for any bytes, and of integers as their eight bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(hash.ofBytes(bytes).toBigInt()).toBe(xxh64(bytes));
      }),
    );
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        const bytes = Buffer.alloc(8);
        bytes.writeBigInt64LE(value);
        const { high, low } = Word64.of(value);
        expect(hash.ofInt64(high, low).toBigInt()).toBe(xxh64(bytes));
      }),
    );
  });
});

describe("64-bit words", () => {
  const word = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
  const wrap = (value: bigint) => BigInt.asUintN(64, value);

  it("wrap as integers of 64 bits do", () => {
    fc.assert(
      fc.property(word, word, fc.integer({ min: 1, max: 31 }), fc.integer({ min: 1, max: 63 }), (a, b, turn, shift) => {
        const by = Word64.of(b);
        expect(Word64.of(a).toBigInt()).toBe(a);
        expect(Word64.of(a).add(by).toBigInt()).toBe(wrap(a + b));
        expect(Word64.of(a).multiply(by).toBigInt()).toBe(wrap(a * b));
        expect(Word64.of(a).xor(by).toBigInt()).toBe(a ^ b);
        const turned = BigInt(turn);
        expect(Word64.of(a).rotateLeft(turn).toBigInt()).toBe(wrap((a << turned) | (a >> (64n - turned))));
        expect(Word64.of(a).xorShiftRight(shift).toBigInt()).toBe(a ^ (a >> BigInt(shift)));
        const [p, q] = [BigInt.asUintN(32, a), BigInt.asUintN(32, b)];
        expect(BigInt(highHalf(Number(p), Number(q)) >>> 0)).toBe((p * q) >> 32n);
      }),
      { examples: [[2n ** 64n - 1n, 2n ** 64n - 1n, 31, 32]] },
    );
  });
});
