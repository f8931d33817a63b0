import fc from "fast-check";
import { BloomFilterBuilder, buildBloomFilter, buildRoaringBitmap } from "milvus2-sdk-node-3";
import { describe, expect, it } from "vitest";
import { type Members, MembersFault } from "../../src/values/membership/members.js";
import { readMembers } from "../../src/values/membership/read-members.js";
import { Word64 } from "../../src/values/word64.js";
import { cpuTime } from "../support/cpu-time.js";

function has(members: Members, value: bigint | string): boolean {
  if (typeof value === "string") return members.hasText(value);
  const { high, low } = Word64.of(value);
  return members.hasInteger(high, low);
}

const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
/** Values that lie near to each other, so that every kind of container comes up. */
const clustered = fc
  .tuple(fc.constantFrom(0n, -1n, 2n ** 40n, -(2n ** 63n), 2n ** 63n - 70_000n), fc.integer({ min: 0, max: 69_999 }))
  .map(([base, step]) => (base === -1n ? -1n - BigInt(step) : base + BigInt(step)));
const ranges = fc
  .array(fc.tuple(clustered, fc.integer({ min: 1, max: 6000 }), fc.constantFrom(1n, 1n, 2n, 7n)), { maxLength: 4 })
  .map((list) => list.flatMap(([from, length, step]) => Array.from({ length }, (_, i) => from + BigInt(i) * step)))
  .map((list) => list.filter((value) => value < 2n ** 63n));

describe("a roaring bitmap of the official client", () => {
  it("holds exactly what was put in", () => {
    fc.assert(
      fc.property(
        fc.array(int64, { maxLength: 30 }),
        ranges,
        fc.array(clustered, { maxLength: 50 }),
        (few, many, probes) => {
          const set = new Set([...few, ...many]);
          const members = readMembers(buildRoaringBitmap([...set]));
          for (const value of [...few, ...probes, ...many.slice(0, 50), ...many.slice(-50)]) {
            expect(has(members, value)).toBe(set.has(value));
            const next = BigInt.asIntN(64, value + 1n);
            expect(has(members, next)).toBe(set.has(next));
          }
          expect(members.hasText("1")).toBe(false);
        },
      ),
      { numRuns: 150 },
    );
  });

  it("knows a negative integer by its bits, whatever the width of its field", () => {
    const members = readMembers(buildRoaringBitmap([-1, -128, -(2n ** 63n)]));
    for (const [value, expected] of [
      [-1n, true],
      [-128n, true],
      [-(2n ** 63n), true],
      [255n, false],
      [128n, false],
    ] as const) {
      expect(has(members, value)).toBe(expected);
    }
  });

  it("of which any part is damaged is refused, or holds another set: never a crash, never without end", () => {
    const blobs = [[1, 2, 3], Array.from({ length: 5000 }, (_, i) => i * 3), Array.from({ length: 9000 }, (_, i) => i)];
    const built = blobs.map((values) => Buffer.from(buildRoaringBitmap([...values, 2n ** 50n])));
    fc.assert(
      fc.property(
        fc.constantFrom(...built),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        fc.option(fc.nat(), { freq: 3 }),
        (blob, changes, cut) => {
          const damaged = Buffer.from(cut === null ? blob : blob.subarray(0, cut % blob.length));
          for (const [at, byte] of changes) if (damaged.length > 0) damaged[at % Math.min(damaged.length, 96)] = byte;
          let members: Members;
          try {
            members = readMembers(damaged);
          } catch (error) {
            expect(error).toBeInstanceOf(MembersFault);
            return;
          }
          has(members, 3n);
          has(members, 2n ** 50n);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it.each<[string, (blob: Buffer) => Buffer, string]>([
    ["too short", (blob) => blob.subarray(0, 3), "too short to carry a format header"],
    ["without its header", (blob) => blob.subarray(0, 20), "blob too short: 20 bytes, need at least 32"],
    ["of another form", (blob) => Buffer.from(`XXXX${blob.toString("latin1", 4)}`, "latin1"), "unknown format magic"],
    ["of another version", (blob) => set(blob, 4, 2), "unsupported version 2, expected 1"],
    ["of another format", (blob) => set(blob, 6, 9), "unsupported format 9, expected 1"],
    ["with something reserved", (blob) => set(blob, 24, 1), "reserved field must be 0"],
    ["with a wrong count", (blob) => set(blob, 8, 9), "holds 3 values, its header says 9"],
    ["cut off", (blob) => blob.subarray(0, -1), "does not match"],
    ["with more behind", (blob) => lengthened(Buffer.concat([blob, Buffer.alloc(2)])), "2 bytes follow the bitmap"],
    ["with a huge count of upper halves", (blob) => set(blob, 38, 255), "cannot hold"],
    ["with an unknown cookie", (blob) => set(blob, 44, 1), "unknown cookie"],
    ["with a wrong offset", (blob) => set(blob, 56, 99), "does not lie where its offset says"],
    ["with values that fall", (blob) => set(blob, 62, 0), "must rise"],
  ])("%s is refused", (_what, damage, message) => {
    const blob = Buffer.from(buildRoaringBitmap([1, 5, 9]));
    expect(() => readMembers(damage(blob))).toThrow(message);
  });

  it("with very many upper halves is refused before anything is made of them", () => {
    const count = 262_145;
    const body = Buffer.alloc(8 + count * 15);
    body.writeBigUInt64LE(BigInt(count));
    for (let i = 0; i < count; i++) {
      body.writeUInt32LE(i, 8 + i * 15);
      body.writeUInt16LE(12347, 12 + i * 15);
    }
    const blob = lengthened(Buffer.concat([Buffer.from(buildRoaringBitmap([])).subarray(0, 32), body]));
    expect(() => readMembers(blob)).toThrow("high-container count 262145 exceeds maximum 262144");
  });
});

function set(blob: Buffer, at: number, byte: number): Buffer {
  const copy = Buffer.from(blob);
  copy[at] = byte;
  return copy;
}
function lengthened(blob: Buffer): Buffer {
  blob.writeBigUInt64LE(BigInt(blob.length - 32), 16);
  return blob;
}

describe("a Bloom filter of the official client", () => {
  it("knows every integer that was put in, and few others", () => {
    fc.assert(
      fc.property(fc.uniqueArray(int64, { maxLength: 300 }), fc.array(int64, { maxLength: 300 }), (values, others) => {
        const members = readMembers(buildBloomFilter(values, 0.001));
        for (const value of values) expect(has(members, value)).toBe(true);
        const wrong = others.filter((value) => !values.includes(value) && has(members, value));
        expect(wrong.length).toBeLessThan(10);
        expect(members.hasText("x")).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("knows every text that was put in", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 80 });
    fc.assert(
      fc.property(fc.uniqueArray(text, { minLength: 1, maxLength: 50 }), (values) => {
        const members = readMembers(buildBloomFilter(values));
        for (const value of values) expect(has(members, value)).toBe(true);
        expect(has(members, 5n)).toBe(false);
      }),
      { numRuns: 50 },
    );
  });

  it("may hold both, or nothing", () => {
    const both = readMembers(new BloomFilterBuilder(2).addInt64(7).addString("7").build());
    expect([has(both, 7n), has(both, "7"), has(both, 8n)]).toEqual([true, true, false]);
    const none = readMembers(buildBloomFilter([]));
    expect([has(none, 7n), has(none, "7")]).toEqual([false, false]);
  });

  it.each<[string, (blob: Buffer) => Buffer, string]>([
    ["without its header", (blob) => blob.subarray(0, 20), "bloom filter blob too short: 20 bytes, need at least 32"],
    ["of another version", (blob) => set(blob, 4, 2), "unsupported bloom filter version 2, expected 1"],
    ["of another method", (blob) => set(blob, 6, 2), "unsupported bloom filter algo 2, expected 1"],
    ["of unknown values", (blob) => set(blob, 28, 4), "unknown value domains 0x04, known bits 0x03"],
    ["with something reserved", (blob) => set(blob, 30, 7), "reserved field must be 0, got 7"],
    ["without blocks", (blob) => set(blob, 24, 0), "num_blocks 0 is not a power of two"],
    ["with three blocks", (blob) => set(blob, 24, 3), "num_blocks 3 is not a power of two"],
    ["cut off", (blob) => blob.subarray(0, -1), "body length 31 does not match num_blocks 1 (want 32 bytes)"],
    [
      "too large",
      (blob) => Buffer.concat([blob, Buffer.alloc(64 * 1024 * 1024)]),
      "proxy.maxMembershipFilterSize (67108864)",
    ],
  ])("%s is refused", (_what, damage, message) => {
    expect(() => readMembers(damage(Buffer.from(buildBloomFilter([1, 5, 9]))))).toThrow(message);
  });

  it("answers a million times in a second or two", () => {
    const members = readMembers(buildBloomFilter([1, 5, 9]));
    const start = cpuTime();
    for (let i = 0; i < 1_000_000; i++) members.hasInteger(0, i);
    expect(cpuTime() - start).toBeLessThan(10_000);
  });
});
