import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { knownAnalyzer } from "../../src/text/known-analyzers.js";
import { MinHash, type MinHashParams } from "../../src/text/minhash.js";
import { mersenneTwister64 } from "../../src/values/mersenne-twister-64.js";
import { xxh3 } from "../../src/values/xxh3.js";

const words = knownAnalyzer(undefined);

function signature(text: string | null, params: Partial<MinHashParams>): number[] {
  const whole: MinHashParams = { hashes: 2, shingle: 3, hash: "sha1", tokens: "char", seed: 1234n, ...params };
  return [...new Uint32Array(new MinHash(whole).signature(text, words).buffer)];
}

describe("mt19937_64", () => {
  it("gives the numbers of C++", () => {
    const random = mersenneTwister64(5489n);
    for (let i = 1; i < 10_000; i++) random.next();
    expect(random.next().value).toBe(9981545732273789042n);
  });

  it("gives the factors of the contract", () => {
    const random = mersenneTwister64(1234n);
    const next = () => random.next().value as bigint;
    const prime = (1n << 61n) - 1n;
    expect([(next() % (prime - 1n)) + 1n, next() % prime]).toEqual([1332438145594475823n, 963351229459618018n]);
    expect([(next() % (prime - 1n)) + 1n, next() % prime]).toEqual([1832098809626177901n, 1305077036029584277n]);
  });
});

describe("the MinHash signature of a text", () => {
  it("has the check values of the contract", () => {
    expect(signature("abcd", {})).toEqual([3412302830, 512227007]);
    expect(signature("fox", {})).toEqual([1706197945, 1278853673]);
    expect(signature("abcd", { hash: "xxhash" })).toEqual([2647823282, 1736235355]);
    expect(signature("red apple pie tart", { hash: "xxhash", tokens: "word" })).toEqual([222858403, 2278468209]);
  });

  it("is of all tokens where they are few, and of nothing without any", () => {
    expect(signature("ab", {})).toEqual(signature("ab", { shingle: 2 }));
    for (const none of [null, "", " , "]) {
      expect(signature(none, { tokens: "word" })).toEqual([0xffffffff, 0xffffffff]);
    }
    expect(signature("", {})).toEqual([0xffffffff, 0xffffffff]);
  });

  it("is the least of all permutations, computed with large integers", () => {
    const mask = (1n << 64n) - 1n;
    const prime = (1n << 61n) - 1n;
    fc.assert(
      fc.property(
        fc.string({ unit: "grapheme", maxLength: 30 }),
        fc.record({
          hashes: fc.integer({ min: 1, max: 9 }),
          shingle: fc.integer({ min: 1, max: 5 }),
          hash: fc.constantFrom("xxhash", "sha1"),
          seed: fc.bigInt(0n, mask),
        }),
        (text, params) => {
          const bytes = Buffer.from(text);
          const shingles = bytes.length === 0 ? [] : [bytes.subarray(0, params.shingle)];
          for (let i = 1; i + params.shingle <= bytes.length; i++) shingles.push(bytes.subarray(i, i + params.shingle));
          const bases = shingles.map((shingle) =>
            params.hash === "xxhash"
              ? xxh3(shingle) & 0xffffffffn
              : BigInt.asUintN(64, BigInt(createHash("sha1").update(shingle).digest().readInt32LE(0))),
          );
          const random = mersenneTwister64(params.seed);
          const expected = Array.from({ length: params.hashes }, () => {
            const a = ((random.next().value as bigint) % (prime - 1n)) + 1n;
            const b = (random.next().value as bigint) % prime;
            return bases.reduce((least, base) => {
              let t = (a * base + b) & mask;
              t = (t & prime) + (t >> 61n);
              if (t >= prime) t -= prime;
              const value = Number(t & 0xffffffffn);
              return Math.min(least, value);
            }, 0xffffffff);
          });
          expect(signature(text, params as Partial<MinHashParams>)).toEqual(expected);
        },
      ),
    );
  });
});
